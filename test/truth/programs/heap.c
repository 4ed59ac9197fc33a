/* brk grows the heap, whose pages are touched one by one. */
#include "truth.h"
int main(void) {
  begin();
  char *p = sbrk(0);
  p += (PAGE - (unsigned long)p % PAGE) % PAGE;
  if (brk(p + 16 * PAGE)) return 1;
  COUNT("main", "first", p, 16 * PAGE, EACH(0, 16, 1, p[i * PAGE] = 1));
  return 0;
}
