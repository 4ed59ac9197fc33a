/** What a scenario may pass to a kernel function, and no caller in the kernel does: NULL. */
import type { Activation, KernelFunction, KernelGenerator } from '../../../execution/activation.ts';
import { KernelPanic } from '../../../execution/panic.ts';

type Args = Readonly<Record<string, unknown>>;
type Callable = (caller: Activation, args: Args) => KernelGenerator<unknown>;

/** The same function: an object that must be there and is NULL panics, as the kernel's access to it would. */
export function fromScenario(entry: KernelFunction<never, unknown>): KernelFunction<never, unknown> {
  const { info } = entry;
  const objects = info.parameters.filter(({ type }) => type.kind === 'object' && type.nullable !== true);
  if (objects.length === 0) return entry;
  const call = (caller: Activation, args: Args): KernelGenerator<unknown> => {
    const missing = objects.find(({ name }) => args[name] === null || args[name] === undefined);
    if (missing !== undefined) return nullPointer(info.name, missing.name);
    return (entry as unknown as Callable)(caller, args);
  };
  return Object.assign(call, { info });
}

function* nullPointer(name: string, parameter: string): KernelGenerator<never> {
  yield* [];
  throw new KernelPanic(`${name}: ${parameter} is NULL`);
}
