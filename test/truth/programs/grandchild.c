/* A grandchild writes what three processes share. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, ANON, -1);
  EACH(0, 16, 1, p[i * PAGE] = 1);
  if (fork() == 0) {
    if (fork() == 0) {
      COUNT("grandchild", "all", p, 16 * PAGE, EACH(0, 16, 1, p[i * PAGE] = 2));
      _exit(0);
    }
    wait(NULL);
    COUNT("child", "half", p, 16 * PAGE, EACH(0, 8, 1, p[i * PAGE] = 3));
    _exit(0);
  }
  wait(NULL);
  report("main", "end", p, 16 * PAGE);
  return 0;
}
