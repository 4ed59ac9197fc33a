/* Pages are written from the last to the first. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(24 * PAGE, ANON, -1);
  COUNT("main", "backwards", p, 24 * PAGE, for (int i = 23; i >= 0; i--) p[i * PAGE] = 1);
  report("main", "end", p, 24 * PAGE);
  return 0;
}
