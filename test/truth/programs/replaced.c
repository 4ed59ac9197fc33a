/* A mapping with MAP_FIXED takes the place of half of another. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, ANON, -1);
  EACH(0, 16, 1, p[i * PAGE] = 1);
  mmap(p, 8 * PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0);
  report("main", "replaced", p, 16 * PAGE);
  COUNT("main", "again", p, 16 * PAGE, EACH(0, 16, 1, p[i * PAGE] = 2));
  return 0;
}
