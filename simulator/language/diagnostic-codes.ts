/** Every static diagnostic of the language: its stable code, a title and what it means. Read by checks, documentation and tests. */

export interface CodeInfo {
  readonly title: string;
  readonly explanation: string;
}

export const diagnosticCodes = {
  WALK100: {
    title: 'Syntax',
    explanation: 'The text is not of the language. The message says what was expected and what was found instead.',
  },
  WALK101: {
    title: 'Unknown name',
    explanation:
      'No binding, constant, process, thread or member of that name is visible there. Bindings are visible from their statement on; the nearest known name is offered. A hyphen between letters joins: write `a - b` to subtract.',
  },
  WALK102: {
    title: 'Unknown function',
    explanation: 'Neither the common operations and observations nor the chosen kernel have a function of that name.',
  },
  WALK103: {
    title: 'Function of another kernel',
    explanation: 'The function exists, but in a kernel that this file does not run on.',
  },
  WALK104: {
    title: 'Wrong argument',
    explanation:
      'An argument is missing, given twice, one too many, named unlike any parameter, or of a kind that the parameter cannot take. Positional arguments stand before named ones.',
  },
  WALK105: {
    title: 'Unreachable place',
    explanation:
      'A place `(x,y)` or `(x,y,core)` lies outside the mesh of the machine or names a core that its clusters lack.',
  },
  WALK106: {
    title: 'Size is not a multiple of the page size',
    explanation: '`code`, `data` and `memory` are made of whole pages of 4096 bytes.',
  },
  WALK107: { title: 'Unused binding', explanation: 'A `let` or `var` binds a value that nothing reads.' },
  WALK108: {
    title: 'Unknown event',
    explanation: 'No event of that name is counted: neither a common one nor one of the chosen kernel.',
  },
  WALK109: { title: 'Recursive replay', explanation: 'A file replays itself, directly or through others.' },
  WALK110: {
    title: 'Declaration too late',
    explanation: '`machine`, `kernel` and `file` declarations stand before the first statement, at file level.',
  },
  WALK111: {
    title: 'Given twice',
    explanation: 'A machine, a kernel, a file, a setting, an option or a part is declared a second time.',
  },
  WALK112: { title: 'Unknown kernel', explanation: 'No kernel has that name; the message lists those that there are.' },
  WALK113: { title: 'Unknown kernel option', explanation: 'The chosen kernel has no option of that name.' },
  WALK114: {
    title: 'Wrong value of a kernel option',
    explanation: 'The value is of another type than the option, is none of its words, or is out of its range.',
  },
  WALK115: {
    title: 'Wrong machine setting',
    explanation: 'The preset, the paging format or another setting of the machine does not exist or is out of range.',
  },
  WALK116: {
    title: 'Machine unfit for the kernel',
    explanation: 'The kernel cannot run on this machine, or the machine is too small to boot it.',
  },
  WALK117: { title: 'Unknown cost', explanation: 'The cost table of the machine has no entry of that name.' },
  WALK118: {
    title: 'Rebinding or shadowing',
    explanation:
      'A name that is already visible is bound again. Choose another name, or declare it with `var` and assign to it.',
  },
  WALK119: {
    title: 'Binding hides a function, a constant or a word',
    explanation:
      'Functions, constants and values share one name space, so the function or constant cannot be reached any more. Where a protection or a word of an enumeration is expected, a binding of that name is ambiguous: one whose value fits is meant, else the word.',
  },
  WALK120: { title: 'Reserved word bound', explanation: '`true`, `false` and `none` cannot be bound.' },
  WALK121: {
    title: 'Needs a process',
    explanation: 'Accesses and common operations run as a process: they stand in an `as` block.',
  },
  WALK122: {
    title: 'Misused tail',
    explanation: '`fails` and `kills` follow a call with nothing around it; a message text follows only `fails PANIC`.',
  },
  WALK123: {
    title: 'Number out of range',
    explanation:
      'Integers reach from -2^63 to 2^64-1. A number of a declaration has the bounds of what it sets, for instance 0 to 255 for a fill byte.',
  },
  WALK124: { title: 'Test inside a block', explanation: '`test` blocks stand at file level only.' },
  WALK125: {
    title: 'Chained comparison',
    explanation: 'Comparisons are not chained: write `a < b and b < c`, or put one in parentheses.',
  },
  WALK126: {
    title: 'Unknown escape',
    explanation: 'Strings know the escapes \\n, \\t, \\0, \\\\, \\" and \\xNN with two hexadecimal digits.',
  },
  WALK127: {
    title: 'Dead construct',
    explanation: 'A statement can never run, or a block can have no effect.',
  },
  WALK128: {
    title: 'No kernel chosen',
    explanation: 'A file that calls a kernel’s own functions must name the kernel with a `kernel` declaration.',
  },
  WALK129: {
    title: 'Unknown injection or daemon',
    explanation: 'Neither the language nor the chosen kernel has an injection kind or a daemon of that name.',
  },
  WALK130: {
    title: 'Impossible operation',
    explanation:
      'Constant operands show that the operation fails: a division by zero, a shift above 63, a result out of range, operands of different kinds, a loop whose step is not positive.',
  },
  WALK131: {
    title: 'Range is not page-aligned',
    explanation: 'The kernel rounds the address or the length, so more may change than is written.',
  },
  WALK132: {
    title: 'Incomplete declaration',
    explanation: 'A part that the declaration needs is missing, or two parts exclude each other.',
  },
  WALK133: {
    title: 'Unknown error name',
    explanation: 'No call of the chosen kernel fails with that name, so the expectation cannot be met.',
  },
  WALK134: {
    title: 'Pagewalk failed',
    explanation: 'A bug in Pagewalk kept the file from being checked. Please report it, with the file.',
  },
  WALK135: {
    title: 'Value too large',
    explanation:
      'A string has too many characters, or a list too many elements, those of inner lists included; the message names the bound.',
  },
  WALK136: {
    title: 'Wrong kind of value',
    explanation:
      'A condition needs true or false, a count or an index an integer, `at` a place, `as` a process or thread; the text shows another kind of value.',
  },
  WALK137: {
    title: 'More findings',
    explanation: 'A file shows at most 1,000 findings, and at most 100 syntax errors.',
  },
  WALK138: {
    title: 'Assignment to what never changes',
    explanation:
      'Only a `var` can be assigned to. Names of `let`, `process`, `thread`, parameters and loops keep their values.',
  },
  WALK139: {
    title: 'Misplaced statement',
    explanation:
      '`break` and `continue` stand in a loop, `return` in a `def`, as the last statement of its block; none of them leads out of a block of `parallel` or `explore`. `def` stands at file level.',
  },
  WALK140: {
    title: 'Wrong parameter of a def',
    explanation: 'Parameters with a default stand behind those without one; a default makes no calls but observations.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;

export type DiagnosticCode = keyof typeof diagnosticCodes;
