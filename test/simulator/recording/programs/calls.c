/* Calls of every kind: inlined, recursive, by a library, left by a jump, and from another thread's stack. */
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf back;

static inline __attribute__((always_inline)) int twice(int x) {
  return x + x;
}

static int compare(const void *left, const void *right) {
  return *(const int *)left - *(const int *)right;
}

static int depth(int n) {
  if (n == 0)
    return 0;
  return depth(n - 1) + 1;
}

static void leave(int n) {
  if (n == 0)
    longjmp(back, 1);
  leave(n - 1);
}

int main(void) {
  int list[3] = {3, 1, 2};
  int sum = twice(list[0]);
  qsort(list, 3, sizeof list[0], compare);
  sum += depth(2);
  if (setjmp(back) == 0)
    leave(1);
  return sum - 8;
}
