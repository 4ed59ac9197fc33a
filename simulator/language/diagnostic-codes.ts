/** Every static diagnostic of the language: its stable code, a title and what it means. Read by checks, documentation and tests. */

export interface CodeInfo {
  readonly title: string;
  readonly explanation: string;
}

export const diagnosticCodes = {
  WALK100: {
    title: 'Syntax error',
    explanation: 'The text is not a valid scenario. The message says what was expected and what was found.',
  },
  WALK101: {
    title: 'Unknown name',
    explanation:
      'No value, constant, process, thread or member of that name is visible here. A name is visible from the statement that binds it. The message offers the nearest known name.',
  },
  WALK102: {
    title: 'Unknown function',
    explanation: 'There is no common operation, no observation and no function of the chosen kernel with that name.',
  },
  WALK103: {
    title: 'Function of another kernel',
    explanation: 'The function exists, but in a kernel that this file does not run on.',
  },
  WALK104: {
    title: 'Wrong argument',
    explanation:
      'An argument is missing, given twice or too many, matches no parameter, or has a kind of value that the parameter does not take. Positional arguments come before named ones.',
  },
  WALK105: {
    title: 'No such place',
    explanation:
      'A place `(x,y)` or `(x,y,core)` lies outside the mesh, or names a core that the clusters do not have.',
  },
  WALK106: {
    title: 'Not a multiple of the page size',
    explanation: 'The sizes of `code`, `data` and `memory` are whole pages of 4096 bytes.',
  },
  WALK107: {
    title: 'Unused name',
    explanation: 'A `let` or `var` binds a value that nothing reads.',
  },
  WALK108: {
    title: 'Unknown event',
    explanation: 'No event of that name is counted, neither on every kernel nor on the chosen one.',
  },
  WALK109: {
    title: 'File that replays itself',
    explanation: 'A scenario replays itself, directly or through others.',
  },
  WALK110: {
    title: 'Declaration too late',
    explanation: '`machine`, `kernel` and `file` declarations come before the first statement, outside blocks.',
  },
  WALK111: {
    title: 'Given twice',
    explanation: 'A machine, a kernel, a file, a setting, an option or a part is given a second time.',
  },
  WALK112: {
    title: 'Unknown kernel',
    explanation: 'There is no kernel of that name. The message lists those that exist.',
  },
  WALK113: {
    title: 'Unknown kernel option',
    explanation: 'The chosen kernel has no option of that name.',
  },
  WALK114: {
    title: 'Wrong value of a kernel option',
    explanation: 'The value has another type than the option, is none of its words, or is out of range.',
  },
  WALK115: {
    title: 'Wrong machine setting',
    explanation: 'The preset, the paging format or another setting of the machine does not exist or is out of range.',
  },
  WALK116: {
    title: 'Machine does not suit the kernel',
    explanation: 'The kernel cannot run on this machine, or the machine is too small to boot it.',
  },
  WALK117: {
    title: 'Unknown cost',
    explanation: 'The cost table of the machine has no entry of that name.',
  },
  WALK118: {
    title: 'Name bound twice',
    explanation: 'The name is already bound here. Choose another name, or declare it with `var` and assign to it.',
  },
  WALK119: {
    title: 'Name hides something',
    explanation:
      'Functions, constants and values share their names, so the function or constant of that name can no longer be reached. Where a protection or a word such as `shared` is expected, such a name is ambiguous: it means the value if that fits, else the word.',
  },
  WALK120: {
    title: 'Reserved word',
    explanation: '`true`, `false` and `none` are reserved.',
  },
  WALK121: {
    title: 'Needs a process',
    explanation: 'Accesses and common operations run as a thread of a process. They belong in an `as` block.',
  },
  WALK122: {
    title: 'Misplaced `fails` or `kills`',
    explanation: '`fails` and `kills` must directly follow a call. A text may follow only `fails PANIC`.',
  },
  WALK123: {
    title: 'Number out of range',
    explanation:
      'Integers go from -2^63 to 2^64-1. A number in a declaration has the range of what it sets: a fill byte, for example, goes from 0 to 255.',
  },
  WALK124: {
    title: 'Test inside a block',
    explanation: '`test` blocks belong at file level, not inside other blocks.',
  },
  WALK125: {
    title: 'Chained comparison',
    explanation: 'A comparison cannot be compared again. Write `a < b and b < c`, or put one in parentheses.',
  },
  WALK126: {
    title: 'Unknown escape',
    explanation:
      'The escapes in a string are `\\n`, `\\t`, `\\0`, `\\\\`, `\\"` and `\\xNN` with two hexadecimal digits.',
  },
  WALK127: {
    title: 'Code without effect',
    explanation: 'A statement that can never run, or a block that can have no effect.',
  },
  WALK128: {
    title: 'No kernel chosen',
    explanation: 'A file that calls a function of one kernel must name that kernel.',
  },
  WALK129: {
    title: 'Unknown injection or daemon',
    explanation: 'Neither the language nor the chosen kernel has an injection kind or a daemon of that name.',
  },
  WALK130: {
    title: 'Operation that cannot succeed',
    explanation:
      'The text alone shows that the operation fails: a division by zero, a shift by more than 63, a result out of range, operands of different kinds, or a loop whose step is not positive.',
  },
  WALK131: {
    title: 'Not page-aligned',
    explanation:
      'The address or the length is not page-aligned, and the kernel rounds to whole pages: more may change than is written.',
  },
  WALK132: {
    title: 'Incomplete declaration',
    explanation: 'A part that the declaration needs is missing, or two of its parts exclude each other.',
  },
  WALK133: {
    title: 'Unknown error',
    explanation: 'No call of the chosen kernel fails with that error, so the expectation can never be met.',
  },
  WALK134: {
    title: 'Pagewalk failed',
    explanation: 'A bug in Pagewalk kept the file from being checked. Please report it, with the file.',
  },
  WALK135: {
    title: 'Value too large',
    explanation:
      'A string has too many characters, or a list too many elements, including those of inner lists. The message names the bound.',
  },
  WALK136: {
    title: 'Wrong kind of value',
    explanation:
      'A condition takes true or false, a count or an index takes an integer, `at` takes a place, `as` takes a process or a thread. The text shows another kind of value.',
  },
  WALK137: {
    title: 'More findings',
    explanation:
      'A file shows at most as many findings as the bound `findings` says, and at most 100 syntax errors. The rest are only counted.',
  },
  WALK138: {
    title: 'Assignment to a fixed name',
    explanation:
      'Only a name that `var` declares can be assigned to. Names of `let`, `process`, `thread`, parameters and loops keep their values.',
  },
  WALK139: {
    title: 'Misplaced statement',
    explanation:
      '`break` and `continue` belong in a loop, and `return` in a `def`, as the last statement of its block. None of them can leave a block of `parallel` or `explore`. A `def` stands at file level.',
  },
  WALK140: {
    title: 'Wrong parameter of a def',
    explanation: 'Parameters with a default come after those without one. A default may call observations only.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;

export type DiagnosticCode = keyof typeof diagnosticCodes;
