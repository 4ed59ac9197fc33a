/** What hovering over a word of the grammar says: one sentence, and the form that it stands in. */
export interface KeywordDoc {
  readonly text: string;
  readonly form: string;
}

const machine = 'machine tsar { mesh 2x2  cores 2  memory 16MiB }';
const file = 'file "/data/log" { size 2 pages  fill 0 }';
const process = 'process shell at (0,0) { code 4 pages  data 2 pages }';
const loop = 'for i in 0..8 step 2 { … }';
const explore = 'explore up to 100 { as a { … } as b { … } } then { … }';
const inject = 'inject page-alloc fails at (0,0) after 3';

export const keywordDocs: Readonly<Record<string, KeywordDoc>> = {
  machine: { text: 'The machine that the file runs on: a preset, and settings that change it.', form: machine },
  mesh: { text: 'How many clusters the machine has, in x and in y.', form: machine },
  cores: { text: 'How many cores each cluster has.', form: machine },
  memory: { text: 'How much memory each cluster has.', form: machine },
  paging: {
    text: 'The format of page tables, where a preset leaves a choice.',
    form: 'machine tsar { paging x86-64 }',
  },
  tlb: { text: 'How many entries the TLBs of a core have.', form: 'machine tsar { tlb { sets 8  ways 4 } }' },
  cost: { text: 'How many cycles parts of the machine take.', form: 'machine tsar { cost { T_L2 20 } }' },
  seed: {
    text: 'Decides which block takes the next step: the same seed gives the same order.',
    form: 'parallel seed 7 { as a { … } as b { … } }',
  },
  kernel: { text: 'The kernel that the file runs on, and its options.', form: 'kernel haiku { … }' },
  file: { text: 'A file of the simulated file system.', form: file },
  size: { text: 'How long the file is.', form: file },
  fill: { text: 'The value of every byte of the file.', form: file },
  text: { text: 'The content of the file as a string.', form: 'file "/motd" { text "hello" }' },
  from: { text: 'The content of the file is read from disk, beside the scenario.', form: 'file "/f" { from "f.bin" }' },
  at: { text: 'Where the process is made: a cluster `(x,y)` or a core `(x,y,core)`.', form: process },
  test: {
    text: 'A test: it runs on a machine of its own, after the statements outside tests.',
    form: 'test "name" { … }',
  },
  points: {
    text: 'What a test is worth when `pagewalk test` grades a hand-in.',
    form: 'test "the child has a copy" points 4 { … }',
  },
  process: { text: 'Makes a process and its main thread.', form: process },
  load: { text: 'The program of the process is an ELF file from disk.', form: 'process app load "app.elf"' },
  code: { text: 'How much code the process has: readable and executable.', form: process },
  data: { text: 'How much data the process has: readable and writable.', form: process },
  thread: { text: 'Makes one more thread of a process.', form: 'thread helper of shell at (1,0,1)' },
  of: { text: 'The process that the thread belongs to.', form: 'thread helper of shell' },
  as: { text: 'Runs its statements as a thread: accesses go through the MMU of its core.', form: 'as shell { … }' },
  let: { text: 'Binds a name to a value, once.', form: 'let a = mmap(4 pages, rw)' },
  var: { text: 'Binds a name to a value that assignments change: `n = 1`, `n += 1`.', form: 'var n = 0' },
  while: {
    text: 'Runs its statements again and again, as long as the condition is true.',
    form: 'while n < 10 { n += 1 }',
  },
  def: {
    text: 'Defines a function of the file, which runs as the thread that calls it. Parameters may have defaults.',
    form: 'def page_of(address, size = 4096) { return address / size }',
  },
  return: {
    text: 'Ends a def; what follows is its value, `none` where nothing does.',
    form: 'def twice(n) { return 2 * n }',
  },
  handler: {
    text: 'On kernel bare: runs when an access faults, on the core that trapped. At its end the access is tried again; `return "SEGV"` refuses it.',
    form: 'handler fault(addr, access, entry) { … }',
  },
  fail: {
    text: 'Ends a def or a handler with an error: the call of it fails.',
    form: 'def take() { if free() == 0 { fail NO_MEMORY } return frame_alloc() }',
  },
  kernels: {
    text: 'Several kernels: every test runs on each of them, anything else on the first.',
    form: 'kernels almos-mkh, haiku',
  },
  mutex: { text: 'A mutex of the scenario, for `lock` and `unlock`.', form: 'mutex m' },
  break: { text: 'Leaves the innermost loop.', form: 'while true { if n == 3 { break } n += 1 }' },
  continue: {
    text: 'Ends this round of the innermost loop and goes on with the next one.',
    form: 'for i in 0..4 { if i == 2 { continue } print i }',
  },
  expect: {
    text: 'Says what must be true; the run goes on where it is not. A label stands in its message.',
    form: 'expect read(a) == 42, "the page is copied"',
  },
  fails: {
    text: 'The call must fail with this error.',
    form: 'expect read(0) fails SEGV',
  },
  kills: { text: 'The call must kill its process.', form: 'expect write(a, 1) kills SEGV' },
  for: {
    text: 'Counts from the first number up to, not including, the second one; or goes through the elements of a list.',
    form: loop,
  },
  in: { text: 'The numbers that the loop counts through, the end excluded, or a list.', form: loop },
  step: { text: 'By how much the loop counts.', form: loop },
  repeat: { text: 'Runs its statements so many times.', form: 'repeat 4 { … }' },
  if: { text: 'Runs its statements if the condition is true.', form: 'if a == b { … } else { … }' },
  else: { text: 'What runs if the condition is false.', form: 'if a == b { … } else if a == c { … } else { … }' },
  parallel: {
    text: 'Runs its blocks at the same time, step by step, in an order that the seed decides.',
    form: 'parallel seed 1 { as a { … } as b { … } }',
  },
  explore: { text: 'Runs its blocks in every order, those with the fewest preemptions first.', form: explore },
  up: { text: 'At most so many orders are explored.', form: explore },
  to: { text: 'At most so many orders are explored.', form: explore },
  then: { text: 'What runs after each order of the blocks.', form: explore },
  inject: { text: 'Makes an operation of the kernel fail.', form: inject },
  clear: { text: 'Takes back every injected failure that has not happened.', form: 'inject clear' },
  after: { text: 'How many operations of the kind still succeed.', form: inject },
  reserve: { text: 'Takes free frames away from the kernel.', form: 'reserve 100 frames at (0,0)' },
  frames: { text: 'How many free frames are taken away.', form: 'reserve 100 frames at (0,0)' },
  daemon: { text: 'Switches a daemon of the kernel on or off.', form: 'daemon page-daemon on' },
  on: {
    text: 'Runs its statements on these kernels only, or a test on them alone. Behind a daemon’s name: it runs from now on.',
    form: 'on haiku, lunaix { … } else { … }',
  },
  off: { text: 'The daemon does not run from now on.', form: 'daemon page-daemon off' },
  print: { text: 'Writes values to the output, with a blank between.', form: 'print "faults:", count("page-fault")' },
  dump: { text: 'Writes the kernel’s own display of a process to the output.', form: 'dump shell' },
  replay: { text: 'Runs a recording of a real program as a process.', form: 'replay "cow_fork" named app' },
  named: { text: 'The name of the recorded process.', form: 'replay "cow_fork" named app' },
  and: {
    text: 'True if both sides are; the right side runs only if the left one is true.',
    form: 'expect a > 0 and a < 9',
  },
  or: {
    text: 'True if one side is; the right side runs only if the left one is false.',
    form: 'expect a == 0 or a == 1',
  },
  not: { text: 'True if what follows is false.', form: 'expect not pte(a).present' },
};

/** What one word says in one form, where it means something else in another: by the form's type and the word. */
const otherForms: Readonly<Record<string, KeywordDoc>> = {
  'SeedSetting seed': {
    text: 'Where every random choice of the run begins: the same seed gives the same run.',
    form: 'machine tsar { seed 7 }',
  },
  'Inject fails': { text: 'The next operation of this kind fails.', form: 'inject page-alloc fails' },
  'Inject at': { text: 'Only operations of this cluster fail.', form: 'inject page-alloc fails at (0,0)' },
  'ExpectInterleaved fails': {
    text: 'In some order of the blocks this error must come up.',
    form: 'expect explore up to 100 { as a { … } as b { … } } fails DEADLOCK',
  },
  'ThreadStatement at': { text: 'The core that the thread runs on.', form: 'thread helper of shell at (1,0,1)' },
  'FileDeclaration at': {
    text: 'The cluster whose memory holds the pages of the file that are read.',
    form: 'file "/data/log" at (1,0) { size 2 pages }',
  },
  'ReserveStatement at': { text: 'The cluster whose frames are taken.', form: 'reserve 100 frames at (0,0)' },
};

/** Null: no word of the grammar. */
export function keywordDoc(word: string, type: string): KeywordDoc | null {
  const key = `${type} ${word}`;
  if (Object.hasOwn(otherForms, key)) return otherForms[key] ?? null;
  return Object.hasOwn(keywordDocs, word) ? (keywordDocs[word] ?? null) : null;
}
