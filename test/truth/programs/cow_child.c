/* A child writes half of what it shares. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(32 * PAGE, ANON, -1);
  EACH(0, 32, 1, p[i * PAGE] = 1);
  if (fork() == 0) {
    COUNT("child", "half", p, 32 * PAGE, EACH(0, 16, 1, p[i * PAGE] = 2));
    _exit(0);
  }
  wait(NULL);
  COUNT("main", "after the child", p, 32 * PAGE, EACH(0, 32, 1, p[i * PAGE] = 3));
  report("main", "end", p, 32 * PAGE);
  return 0;
}
