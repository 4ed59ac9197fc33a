/* The loop of simulator/hardware/mmu.ts (accessBatch) in C, for the ratio: same memory image, same algorithm,
 * same counters. Usage: hot-loop IMAGE TRACE RESULT PARAMETER...; prints seconds, hits, misses, cycles; writes
 * the memory back to RESULT, so that the caller can compare it with its own. x86-64 tables, one cluster. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { VALID = 1, WRITABLE = 8, EXECUTABLE = 16, USER = 32, GLOBAL = 64, DIRTY = 128, READABLE = 512, KERNEL_EXECUTABLE = 1024 };
enum { IDENTITY = 0x000f0007 };
enum { PRESENT = 1, RW = 2, US = 4, ACCESSED = 32, PTE_DIRTY = 64, BIG = 128, PTE_GLOBAL = 256 };

typedef struct { int shift, mayPoint, mayMap, size; uint32_t reserved; } Level;
static const Level levels[4] = {
  {27, 1, 0, 0, 0x80}, {18, 1, 1, 2, 0x3fffe000}, {9, 1, 1, 1, 0x001fe000}, {0, 0, 1, 0, 0},
};

static uint32_t *memory;
static int32_t ways, sets, tlb, clockWord, sizesWord, directory, frames, root, latency;
static uint64_t hits, misses, cycles;

static void *load(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) exit(2);
  *bytes = (size_t)ftell(file);
  rewind(file);
  void *data = malloc(*bytes);
  if (!data || fread(data, 1, *bytes, file) != *bytes) exit(2);
  fclose(file);
  return data;
}

static uint32_t *entryOf(uint32_t table, uint32_t pageLow, uint32_t pageHigh, int shift) {
  uint32_t index = (shift ? (pageLow >> shift) | (pageHigh << (32 - shift)) : pageLow) & 511;
  uint32_t chunk = memory[directory + (table >> 10)];
  uint32_t state = chunk ? memory[(chunk << 10) + (table & 1023)] : 0;
  return state < 3 ? NULL : &memory[(state << 10) + index * 2];
}

/* Fills the TLB and returns 1, or 0 when the access is refused. */
static int walk(uint32_t pageLow, uint32_t pageHigh, uint32_t kind) {
  uint32_t *passed[4];
  uint32_t table = (uint32_t)root, rights = WRITABLE | USER | EXECUTABLE;
  for (int depth = 0; depth < 4; depth++) {
    const Level *level = &levels[depth];
    if (table >= (uint32_t)frames) return 0;
    uint32_t *entry = entryOf(table, pageLow, pageHigh, level->shift);
    cycles += (uint64_t)latency;
    if (!entry || !(entry[0] & PRESENT)) return 0;
    int pointer = level->mayPoint && (!level->mayMap || !(entry[0] & BIG));
    if ((entry[0] & (pointer && level->mayMap ? 0 : level->reserved)) | (entry[1] & 0x000f0000)) return 0;
    passed[depth] = entry;
    rights &= (entry[0] & RW ? WRITABLE : 0) | (entry[0] & US ? USER : 0) | (entry[1] >> 31 ? 0 : EXECUTABLE);
    table = (entry[0] >> 12) + ((entry[1] & 0xffff) << 20);
    if (pointer) continue;
    if (level->size) return 0; /* the traces have small pages only */
    uint32_t needed = (kind & 4 ? 0 : USER) | ((kind & 3) == 2 ? EXECUTABLE : 0) | ((kind & 3) == 1 ? WRITABLE : 0);
    if ((rights & needed) != needed) return 0;
    uint32_t bits = (kind & 3) == 1 ? ACCESSED | PTE_DIRTY : ACCESSED;
    if ((entry[0] & bits) != bits) entry[0] |= bits;
    for (int above = 0; above < depth; above++)
      if (!(passed[above][0] & ACCESSED)) passed[above][0] |= ACCESSED;
    if (table >= (uint32_t)frames) return 0;
    uint32_t key = VALID | READABLE | rights | (rights & EXECUTABLE ? KERNEL_EXECUTABLE : 0) | (entry[0] & PTE_DIRTY ? DIRTY : 0) | (entry[0] & PTE_GLOBAL ? GLOBAL : 0) | pageHigh << 16;
    uint32_t set = (uint32_t)tlb + (pageLow & (uint32_t)(sets - 1)) * (uint32_t)ways * 4, victim = set;
    int64_t oldest = -1;
    for (uint32_t way = set; way < set + (uint32_t)ways * 4; way += 4) {
      if (!(memory[way + 1] & VALID)) { victim = way; break; }
      uint32_t age = memory[clockWord] - memory[way + 3];
      if ((int64_t)age > oldest) { oldest = age; victim = way; }
    }
    memory[victim] = pageLow;
    memory[victim + 1] = key;
    memory[victim + 2] = table;
    memory[sizesWord] |= 1;
    memory[victim + 3] = ++memory[clockWord];
    return 1;
  }
  return 0;
}

static uint64_t accessBatch(const uint32_t *records, uint64_t count) {
  uint32_t needed[8], lastPage = ~0u, lastKind = 0, lastKey = 0;
  for (uint32_t kind = 0; kind < 8; kind++)
    needed[kind] = ((kind & 3) == 1 ? WRITABLE | DIRTY : 0) | ((kind & 3) == 0 ? READABLE : 0) | (kind & 4 ? 0 : USER) |
      ((kind & 3) == 2 ? (kind & 4 ? KERNEL_EXECUTABLE : EXECUTABLE) : 0);
  uint64_t index = 0;
  for (; index < count; index++) {
    uint32_t low = records[2 * index], word = records[2 * index + 1], page = low >> 12;
    if ((low & 4095) + (word >> 24) > 4096) break; /* none in the traces */
    if (page == lastPage && (word & 0xffffff) == lastKind) { hits++; continue; }
    uint32_t kind = (word >> 16) & 7, want = needed[kind];
    if (page == lastPage && ((word ^ lastKind) & 0xffff) == 0 && (kind & 3) != 2 && (lastKey & (VALID | want)) == (VALID | want)) {
      hits++;
      lastKind = word & 0xffffff;
      continue;
    }
    uint32_t pageHigh = (word & 0xffff) >> 12, tag = page | word << 20;
    uint32_t key = VALID | want | pageHigh << 16, mask = IDENTITY | want;
    uint32_t way = (uint32_t)tlb + (tag & (uint32_t)(sets - 1)) * (uint32_t)ways * 4, end = way + (uint32_t)ways * 4;
    while (way < end && (memory[way] != tag || (memory[way + 1] & mask) != key)) way += 4;
    if (way < end) {
      hits++;
      lastKey = (kind & 3) == 2 ? 0 : memory[way + 1];
      if (memory[way + 3] != memory[clockWord]) memory[way + 3] = ++memory[clockWord];
    } else {
      lastKey = 0;
      /* Not there, or there without the rights: a first write goes through the walk, as a hit. */
      way = end - (uint32_t)ways * 4;
      while (way < end && (memory[way] != tag || (memory[way + 1] & IDENTITY) != (VALID | pageHigh << 16))) way += 4;
      if (way < end) {
        hits++;
        if (memory[way + 3] != memory[clockWord]) memory[way + 3] = ++memory[clockWord];
        memory[way] = memory[way + 1] = memory[way + 2] = memory[way + 3] = 0;
        uint64_t before = cycles;
        if (!walk(tag, pageHigh, kind)) break;
        cycles = before;
      } else {
        misses++;
        if (!walk(tag, pageHigh, kind)) break;
      }
    }
    lastPage = page;
    lastKind = word & 0xffffff;
  }
  cycles += index;
  return index;
}

int main(int count, char **arguments) {
  if (count != 13) return 2;
  size_t imageBytes, traceBytes;
  memory = load(arguments[1], &imageBytes);
  uint32_t *records = load(arguments[2], &traceBytes);
  int32_t *parameters[9] = {&ways, &sets, &tlb, &clockWord, &sizesWord, &directory, &frames, &root, &latency};
  for (int i = 0; i < 9; i++) *parameters[i] = atoi(arguments[4 + i]);
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  uint64_t done = accessBatch(records, traceBytes / 8);
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%.9f %llu %llu %llu %llu\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9,
    (unsigned long long)done, (unsigned long long)hits, (unsigned long long)misses, (unsigned long long)cycles);
  FILE *result = fopen(arguments[3], "wb");
  return !result || fwrite(memory, 1, imageBytes, result) != imageBytes || fclose(result);
}
