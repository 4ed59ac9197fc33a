/**
 * The one table entry that checker, completion, hover, signature help, step listing and debugger read
 * for every function a scenario can call: a kernel's own functions, the common operations, the observations.
 */

/** How a scenario's argument becomes a kernel's argument, and how a kernel's result is shown. */
export type ValueType =
  | { readonly kind: 'integer' } // number; exact up to 2^53
  | { readonly kind: 'u64' } // bigint; for kernels whose arithmetic reaches 2^64
  | { readonly kind: 'address'; readonly exact?: true } // the machine's number (virtual-address.ts); exact: as it is written, bigint
  | { readonly kind: 'vpn' }
  | { readonly kind: 'ppn' }
  | { readonly kind: 'size'; readonly any?: true } // bytes, number, that a register holds; any: the kernel refuses longer ones itself
  | { readonly kind: 'offset' } // bytes into a file or object, number; the kernel refuses negative ones itself
  | { readonly kind: 'time' } // cycles, number
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string'; readonly nullable?: boolean } // nullable: none is null
  | { readonly kind: 'protection'; readonly bits?: ProtectionBits } // { read, write, execute, user }; with bits: their number, raw bits as they are
  | { readonly kind: 'handle' } // an integer that names an object in the current process's table, an object, or null
  | { readonly kind: 'place' } // { cluster: index, core: local index }
  | { readonly kind: 'cluster' } // cluster index, number
  | { readonly kind: 'process' } // the kernel's process object
  | { readonly kind: 'thread' } // the kernel's thread object
  | { readonly kind: 'access' } // 'r' | 'w' | 'x'
  | { readonly kind: 'buffer'; readonly orAddress?: boolean } // a string in, a string out; orAddress: or an address, number
  | { readonly kind: 'any'; readonly of?: readonly string[] } // the scenario's value as it is; with of: one of those kinds
  | { readonly kind: 'slot' } // a member written as such (`child.mm.heap`), passed unevaluated as { object, field }
  | {
      readonly kind: 'enumeration';
      readonly name: string;
      readonly members: Readonly<Record<string, number>>;
      readonly closed?: boolean; // no other value reaches the function
    }
  | { readonly kind: 'flags'; readonly name: string; readonly members: Readonly<Record<string, number>> }
  | { readonly kind: 'object'; readonly type: string; readonly nullable?: boolean } // a kernel object by identity
  | { readonly kind: 'record'; readonly fields: readonly Parameter[] } // missing fields are 0
  | { readonly kind: 'list'; readonly of: ValueType };

/** What the letters of a protection are worth in a kernel's own bits. */
export interface ProtectionBits {
  readonly read: number;
  readonly write: number;
  readonly execute: number;
  readonly user: number;
}

export interface Parameter {
  readonly name: string;
  readonly type: ValueType;
  /** Present: the parameter may be left out, and this is what it then is (in the kernel's own form). */
  readonly default?: unknown;
  /** May be left out with no default: the body receives undefined. */
  readonly optional?: boolean;
  /** The only integers that it takes. */
  readonly values?: readonly number[];
  /** In/out: takes its initial value in the call and appears among the outputs as well. */
  readonly inOut?: boolean;
  readonly doc?: string;
}

export interface FunctionInfo {
  /** The specification's own spelling: `vmm_get_pte`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Section of the specification, for readers: `5.21`. */
  readonly section: string;
  /** One line of documentation. */
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  /** The direct result, shown as `.result` beside outputs. */
  readonly result?: ValueType;
  /** Out-parameters, in the specification's order. */
  readonly outputs?: readonly Parameter[];
  /** Errors by name; a returned string among these is a failure. */
  readonly errors: readonly string[];
  /** Label to text, in order. Labels are the specification's: `1`, `3a`. */
  readonly steps: Readonly<Record<string, string>>;
}
