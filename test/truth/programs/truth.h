/* A program of this folder says, as JSON lines, what Linux counts of one of its mappings. Built with -DQUIET it prints and reads
 * nothing, and marks the same places by calls that fail and change nothing: madvise(start, length, 1000 and more). */
#pragma once
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#define PAGE 4096UL

static inline void begin(void) { prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); setvbuf(stdout, NULL, _IONBF, 0); }

/* A mapping between two pages without rights, so that Linux joins it with no neighbour. */
static inline char *isolated(size_t length, int flags, int fd) {
  char *guard = mmap(NULL, length + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mmap(guard + PAGE, length, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);
}

static inline void report(const char *who, const char *label, char *start, size_t length) {
#ifdef QUIET
  (void)who; (void)label;
  madvise(start, length, 1000);
#else
  FILE *maps = fopen("/proc/self/smaps", "r");
  char line[512];
  unsigned long lo, hi, kb, resident = 0, shared = 0;
  int inside = 0;
  while (maps && fgets(line, sizeof line, maps)) {
    if (sscanf(line, "%lx-%lx ", &lo, &hi) == 2) inside = lo >= (unsigned long)start && hi <= (unsigned long)start + length;
    else if (inside && sscanf(line, "Rss: %lu", &kb) == 1) resident += kb;
    else if (inside && (sscanf(line, "Shared_Clean: %lu", &kb) == 1 || sscanf(line, "Shared_Dirty: %lu", &kb) == 1)) shared += kb;
  }
  if (maps) fclose(maps);
  printf("{\"who\":\"%s\",\"label\":\"%s\",\"resident\":%lu,\"shared\":%lu}\n", who, label, resident / 4, shared / 4);
#endif
}

static inline long faults(void) { struct rusage r; getrusage(RUSAGE_SELF, &r); return r.ru_minflt; }

#ifdef QUIET
#define COUNT(who, label, start, length, code) do { madvise(start, length, 1001); code; madvise(start, length, 1002); } while (0)
#else
#define COUNT(who, label, start, length, code) do { long before_ = faults(); code; long after_ = faults(); \
  printf("{\"who\":\"%s\",\"label\":\"%s\",\"faults\":%ld}\n", who, label, after_ - before_); } while (0)
#endif
#define EACH(from, to, step, code) for (int i = (from); i < (to); i += (step)) { code; }
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define SHARED (MAP_SHARED | MAP_ANONYMOUS)
