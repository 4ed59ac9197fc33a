/**
 * A scenario as plain data: what the language lowers a `.walk` file to and the only thing a session runs.
 * It mirrors the statements of the language; names are resolved when they are evaluated.
 */

/** Half-open; lines and columns count from 1. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Scenario {
  readonly file: string;
  readonly machine: MachineDeclaration | null;
  readonly kernel: KernelDeclaration | null;
  /** Further kernels that every test runs on, behind the one above. */
  readonly otherKernels: readonly string[];
  readonly mutexes: readonly string[];
  readonly files: readonly FileDeclaration[];
  readonly body: readonly Statement[];
  readonly tests: readonly TestDeclaration[];
  readonly defs: readonly DefDeclaration[];
  /** `handler NAME(…)`: what a kernel that the file itself is runs by itself. */
  readonly handlers: readonly DefDeclaration[];
}

export interface MachineDeclaration {
  readonly preset: string;
  readonly mesh?: Located<{ readonly width: number; readonly height: number }>;
  readonly cores?: Located<number>;
  /** Bytes per cluster. */
  readonly memory?: Located<number>;
  readonly paging?: Located<string>;
  readonly tlb?: Located<{ readonly sets?: number; readonly ways?: number }>;
  readonly cost?: readonly (Located<number> & { readonly name: string })[];
  readonly seed?: Located<number>;
  readonly range: SourceRange;
}

export interface Located<T> {
  readonly value: T;
  readonly range: SourceRange;
}

export interface KernelDeclaration {
  readonly name: string;
  readonly options: readonly KernelOption[];
  readonly range: SourceRange;
}

export interface KernelOption {
  readonly name: string;
  /** Sizes in bytes, times in microseconds or cycles as the unit says; words and strings as text. */
  readonly value: number | string;
  readonly unit?: 'bytes' | 'cycles' | 'us';
  readonly range: SourceRange;
}

export interface FileDeclaration {
  readonly name: string;
  readonly place: PlaceLiteral | null;
  /** All undefined: the declaration only places a program's page cache. */
  readonly size?: number;
  readonly fill?: number;
  readonly text?: string;
  /** Path of a file beside the scenario; its bytes arrive as an asset. */
  readonly from?: string;
  readonly range: SourceRange;
}

export interface PlaceLiteral {
  readonly x: number;
  readonly y: number;
  readonly core?: number;
  readonly range: SourceRange;
}

export interface TestDeclaration {
  readonly name: string;
  /** It runs on these alone; null: on every kernel. */
  readonly kernels: readonly string[] | null;
  /** What it is worth when it is graded; null where the file does not say. */
  readonly points: number | null;
  readonly body: readonly Statement[];
  readonly range: SourceRange;
}

/** A function that the file defines; without a `return` it gives `none`. */
export interface DefDeclaration {
  readonly name: string;
  readonly parameters: readonly DefParameter[];
  readonly body: readonly Statement[];
  readonly range: SourceRange;
}

export interface DefParameter {
  readonly name: string;
  /** Null where the argument must be given. Evaluated at the call, among the parameters before it. */
  readonly default: Expression | null;
}

export type Statement = StatementBody & {
  /** The whole statement; for blocks, up to the opening brace. */
  readonly range: SourceRange;
};

type StatementBody =
  | {
      readonly kind: 'process';
      readonly name: string;
      readonly place: PlaceLiteral | null;
      /** Instead of `place`, where the place is no literal. */
      readonly placeExpression?: Expression;
      readonly image:
        | { readonly kind: 'sizes'; readonly code: number; readonly data: number }
        | { readonly kind: 'load'; readonly path: string };
    }
  | {
      readonly kind: 'thread';
      readonly name: string;
      readonly of: string;
      /** Instead of the name `of`, where it is none. */
      readonly ofExpression?: Expression;
      readonly place: PlaceLiteral | null;
      /** Instead of `place`, where the place is no literal. */
      readonly placeExpression?: Expression;
    }
  | {
      readonly kind: 'as';
      /** As it is written. */
      readonly who: string;
      /** Instead of the name `who`, where it is none. */
      readonly whoExpression?: Expression;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'on';
      readonly kernels: readonly string[];
      readonly then: readonly Statement[];
      readonly else: readonly Statement[] | null;
    }
  | { readonly kind: 'let'; readonly name: string; readonly value: Expression }
  /** Like `let`, but assignments change it. */
  | { readonly kind: 'var'; readonly name: string; readonly value: Expression }
  | {
      readonly kind: 'assign';
      readonly name: string;
      readonly nameRange: SourceRange;
      /** Of the element that is changed; null where the whole value is. */
      readonly index: Expression | null;
      /** The new value. For `+=` and its siblings an operation on the old one, whose index is this very `index`. */
      readonly value: Expression;
      readonly isShared: boolean;
    }
  | { readonly kind: 'call'; readonly call: CallExpression }
  | { readonly kind: 'expect'; readonly value: Expression; readonly label?: string }
  | {
      readonly kind: 'expect-fails';
      readonly call: CallExpression;
      readonly error: string;
      /** Only with PANIC: what the message must contain. */
      readonly text?: string;
      readonly label?: string;
    }
  | {
      readonly kind: 'expect-kills';
      readonly call: CallExpression;
      readonly error: string | null;
      readonly label?: string;
    }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly from: Expression;
      readonly to: Expression;
      readonly step: Expression | null;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'for-list';
      readonly name: string;
      readonly list: Expression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'return'; readonly value: Expression | null }
  /** Ends a def or a handler with an error. */
  | { readonly kind: 'fail'; readonly error: string }
  | { readonly kind: 'repeat'; readonly times: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      /** `else if` is a single `if` statement here. */
      readonly else: readonly Statement[] | null;
    }
  | {
      readonly kind: 'parallel';
      /** An integer, or a list of choices. */
      readonly seed: Expression | null;
      readonly blocks: readonly ThreadBlock[];
      /** For `expect parallel … fails ERROR`. */
      readonly fails: string | null;
      readonly label?: string;
    }
  | {
      readonly kind: 'explore';
      readonly upTo: Expression | null;
      readonly blocks: readonly ThreadBlock[];
      readonly then: readonly Statement[] | null;
      /** For `expect explore … fails ERROR`. */
      readonly fails: string | null;
      readonly label?: string;
    }
  | {
      readonly kind: 'inject';
      readonly injection: string;
      readonly place: Expression | null;
      readonly after: Expression | null;
    }
  | { readonly kind: 'inject-clear' }
  | { readonly kind: 'reserve'; readonly count: Expression; readonly place: Expression }
  | { readonly kind: 'daemon'; readonly name: string; readonly on: boolean }
  | { readonly kind: 'print'; readonly value: Expression; readonly more?: readonly Expression[] }
  | { readonly kind: 'dump'; readonly process: string }
  | { readonly kind: 'replay'; readonly path: string; readonly name: string | null }
  /** A part of a recording; written nowhere, a replay consists of them. */
  | {
      readonly kind: 'replay-step';
      readonly path: string;
      readonly index: number;
      /** Kernels make processes in ways of their own. */
      readonly makes: 'process' | 'fork' | null;
      /** Where the program is in its own source; null where the recording does not tell, or is read line by line of its view. */
      readonly source: SourcePosition | null;
    };

export interface SourcePosition {
  /** The innermost first; at least one. */
  readonly frames: readonly SourceFrame[];
  /** In the middle of its line, where a call has returned: the line's beginning was a step before. */
  readonly isContinuation: boolean;
}

/** A function of the recorded program. */
export interface SourceFrame {
  readonly function: string;
  readonly isInlined: boolean;
  readonly range: SourceRange;
}

/** `as WHO { … }` inside parallel or explore. */
export interface ThreadBlock {
  readonly who: string;
  readonly whoExpression?: Expression;
  readonly body: readonly Statement[];
  readonly range: SourceRange;
}

export type Expression = ExpressionBody & { readonly range: SourceRange };
export type CallExpression = Extract<Expression, { readonly kind: 'call' }>;

type ExpressionBody =
  /** `written`: as the file has it, where that is not decimal. */
  | { readonly kind: 'integer'; readonly value: bigint; readonly written?: string }
  /** In bytes. */
  | { readonly kind: 'size'; readonly value: bigint }
  /** Exact: the integer and its unit; a machine's cost table says how many cycles a microsecond has. */
  | { readonly kind: 'time'; readonly value: bigint; readonly unit: 'us' | 'ms' | 's' | 'cycles' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'none' }
  /** A binding, a constant, a protection word, an enumeration member: decided where it stands. */
  | {
      readonly kind: 'name';
      readonly name: string;
      /** Only of a `var`. `shared`: bound outside the `parallel` or `explore` block around it, where reading it is a micro-step. */
      readonly variable?: 'own' | 'shared';
    }
  | { readonly kind: 'place'; readonly x: Expression; readonly y: Expression; readonly core: Expression | null }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'record'; readonly fields: readonly { readonly name: string; readonly value: Expression }[] }
  | {
      readonly kind: 'call';
      readonly callee: string;
      readonly calleeRange: SourceRange;
      readonly args: readonly Argument[];
      /** Of a function that the file defines. */
      readonly isDef?: true;
    }
  | { readonly kind: 'member'; readonly receiver: Expression; readonly member: string }
  | { readonly kind: 'index'; readonly receiver: Expression; readonly index: Expression }
  | { readonly kind: 'unary'; readonly operator: '-' | '~' | 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type BinaryOperator =
  | '*' | '/' | '%' | '+' | '-' | '<<' | '>>' | '&' | '^' | '|'
  | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or'; // prettier-ignore

export interface Argument {
  readonly name: string | null;
  readonly value: Expression;
  readonly range: SourceRange;
}

/** One finding about a scenario, static (WALK1xx) or from simulating it (WALK2xx). */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly range: SourceRange;
  readonly related?: readonly { readonly message: string; readonly range: SourceRange }[];
}
