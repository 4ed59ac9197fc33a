/* Shared pages are touched first by the child. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, SHARED, -1);
  if (fork() == 0) {
    COUNT("child", "first", p, 16 * PAGE, EACH(0, 16, 1, p[i * PAGE] = 2));
    _exit(0);
  }
  wait(NULL);
  int sum = 0;
  EACH(0, 16, 1, sum += p[i * PAGE]);
  report("main", "end", p, 16 * PAGE);
  return 0;
}
