/* Parent and child write the same shared pages. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, SHARED, -1);
  EACH(0, 16, 1, p[i * PAGE] = 1);
  if (fork() == 0) {
    EACH(0, 16, 1, p[i * PAGE] = 2);
    report("child", "written", p, 16 * PAGE);
    _exit(0);
  }
  wait(NULL);
  report("main", "end", p, 16 * PAGE);
  return 0;
}
