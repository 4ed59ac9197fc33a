/* Pages are read before they are written. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, ANON, -1);
  int sum = 0;
  COUNT("main", "read", p, 16 * PAGE, EACH(0, 16, 1, sum += p[i * PAGE]));
  COUNT("main", "write half", p, 16 * PAGE, EACH(0, 8, 1, p[i * PAGE] = 1));
  report("main", "end", p, 16 * PAGE);
  return 0;
}
