import { emit, EventKind } from '../../hardware/trace-event.ts';
import type { Activation } from '../../execution/activation.ts';
import type { ErrorReason } from '../../execution/activity.ts';
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
export function noteMemory(
  { machine, cluster }: Activation,
  kernel: KernelDescriptor,
  call: string,
  error: string,
): boolean {
  const isMemory = ['ENOMEM', 'OOM'].some(
    (name) => name === error || (kernel.errorAliases[name] ?? []).includes(error),
  );
  if (isMemory) emit(machine, EventKind.oom, cluster, { call, error });
  return isMemory;
}

/** A call that answered an error by name. What else the kernel said about it decides the code before the name does. */
export function namedFailure(
  names: readonly string[],
  said: ErrorReason | null,
  otherwise: Pick<CallFailure, 'code' | 'message'>,
): CallFailure {
  const reason = said !== null && names.includes(said.error) ? said : null;
  if (reason === null) return { ...otherwise, names, reason, refusal: null };
  const code = reason.kind === 'overlap' ? 'WALK229' : 'WALK230';
  return { names, code, message: `${otherwise.message}: ${reason.message}`, reason, refusal: null };
}

/** Of a call that needs what the kernel cannot do. */
export function unsupportedCall({ name, notSupported, lacks }: KernelDescriptor, needed: Capability): CallFailure {
  const reason = lacks[needed];
  const message = `${name} has no ${capabilityInWords(needed)}${reason === undefined ? '' : `: ${reason}`}`;
  return namedFailure(['NOT_SUPPORTED', notSupported], null, { code: 'WALK221', message });
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
