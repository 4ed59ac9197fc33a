import { emit, EventKind } from '../../hardware/trace-event.ts';
import type { Activation } from '../../execution/activation.ts';
import type { ErrorOrigin, ErrorReason } from '../../execution/activity.ts';
import { posixSpelling } from '../../kernels/common-operations.ts';
import { capabilityInWords, type Capability } from '../../kernels/capability.ts';
import type { KernelDescriptor } from '../../kernels/kernel.ts';
import type { Refusal } from './fault-text.ts';
import type { DiagnosticCode } from '../scenario/diagnostic-codes.ts';

/** A call that answered an error: a value until somebody has to do something about it. */
export interface CallFailure {
  /** The names that it goes by: the common one first, then the kernel's own for the reason. */
  readonly names: readonly string[];
  readonly code: DiagnosticCode;
  readonly message: string;
  /** What the kernel said beyond the error's name. */
  readonly reason: ErrorReason | null;
  /** For a refused access: what the kernel would kill for. */
  readonly refusal: Refusal | null;
}

/** Does an error say that memory ran out? Such a call counts as one `oom`, as a trap does (walk language 7). */
function noteMemory({ machine, cluster }: Activation, kernel: KernelDescriptor, call: string, error: string): boolean {
  const isMemory = ['ENOMEM', 'OOM'].some(
    (name) => name === error || (kernel.errorAliases[name] ?? []).includes(error),
  );
  if (isMemory) emit(machine, EventKind.oom, cluster, { call, error });
  return isMemory;
}

const reasonCodes: Readonly<Partial<Record<ErrorReason['kind'], DiagnosticCode>>> = {
  overlap: 'WALK229',
  protection: 'WALK230',
};

/**
 * A call of a kernel that answered an error: where in the kernel, and why. What the kernel said about it decides the
 * code before the name does.
 */
export function answeredFailure(here: Activation, kernel: KernelDescriptor, call: string, error: string): CallFailure {
  const { origin, reason: said } = here.activity;
  const reason = said?.error === error ? said : null;
  const place = origin?.error === error ? placeText(origin, call) : '';
  const words = reason?.message ?? (origin?.error === error ? wordsOf(origin) : '');
  const why = [place, words].filter((part) => part !== '').join(': ');
  const otherwise = noteMemory(here, kernel, call, error) ? 'WALK204' : 'WALK205';
  return {
    names: [error],
    code: (reason === null ? undefined : reasonCodes[reason.kind]) ?? otherwise,
    message: `${call} failed with ${error}${why === '' ? '' : `: ${why}`}`,
    reason,
    refusal: null,
  };
}

/** `vm_delete_region 2`; the function that was called itself needs no name. */
function placeText(origin: ErrorOrigin, call: string): string {
  if (origin.step === '') return origin.function === call ? '' : origin.function;
  return origin.function === call ? `step ${origin.step}` : `${origin.function} ${origin.step}`;
}

/** A step's text may tell of several ends: what it says of this error, without the error's name. */
function wordsOf({ text, error }: ErrorOrigin): string {
  const name = text.indexOf(error);
  if (name < 0) return text;
  // What stands behind the name tells what becomes of it; one word alone (`none: ENOMEM`) is of the clause before it.
  const clauses = text
    .slice(0, name)
    .replace(/[\s,:;(]+$/, '')
    .split('; ');
  const last = clauses.pop() ?? '';
  return last.includes(' ') || clauses.length === 0 ? last : `${clauses.pop() ?? ''}; ${last}`;
}

/** A call that the session itself refuses. */
export function namedFailure(names: readonly string[], told: Pick<CallFailure, 'code' | 'message'>): CallFailure {
  return { ...told, names, reason: null, refusal: null };
}

/** Of a call that needs what the kernel cannot do. */
export function unsupportedCall({ name, notSupported, lacks }: KernelDescriptor, needed: Capability): CallFailure {
  const reason = lacks[needed];
  const message = `${name} has no ${capabilityInWords(needed)}${reason === undefined ? '' : `: ${reason}`}`;
  return namedFailure(['NOT_SUPPORTED', notSupported], { code: 'WALK221', message });
}

/** Does `fails NAME` name this failure? */
export function isNamed(kernel: KernelDescriptor, failure: Pick<CallFailure, 'names'>, name: string): boolean {
  return failure.names.some((own) => own === name || meansTheSame(kernel, name, own));
}

/** POSIX and common names stand for the kernel's own ones; NOT_SUPPORTED has a name of each kernel's. */
function meansTheSame(kernel: KernelDescriptor, expected: string, own: string): boolean {
  if (expected === 'NOT_SUPPORTED' && own === kernel.notSupported) return true;
  if (own === 'NOT_SUPPORTED' && expected === kernel.notSupported) return true;
  const { errorAliases } = kernel;
  const spelled = posixSpelling(kernel, expected);
  return spelled === own || (Object.hasOwn(errorAliases, spelled) && (errorAliases[spelled] ?? []).includes(own));
}

/** `SEGV (EINVAL)`. */
export function namesOf(failure: CallFailure): string {
  const [first = 'an error', ...others] = failure.names;
  const rest = others.filter((name) => name !== first);
  return rest.length === 0 ? first : `${first} (${rest.join(', ')})`;
}
