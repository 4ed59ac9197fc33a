/** Words of other languages, and what this one has instead. */

/** Words that somebody begins a statement with. */
export const foreignStatements: Readonly<Record<string, string>> = {
  do: 'There is no `do`: use `while CONDITION { … }` or `repeat N { … }`.',
  loop: 'There is no `loop`: use `while CONDITION { … }` or `repeat N { … }`.',
  foreach: 'There is no `foreach`: use `for NAME in LIST { … }`.',
  elif: 'Write `else if` for `elif`.',
  elseif: 'Write `else if` for `elseif`.',
  elsif: 'Write `else if` for `elsif`.',
  unless: 'There is no `unless`: write `if not …`.',
  switch: 'There is no `switch`: use `if … { } else if … { }`.',
  match: 'There is no `match`: use `if … { } else if … { }`.',
  fn: 'A function is defined with `def NAME(…) { … }`.',
  func: 'A function is defined with `def NAME(…) { … }`.',
  function: 'A function is defined with `def NAME(…) { … }`.',
  fun: 'A function is defined with `def NAME(…) { … }`.',
  sub: 'A function is defined with `def NAME(…) { … }`.',
  proc: 'A function is defined with `def NAME(…) { … }`.',
  import: 'There is no `import`: each file stands by itself; `replay "PATH"` runs a recording.',
  include: 'There is no `include`: each file stands by itself; `replay "PATH"` runs a recording.',
  try: 'There is no `try`: `expect CALL fails ERROR` expects a failure.',
  catch: 'There is no `catch`: `expect CALL fails ERROR` expects a failure.',
  spawn: 'A process is made by `process NAME { code SIZE data SIZE }`, a thread by `thread NAME of PROCESS`.',
  echo: 'Write `print` for `echo`.',
  puts: 'Write `print` for `puts`.',
  console: 'Write `print VALUE`.',
  cout: 'Write `print VALUE`.',
  System: 'Write `print VALUE`.',
  define: 'A function is defined with `def NAME(…) { … }`.',
  assert: 'Write `expect` for `assert`.',
  begin: 'A block is written in braces: `{ … }`.',
  end: 'A block is written in braces: `{ … }`.',
};

/** Words that stand before a name that is bound, in place of `let`. */
export const foreignBinders: ReadonlySet<string> = new Set(
  (
    'val const auto mut static int long short unsigned signed char bool boolean float double string void size_t ' +
    'uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t uintptr_t u8 u16 u32 u64 i8 i16 i32 i64 usize ptr'
  ).split(' '),
);

/** Functions of C and of other shells. */
export const foreignFunctions: Readonly<Record<string, string>> = {
  range: 'Numbers are counted with `A..B`: `for i in 0..3 { … }`.',
  malloc: 'Memory is mapped with `mmap(LENGTH, rw)`, or taken from the heap with `brk(ADDRESS)`.',
  calloc: 'Memory is mapped with `mmap(LENGTH, rw)`, or taken from the heap with `brk(ADDRESS)`.',
  realloc: 'Memory is mapped with `mmap(LENGTH, rw)`, or taken from the heap with `brk(ADDRESS)`.',
  alloc: 'Memory is mapped with `mmap(LENGTH, rw)`, or taken from the heap with `brk(ADDRESS)`.',
  allocate: 'Memory is mapped with `mmap(LENGTH, rw)`, or taken from the heap with `brk(ADDRESS)`.',
  sbrk: '`brk(0)` gives the end of the heap, `brk(ADDRESS)` moves it.',
  unmap: 'Memory is unmapped with `munmap(ADDRESS, LENGTH)`.',
  load: 'Memory is read with `read(ADDRESS)`.',
  store: 'Memory is written with `write(ADDRESS, VALUE)`.',
  memcpy: 'Memory is read with `read(ADDRESS)` and written with `write(ADDRESS, VALUE)`.',
  memset: 'Memory is written with `write(ADDRESS, VALUE)`, page by page with `touch(ADDRESS, LENGTH, w)`.',
  open: 'A file is declared with `file "NAME" { size SIZE }` and mapped with `mmap(LENGTH, rw, kind: file, file: "NAME")`.',
  printf: '`print VALUE` prints a value.',
  println: '`print VALUE` prints a value.',
  puts: '`print VALUE` prints a value.',
  assert: '`expect CONDITION` checks a condition.',
  sleep: '`wait(TIME)` lets time pass.',
  usleep: '`wait(TIME)` lets time pass.',
  len: '`length(VALUE)` gives the length of a string or list.',
  sizeof: '`length(VALUE)` gives the length of a string or list.',
  waitpid: '`wait()` buries an ended child.',
  execve: '`exec("PATH")` replaces the image of the process.',
  pthread_create: 'A thread is made by `thread NAME of PROCESS`.',
};

/** Values by other names. */
export const foreignValues: Readonly<Record<string, string>> = {
  NULL: 'none', null: 'none', nil: 'none', None: 'none', nullptr: 'none', undefined: 'none',
  TRUE: 'true', True: 'true', FALSE: 'false', False: 'false',
  yes: 'true', no: 'false', on: 'true', off: 'false',
  PROT_NONE: 'none', PROT_READ: 'r', PROT_WRITE: 'w', PROT_EXEC: 'x',
  MAP_PRIVATE: 'kind: anon', MAP_ANONYMOUS: 'kind: anon', MAP_ANON: 'kind: anon', MAP_SHARED: 'kind: shared',
  MAP_FIXED: 'at: ADDRESS',
}; // prettier-ignore

/** Errors and signals by other names. */
export const foreignErrors: Readonly<Record<string, string>> = {
  SIGSEGV: 'SEGV', SEGFAULT: 'SEGV', SEGMENTATION_FAULT: 'SEGV', PAGE_FAULT: 'SEGV', FAULT: 'SEGV',
  SIGBUS: 'BUS', BUS_ERROR: 'BUS', SIGKILL: 'OOM', OUT_OF_MEMORY: 'OOM',
}; // prettier-ignore
