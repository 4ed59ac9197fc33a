/** Live diagnostics: what simulating a scenario can find. Codes are stable; never give one a new meaning. */
export const diagnosticCodes = {
  WALK201: {
    title: 'Failed expectation',
    explanation: 'An `expect` was false. The message shows the values of both sides.',
  },
  WALK202: {
    title: 'Segmentation fault',
    explanation:
      'An access found no mapping, or a mapping without the right, and nothing expected that. The kernel has killed the process. The message names the region that nearly held the address and the line that unmapped it.',
  },
  WALK203: {
    title: 'Bus error',
    explanation: 'An access went beyond the end of its file or object, or the file could not be read.',
  },
  WALK204: {
    title: 'Out of memory',
    explanation: 'Memory ran out in a fault or a call, and nothing expected that.',
  },
  WALK205: {
    title: 'Failed call',
    explanation:
      'A call failed with an error, and nothing expected that. The message names the step of the kernel that refused.',
  },
  WALK206: {
    title: 'Call should have failed',
    explanation: '`expect … fails` or `expect … kills` follows a call that succeeded.',
  },
  WALK207: {
    title: 'Call failed with another error',
    explanation: '`expect … fails ERROR` follows a call that failed, but with another error.',
  },
  WALK208: {
    title: 'Kernel panic',
    explanation: 'The simulated kernel stopped itself. Its machine runs no further.',
  },
  WALK209: {
    title: 'Halted machine',
    explanation: 'The kernel has panicked. Observations still work; calls do not.',
  },
  WALK210: {
    title: 'Dead thread',
    explanation: 'A statement is to run as a thread or process that has ended.',
  },
  WALK211: {
    title: 'Deadlock',
    explanation:
      'Everything that could run waits for something that can never happen. The message says who waits for whom.',
  },
  WALK212: {
    title: 'Leak',
    explanation: 'After the last process has ended, some frames are neither free nor reserved nor in a cache.',
  },
  WALK213: {
    title: 'Scenario still holds something',
    explanation: 'The scenario called functions that take references, pages or locks, and did not give them back.',
  },
  WALK214: {
    title: 'Unused injection',
    explanation: 'An injected failure was still pending at the end: the operation that it was meant for never came.',
  },
  WALK215: {
    title: 'Violated invariant',
    explanation:
      'A rule of the kernel does not hold, and the scenario did nothing that could break it. This is a bug in Pagewalk. Please report it, with the file.',
  },
  WALK216: {
    title: 'Arithmetic',
    explanation: 'A result outside -2^63 to 2^64-1, a division by zero, or a shift by more than 63.',
  },
  WALK217: {
    title: 'Kinds of values that do not go together',
    explanation: 'Values of different kinds were compared or combined.',
  },
  WALK218: {
    title: 'No such member',
    explanation: 'The value has no member of that name, or the list has no such index.',
  },
  WALK219: {
    title: 'Freed object',
    explanation: 'A kernel object was used after the kernel had freed it. The message names the step that freed it.',
  },
  WALK220: {
    title: 'Bound reached',
    explanation: 'The simulation stopped at a bound. The message names it and says how to raise it.',
  },
  WALK221: {
    title: 'Not in this kernel',
    explanation: 'The kernel does not have that operation. It changes nothing and fails with `NOT_SUPPORTED`.',
  },
  WALK222: {
    title: 'Machine that cannot run',
    explanation:
      'A setting of the machine or of the kernel is wrong, or a flag of the command line is not used because the file decides.',
  },
  WALK223: {
    title: 'Needs a process',
    explanation: 'Accesses and common operations run inside `as`.',
  },
  WALK224: {
    title: 'Unknown name',
    explanation: 'A name means nothing at this point of the run.',
  },
  WALK225: {
    title: 'Wrong argument',
    explanation: 'A call got an argument that it cannot take.',
  },
  WALK226: {
    title: 'Missing or unreadable file',
    explanation: 'A file that the scenario names cannot be read, or is not what it should be.',
  },
  WALK227: {
    title: 'Failing interleaving',
    explanation:
      'One of the interleavings that `explore` tried fails an expectation or breaks a rule. The message has the seed or the list of choices that replays it.',
  },
  WALK228: {
    title: 'Coverage',
    explanation: 'How many interleavings `explore` has tried, and of how many where that is known.',
  },
  WALK229: {
    title: 'Overlap',
    explanation: 'A mapping was demanded where another one stands. The message names the region that is in the way.',
  },
  WALK230: {
    title: 'Protection refused',
    explanation:
      'A protection was asked for that a mask refuses: the region’s, a region’s above it, or the object’s. The message names the mask.',
  },
  WALK232: {
    title: 'Cut off',
    explanation:
      'Another block ended the thread or process of this one, so it stopped here. That is an outcome, not a failure.',
  },
  WALK233: {
    title: 'Handled signal',
    explanation: 'The recorded program handles a signal. What raised it is not in the recording.',
  },
  WALK231: {
    title: 'Emulated call',
    explanation: 'A recording made a call that the kernel does not have. It was emulated, and the note says how.',
  },
  WALK240: {
    title: 'Value too large',
    explanation:
      'A string has grown too many characters, or a list too many elements, including those of inner lists. The message names the bound.',
  },
  WALK241: {
    title: 'Ended processes left out',
    explanation: 'More processes ended than the state keeps. The message counts those that are not shown.',
  },
  WALK242: {
    title: 'Output cut short',
    explanation: 'A run printed more than is kept. The message counts the rest and names the bound.',
  },
  WALK245: {
    title: 'Calls nested too deeply',
    explanation: 'Too many calls of `def` functions are inside each other. One of them calls itself without an end.',
  },
  WALK246: {
    title: 'Handler without effect',
    explanation:
      'On kernel bare an access faulted a hundred times in a row for the same reason, and the handler always asked to try it again.',
  },
  WALK247: {
    title: 'Stale TLB entry',
    explanation:
      'On kernel bare an access used an entry of a TLB that the page tables no longer agree with. Whoever changes an entry has to drop it from the TLBs.',
  },
  WALK244: {
    title: 'Not searched for leaks',
    explanation: 'All processes have ended, but the machine has more frames than are searched for leaks.',
  },
  WALK243: {
    title: 'Overwritten kernel',
    explanation:
      'A rule of the kernel does not hold, and the scenario itself had overwritten page tables, memory or lists of the kernel. The message names the line that did it, and the statement after which the rule first did not hold.',
  },
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
