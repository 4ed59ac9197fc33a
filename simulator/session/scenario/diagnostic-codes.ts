/** Live diagnostics: what simulating a scenario can find. Codes are stable; never give one a new meaning. */
export const diagnosticCodes = {
  WALK201: {
    title: 'failed expectation',
    explanation: 'An `expect` was false; the message has the values of both sides.',
  },
  WALK202: {
    title: 'segmentation fault',
    explanation: 'An access had no mapping or no right, and nobody expected that. The kernel has killed the process.',
  },
  WALK203: {
    title: 'bus error',
    explanation: 'An access went beyond the end of its file or object, or the file could not be read.',
  },
  WALK204: { title: 'out of memory', explanation: 'Memory ran out in a fault or a call.' },
  WALK205: { title: 'failed call', explanation: 'A call answered an error, and nobody expected that.' },
  WALK206: {
    title: 'call that should have failed',
    explanation: '`expect … fails` or `expect … kills`, but the call succeeded.',
  },
  WALK207: {
    title: 'call that failed otherwise',
    explanation: '`expect … fails ERROR`, but the call failed with another error.',
  },
  WALK208: {
    title: 'kernel panic',
    explanation: 'The simulated kernel stopped itself; its machine stands still from here on.',
  },
  WALK209: { title: 'halted machine', explanation: 'The kernel has panicked: observations work, calls do not.' },
  WALK210: { title: 'dead thread', explanation: 'A statement runs as a thread or process that has ended.' },
  WALK211: { title: 'deadlock', explanation: 'Everything that could run waits for something that will never come.' },
  WALK212: { title: 'leak', explanation: 'After the last exit some frames are neither free, reserved nor a cache’s.' },
  WALK213: {
    title: 'scenario holds',
    explanation: 'References, pages or locks that the scenario took by calling primitives were left over.',
  },
  WALK214: { title: 'unused injection', explanation: 'An injected failure was still pending at the end.' },
  WALK215: {
    title: 'violated invariant',
    explanation: 'The kernel’s own rules do not hold: always a bug of Pagewalk.',
  },
  WALK216: {
    title: 'arithmetic',
    explanation: 'A result outside -2^63 to 2^64-1, a division by zero, or a shift above 63.',
  },
  WALK217: { title: 'kinds that do not fit', explanation: 'Values of different kinds were compared or combined.' },
  WALK218: { title: 'no such member', explanation: 'A value has no member of that name, or a list no such index.' },
  WALK219: { title: 'freed object', explanation: 'A kernel object was used after the kernel freed it.' },
  WALK220: {
    title: 'bound reached',
    explanation: 'Simulation stopped at a bound; the message names it and how to raise it.',
  },
  WALK221: { title: 'not in this kernel', explanation: 'The kernel does not have that operation.' },
  WALK222: { title: 'machine that cannot run', explanation: 'A setting of the machine or of the kernel is wrong.' },
  WALK223: { title: 'needs a process', explanation: 'Accesses and common operations run inside `as`.' },
  WALK224: { title: 'unknown name', explanation: 'A name stands for nothing at this point of the run.' },
  WALK225: { title: 'wrong argument', explanation: 'A call got an argument that it cannot take.' },
  WALK226: {
    title: 'missing or unreadable file',
    explanation: 'A file that the scenario names could not be read, or is not what it should be.',
  },
  WALK227: {
    title: 'failing interleaving',
    explanation: 'One of the interleavings that `explore` tried does not meet the expectations.',
  },
  WALK228: { title: 'coverage', explanation: 'How many of how many interleavings `explore` covered.' },
  WALK229: { title: 'overlap', explanation: 'A mapping was demanded where another one stands.' },
  WALK230: {
    title: 'protection refused',
    explanation: 'A protection was asked for that the region’s or file’s own mask refuses.',
  },
  WALK232: {
    title: 'cut off',
    explanation:
      'Another block ended the thread or process of this one, so it stopped here. That is an outcome, no failure.',
  },
  WALK233: {
    title: 'signal handled',
    explanation: 'A recorded program handles a signal; what raised it is not in the recording.',
  },
  WALK231: { title: 'emulated call', explanation: 'A recording used a call that the kernel lacks; it was emulated.' },
  WALK240: {
    title: 'value too large',
    explanation:
      'A string has too many characters, or a list too many elements, those of inner lists included; the message names the bound.',
  },
  WALK241: {
    title: 'ended processes dropped',
    explanation: 'More processes ended than the state keeps; the message counts those that are not shown in it.',
  },
  WALK242: {
    title: 'output cut short',
    explanation: 'A run printed more than is kept of it; the message counts the rest and names the bound.',
  },
  WALK245: {
    title: 'defs called too deeply',
    explanation: 'More calls of defs are inside each other than may be: one calls itself without an end.',
  },
  WALK244: {
    title: 'not searched for leaks',
    explanation: 'All processes have ended, but the machine has more frames than are searched for leaks.',
  },
  WALK243: {
    title: 'the kernel was overwritten',
    explanation:
      'A rule of the kernel does not hold, and the scenario itself had overwritten page tables, memory or lists of the kernel before: the message names the line that did, and the statement after which the rule first did not hold.',
  },
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
