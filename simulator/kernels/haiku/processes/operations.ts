/** 13.1, 13.2: the operations that every kernel has, by the means of this VM. */
import { coreIndex } from '../../../hardware/machine-config.ts';
import { emit } from '../../../hardware/trace-event.ts';
import { hex } from '../../../hardware/word.ts';
import { kernelFunction, type Activation } from '../../../execution/activation.ts';
import { refuse } from '../../../execution/refusal.ts';
import type { Result } from '../../../execution/result.ts';
import type { MmapArgs, Operations } from '../../kernel.ts';
import type { Protection } from '../../view.ts';
import {
  LOCK_RO, LOCK_RW, REGION_ADDR_ANY_ADDRESS, REGION_ADDR_EXACT_ADDRESS, REGION_NO_PRIVATE_MAP, REGION_PRIVATE_MAP,
  REGION_WIRING_LAZY, type VmError,
} from '../base/constants.ts'; // prettier-ignore
import { exec } from './exec.ts';
import { fork } from './fork.ts';
import { Own } from '../base/events.ts';
import { readLock, unlock } from '../base/locks.ts';
import { exitProcess, exitThread } from './process.ts';
import { createAnonymousRegion } from '../regions/anonymous-region.ts';
import { createNullRegion } from '../regions/unpaged-region.ts';
import { deleteRegion } from '../regions/delete-region.ts';
import { mapFileInto } from '../regions/map-file.ts';
import { endOf, pageUp, type Here, type Steps, type Process, type Thread, type VmAddressSpace } from '../base/state.ts';

const DEAD = 'ERR_VM_INVALID_ASPACE';

function* asProcess<R>(
  caller: Activation,
  body: (here: Here, aspace: VmAddressSpace, thread: Thread) => Steps<R>,
): Steps<R | typeof DEAD> {
  const here = caller as Here;
  const thread = here.activity.thread as Thread | null;
  if (thread === null) throw new Error('internal: an operation outside a thread');
  const { alive, aspace } = thread.process;
  return alive && aspace !== null ? yield* body(here, aspace, thread) : DEAD;
}

/** 13.1: not in this kernel; nothing changes. */
function unsupported(caller: Activation, call: string): 'ERR_UNIMPLEMENTED' {
  emit(caller.machine, Own.unsupported, caller.cluster, { call });
  return 'ERR_UNIMPLEMENTED';
}

export const operations: Operations = {
  *mmap(caller, args) {
    if (args.kind === 'remote') return unsupported(caller, 'mmap remote');
    return yield* asProcess(caller, (here, aspace) => map(here, aspace, args));
  },
  *munmap(caller, { address, length }) {
    return yield* asProcess(caller, (here, aspace) => unmap(here, { aspace, address, length }));
  },
  *mprotect(caller) {
    return unsupported(caller, 'mprotect');
  },
  *brk(caller, { address }) {
    return yield* asProcess(caller, (here, aspace, { process }) => moveBreak(here, process, aspace, address));
  },
  *fork(caller, { cluster, core }) {
    return yield* asProcess(caller, (here, _aspace, thread) => {
      const place = cluster === null ? here.core : coreIndex(here.machine.config, cluster, core ?? 0);
      return fork(here, { caller: thread, core: place });
    });
  },
  *exec(caller, image) {
    return yield* asProcess(caller, (here, _aspace, thread) => exec(here, { thread, image }));
  },
  *exit(caller, { code }) {
    yield* asProcess(caller, (here, _aspace, { process }) => exitProcess(here, { process, exit: code }));
  },
  *thread_exit(caller) {
    return yield* asProcess(caller, (here, _aspace, thread) => exitThread(here, thread));
  },
  // This VM has no such step.
  *wait() {
    return null;
  },
};

function lockOf({ write }: Protection): number {
  return write ? LOCK_RW : LOCK_RO;
}

/** Hints are ignored, and nothing is replaced. */
function* map(here: Here, aspace: VmAddressSpace, args: MmapArgs): Steps<Result<number>> {
  const { protection, kind, file, at, length, offset } = args;
  if (file === null && kind === 'file')
    return refuse(here, 'ERR_INVALID_ARGS', '`kind: file` needs a file; give `file:`');
  const place = {
    aid: aspace.id, address: at ?? 0, addr_type: at === null ? REGION_ADDR_ANY_ADDRESS : REGION_ADDR_EXACT_ADDRESS, size: length,
  }; // prettier-ignore
  const { read, write, execute } = protection;
  if (!read && !write && !execute) return addressOf(yield* createNullRegion(here, { ...place, name: 'null' }));
  const lock = lockOf(protection);
  if (file !== null) {
    const mapping = kind === 'shared' ? REGION_NO_PRIVATE_MAP : REGION_PRIVATE_MAP;
    return addressOf(
      yield* mapFileInto(here, { ...place, name: file, lock, mapping, path: file, offset, kernel: false }),
    );
  }
  const name = kind === 'shared' ? 'shared' : 'anon';
  const made = yield* createAnonymousRegion(here, { ...place, name, wiring: REGION_WIRING_LAZY, lock });
  if (typeof made === 'string') return made;
  const region = here.kernel.region_table.get(made.result);
  if (kind === 'shared' && region !== undefined) region.sim_share = 'shared';
  return made.address;
}

function addressOf(made: { address: number } | VmError): number | VmError {
  return typeof made === 'string' ? made : made.address;
}

const unmap = kernelFunction(
  {
    name: 'munmap',
    section: '13.2',
    doc: 'Deletes the regions of a range; there is no partial unmap.',
    parameters: [],
    errors: ['ERR_INVALID_ARGS'],
    steps: {
      1: 'a region that sticks out of the range: ERR_INVALID_ARGS',
      2: 'vm_delete_region of the next, in base order',
    },
  },
  function* (
    here: Here,
    { aspace, address, length }: { aspace: VmAddressSpace; address: number; length: number },
  ): Steps<VmError | void> {
    const { sem, region_list } = aspace.virtual_map;
    const end = address + pageUp(length);
    if (here.step('1')) yield;
    yield* readLock(here, sem);
    const met = length > 0 ? region_list.filter((region) => region.base < end && endOf(region) > address) : [];
    unlock(here, sem);
    const out = met.find((region) => region.base < address || endOf(region) > end);
    if (out !== undefined) {
      const range = `[${hex(address, 8)}, ${hex(end, 8)})`;
      const whole = `[${hex(out.base, 8)}, ${hex(endOf(out), 8)})`;
      return refuse(here, 'ERR_INVALID_ARGS', `region “${out.name}” ${whole} sticks out of ${range}`);
    }
    for (const { id } of met) {
      if (here.step('2')) yield;
      yield* deleteRegion(here, { aid: aspace.id, rid: id });
    }
  },
);

/** H10: the heap grows by regions, and never shrinks. */
function* moveBreak(here: Here, process: Process, aspace: VmAddressSpace, address: number): Steps<Result<number>> {
  const end = process.heap_end;
  if (address === 0) return end;
  const wanted = pageUp(address);
  if (wanted === end) return end;
  if (wanted < end) {
    refuse(here, 'ERR_UNIMPLEMENTED', 'the heap never shrinks');
    return unsupported(here, 'brk down');
  }
  const made = yield* createAnonymousRegion(here, {
    aid: aspace.id, name: `${process.name}_heap${String(process.heaps)}`, address: end, addr_type: REGION_ADDR_EXACT_ADDRESS,
    size: wanted - end, wiring: REGION_WIRING_LAZY, lock: LOCK_RW,
  }); // prettier-ignore
  if (typeof made === 'string') return made;
  process.heaps += 1;
  process.heap_end = wanted;
  return wanted;
}
