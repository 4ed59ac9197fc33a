/* Every page of a mapping is written once, then once more. */
#include "truth.h"
int main(void) {
  begin();
  char *p = isolated(32 * PAGE, ANON, -1);
  COUNT("main", "first", p, 32 * PAGE, EACH(0, 32, 1, p[i * PAGE] = 1));
  COUNT("main", "again", p, 32 * PAGE, EACH(0, 32, 1, p[i * PAGE] = 2));
  report("main", "end", p, 32 * PAGE);
  return 0;
}
