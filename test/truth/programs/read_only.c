/* mprotect takes the right to write away and gives it back. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, ANON, -1);
  EACH(0, 16, 1, p[i * PAGE] = 1);
  mprotect(p, 8 * PAGE, PROT_READ);
  report("main", "read only", p, 16 * PAGE);
  mprotect(p, 8 * PAGE, PROT_READ | PROT_WRITE);
  EACH(0, 16, 1, p[i * PAGE] = 2);
  report("main", "end", p, 16 * PAGE);
  return 0;
}
