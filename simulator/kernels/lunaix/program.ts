/** Programs: files of the simulated file system whose headers the loader knows. */
import type { Machine } from '../../hardware/machine.ts';
import type { ProgramImage } from '../kernel.ts';
import { layoutOf, storeProgram } from '../program-image.ts';
import { USR_EXEC } from './constants.ts';
import type { LunaixState, Program } from './state.ts';

/** Puts a program on the disk; an older one of the name disappears from its folder, not from those who map it. */
export function installProgram(
  state: LunaixState,
  machine: Machine,
  path: string,
  cluster: number,
  image: ProgramImage,
): Program {
  storeProgram(machine, path, cluster, image);
  const program: Program = { path, ...layoutOf(image, USR_EXEC) };
  state.programs.set(path, program);
  return program;
}
