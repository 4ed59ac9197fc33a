/* Fills a matrix row by row and adds it up column by column; then a child changes two rows of its own copy. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 8, COLUMNS = 1024 };

static inline __attribute__((always_inline)) int *cell(int *matrix, int row, int column) {
  return &matrix[row * COLUMNS + column];
}

static void fill(int *matrix, int row) {
  for (int column = 0; column < COLUMNS; column += 256)
    *cell(matrix, row, column) = row;
}

static int sum_of(int *matrix, int column) {
  int sum = 0;
  for (int row = 0; row < ROWS; row++)
    sum += *cell(matrix, row, column);
  return sum;
}

int main(void) {
  int *matrix = mmap(NULL, ROWS * COLUMNS * sizeof(int), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int row = 0; row < ROWS; row++)
    fill(matrix, row);
  int sum = 0;
  for (int column = 0; column < COLUMNS; column += 512)
    sum += sum_of(matrix, column);
  pid_t child = fork();
  if (child == 0) {
    fill(matrix, 1);
    fill(matrix, 2);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  return sum != 56;
}
