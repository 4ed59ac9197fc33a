/* madvise(MADV_DONTNEED) gives pages back, which are zero at the next touch. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, ANON, -1);
  EACH(0, 16, 1, p[i * PAGE] = 1);
  madvise(p + 4 * PAGE, 8 * PAGE, MADV_DONTNEED);
  report("main", "discarded", p, 16 * PAGE);
  COUNT("main", "again", p, 16 * PAGE, EACH(0, 16, 1, p[i * PAGE] = 2));
  report("main", "end", p, 16 * PAGE);
  return 0;
}
