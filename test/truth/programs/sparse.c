/* One page of eight is touched. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(128 * PAGE, ANON, -1);
  COUNT("main", "sparse", p, 128 * PAGE, EACH(0, 128, 8, p[i * PAGE] = 1));
  report("main", "end", p, 128 * PAGE);
  return 0;
}
