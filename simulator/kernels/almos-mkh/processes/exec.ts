import { kernelFunction } from '../../../execution/activation.ts';
import { refuse } from '../../../execution/refusal.ts';
import { clusterOfCore } from '../../../hardware/machine-config.ts';
import { findFile } from '../../../hardware/block-device.ts';
import { vmm_create_vseg } from '../regions/create-vseg.ts';
import { VsegType } from '../base/constants.ts';
import { destroyCopy } from './exit.ts';
import { elf_load_process, isInElfZone } from './program-loader.ts';
import {
  currentThread,
  descriptorIn,
  livingThreads,
  otherCopies,
  type Process,
  type ProcessDescriptor,
} from '../objects/process.ts';
import { rpc_process_make_exec_client } from '../rpc/rpc-clients.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import type { Thread } from '../objects/thread.ts';
import { vmm_destroy } from '../regions/vmm-destroy.ts';
import { vmm_init } from '../regions/vmm-init.ts';
import type { ExecInfo } from '../objects/rpc-calls.ts';

type ExecError = 'ENOENT' | 'ENOEXEC' | 'EBUSY' | 'ENOMEM';

/** 6.3 in the calling thread's cluster. */
export const sys_exec = kernelFunction(
  {
    name: 'sys_exec',
    section: '6.3',
    doc: 'Replaces the image of a single-threaded process; same PID. Runs in the reference cluster.',
    parameters: [{ name: 'path', type: { kind: 'string' } }],
    errors: ['ENOENT', 'ENOEXEC', 'EBUSY', 'ENOMEM'],
    steps: { 0: 'here if this is the reference, else RPC PROCESS_MAKE_EXEC to it' },
  },
  function* (
    here: Here,
    { thread = currentThread(here), path }: { thread?: Thread | null; path: string },
  ): Steps<ExecError | void> {
    if (thread === null) return 'EBUSY';
    const { process } = thread;
    if (here.stage('0')) yield;
    const args = { process, thread, info: { path } };
    if (process.cluster === here.cluster) return yield* process_make_exec(here, args);
    return (yield* rpc_process_make_exec_client(here, { cxy: process.cluster, ...args })) as ExecError | void;
  },
);

/** A14, B10. */
export const process_make_exec = kernelFunction(
  {
    name: 'process_make_exec',
    section: '6.3',
    doc: 'Exec in the reference cluster.',
    parameters: [],
    errors: ['ENOENT', 'ENOEXEC', 'EBUSY', 'ENOMEM'],
    steps: {
      1: 'the process must have one thread, else EBUSY; resolve the path: ENOENT leaves the image intact',
      2: 'destroy the copies but the thread’s; vmm_destroy of that and of the reference',
      3: 'vmm_init of both',
      4: 'elf_load_process in the reference',
      5: 'new STACK vseg, slot 0, in the thread’s cluster',
      6: 'copy the strings of args and envs; there are none here',
      7: 'the thread restarts at entry_point',
    },
  },
  function* (
    here: Here,
    { process, thread, info }: { process: Process; thread: Thread; info: ExecInfo },
  ): Steps<ExecError | void> {
    if (here.stage('1')) yield;
    const alone = livingThreads(here.kernel, process);
    if (alone.length !== 1 || alone[0] !== thread)
      return refuse(here, 'EBUSY', `the process has ${String(alone.length)} threads`);
    if (findFile(here.machine, info.path) === null) return refuse(here, 'ENOENT', `there is no file “${info.path}”`);
    const program = here.kernel.programs.get(info.path);
    if (program === undefined || !program.segments.every(isInElfZone))
      return refuse(here, 'ENOEXEC', `“${info.path}” is no program of the ELF zone`);
    const home = descriptorIn(process, clusterOfCore(here.machine.config, thread.core)) as ProcessDescriptor;
    if (here.stage('2')) yield;
    for (const copy of otherCopies(process)) if (copy !== home) yield* destroyCopy(here, copy);
    if (home !== process) yield* vmm_destroy(here, { process: home });
    yield* vmm_destroy(here, { process });
    thread.stack = null;
    if (here.stage('3')) yield;
    yield* vmm_init(here, { process });
    if (home !== process) yield* vmm_init(here, { process: home });
    if (here.stage('4')) yield;
    const error = yield* elf_load_process(here, { process, path: info.path });
    if (error) return error;
    if (here.stage('5')) yield;
    if (!(yield* newStack(here, home, thread))) return 'ENOMEM';
    if (here.stage('6')) yield;
    if (here.stage('7')) yield;
    thread.pc = process.vmm.entry_point;
  },
);

function* newStack(here: Here, home: ProcessDescriptor, thread: Thread): Steps<boolean> {
  const stack = yield* vmm_create_vseg(here, {
    process: home,
    type: VsegType.STACK,
    base: 0,
    size: 0,
    file_offset: 0,
    file_size: 0,
    mapper_xp: null,
    cxy: clusterAt(here, home.cluster).cxy,
  });
  if (stack === null) return false;
  thread.stack = stack;
  thread.sp = stack.max;
  if (thread.process.main === thread) thread.process.stackStart = stack.min;
  return true;
}
