/* mremap makes a mapping larger and may move it; its pages stay. */
#include "truth.h"
int main(void) {
  begin();
  char *p = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, ANON, -1, 0);
  EACH(0, 8, 1, p[i * PAGE] = 1);
  p = mremap(p, 8 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
  COUNT("main", "old pages", p, 64 * PAGE, EACH(0, 8, 1, p[i * PAGE] = 2));
  COUNT("main", "new pages", p, 64 * PAGE, EACH(8, 24, 1, p[i * PAGE] = 2));
  return 0;
}
