/** 13.4: every region of the address space goes, and the new image is built in it. */
import { refuse } from '../../../execution/refusal.ts';
import { findFile } from '../../../hardware/block-device.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import type { VmError } from '../base/constants.ts';
import { isLoadable, installProgram } from './program.ts';
import { adoptProgram, buildImage, exitProcess } from './process.ts';
import { deleteRegion } from '../regions/delete-region.ts';
import type { Here, Steps, Thread } from '../base/state.ts';

export const exec = kernelFunction(
  {
    name: 'exec',
    section: '13.4',
    doc: 'Replaces the image of the current process, in the same address space.',
    parameters: [],
    errors: ['ERR_VFS_PATH_NOT_FOUND', 'ERR_INVALID_ARGS', 'ERR_NO_MEMORY', 'ERR_VM_WOULD_OVERCOMMIT'],
    steps: {
      1: 'delete a region',
      2: 'the primary stack',
      '2a': 'the argument block at its top is written',
      3: 'the segments. Failure: there is nothing to go back to, the process ends',
      4: 'enter user mode',
    },
  },
  function* (
    here: Here,
    { thread, image }: { thread: Thread; image: { path: string } | { code: number; data: number } },
  ): Steps<VmError | void> {
    const { process } = thread;
    const { aspace } = process;
    if (aspace === null) return 'ERR_INVALID_ARGS';
    const path = 'path' in image ? image.path : `/bin/${process.name}.exec${String(here.kernel.nextProgram++)}`;
    if (!('path' in image)) installProgram(here.kernel, here.machine, path, 0, { kind: 'sizes', ...image });
    const program = here.kernel.programs.get(path);
    if (findFile(here.machine, path) === null)
      return refuse(here, 'ERR_VFS_PATH_NOT_FOUND', `there is no file “${path}”`);
    if (program === undefined || !isLoadable(program))
      return refuse(here, 'ERR_INVALID_ARGS', `“${path}” is no program that can be loaded`);
    for (const { id } of [...aspace.virtual_map.region_list]) {
      if (here.step('1')) yield;
      yield* deleteRegion(here, { aid: aspace.id, rid: id });
    }
    const stack = yield* buildImage(here, aspace, process.name, program);
    if (typeof stack === 'string') {
      yield* exitProcess(here, { process, exit: stack });
      return stack;
    }
    if (here.step('4')) yield;
    for (const other of here.kernel.threads) if (other.process === process) other.stack_region = -1;
    thread.stack_region = stack;
    adoptProgram(process, program);
  },
);
