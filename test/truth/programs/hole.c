/* munmap makes a hole in a mapping. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(24 * PAGE, ANON, -1);
  EACH(0, 24, 1, p[i * PAGE] = 1);
  munmap(p + 8 * PAGE, 8 * PAGE);
  report("main", "hole", p, 24 * PAGE);
  COUNT("main", "rest", p, 24 * PAGE, EACH(0, 8, 1, p[i * PAGE] = 2));
  return 0;
}
