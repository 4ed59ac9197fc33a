/** What a scenario may pass to a kernel function, and no caller in the kernel does: NULL, and numbers of more than 32 bits. */
import type { Activation, KernelFunction, KernelGenerator } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { KernelPanic } from '../../../execution/panic.ts';

type Args = Readonly<Record<string, unknown>>;
type Callable = (caller: Activation, args: Args) => KernelGenerator<unknown>;

const WORD = 2 ** 32;

/** The same function: an object that must be there and is NULL panics, as the kernel's access to it would. */
export function fromScenario(entry: KernelFunction<never, unknown>): KernelFunction<never, unknown> {
  const { info } = entry;
  const objects = info.parameters.filter(({ type }) => type.kind === 'object' && type.nullable !== true);
  const words = info.parameters.filter(isWord);
  if (objects.length === 0 && words.length === 0) return entry;
  const call = (caller: Activation, args: Args): KernelGenerator<unknown> => {
    const missing = objects.find(({ name }) => args[name] === null || args[name] === undefined);
    if (missing !== undefined) return nullPointer(info.name, missing.name);
    return (entry as unknown as Callable)(caller, asWords(args, words));
  };
  return Object.assign(call, { info });
}

/** `addr` has 32 bits (1.3). Where a region is wanted, an address beyond them is refused by the function itself (D25). */
function isWord({ name, type, inOut }: Parameter): boolean {
  return (type.kind === 'address' && inOut !== true) || (type.kind === 'size' && name === 'size');
}

function asWords(args: Args, words: readonly Parameter[]): Args {
  const isPlain = words.every(({ name }) => args[name] === undefined || isInside(args[name] as number));
  if (isPlain) return args;
  const wrapped = words.map(({ name, type }) => [name, asWord(args[name] as number, type.kind)] as const);
  return { ...args, ...Object.fromEntries(wrapped) };
}

/** A size below 0 is a huge one; one beyond 32 bits stays what it is, and is refused. */
function asWord(value: number, kind: string): number {
  return kind === 'size' && value >= 0 ? value : ((value % WORD) + WORD) % WORD;
}

function isInside(value: number): boolean {
  return value >= 0 && value < WORD;
}

function* nullPointer(name: string, parameter: string): KernelGenerator<never> {
  yield* [];
  throw new KernelPanic(`${name}: ${parameter} is NULL`);
}
