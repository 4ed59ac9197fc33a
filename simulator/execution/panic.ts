import type { Activation } from './activation.ts';

/** The simulated kernel stops itself. Thrown so that it unwinds every frame; the engine then halts the machine. */
export class KernelPanic extends Error {
  override readonly name = 'KernelPanic';
}

/** Stops the simulated kernel with a message of its own. */
export function panic(here: Activation<never> | Activation, message: string): never {
  throw new KernelPanic(`${(here as Activation).info.name}: ${message}`);
}
