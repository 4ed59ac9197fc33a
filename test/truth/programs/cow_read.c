/* A child reads all that it shares, and writes nothing. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(16 * PAGE, ANON, -1);
  EACH(0, 16, 1, p[i * PAGE] = 1);
  if (fork() == 0) {
    int sum = 0;
    COUNT("child", "read", p, 16 * PAGE, EACH(0, 16, 1, sum += p[i * PAGE]));
    _exit(sum != 16);
  }
  wait(NULL);
  report("main", "end", p, 16 * PAGE);
  return 0;
}
