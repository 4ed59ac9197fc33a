/* mremap makes a mapping smaller. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(32 * PAGE, ANON, -1);
  EACH(0, 32, 1, p[i * PAGE] = 1);
  mremap(p, 32 * PAGE, 8 * PAGE, 0);
  report("main", "end", p, 32 * PAGE);
  return 0;
}
