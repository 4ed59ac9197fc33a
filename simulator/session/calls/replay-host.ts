/**
 * What a recording needs of a run: batches of accesses, resident pages, files, and marks in the timeline. The
 * recording layer reads the machine and the kernels through this file and replayer.ts alone.
 */
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import { accessBatch } from '../../hardware/mmu.ts';
import { batchAccess, batchAddress, createBatch, pushAccess } from '../../hardware/access-batch.ts';
import type { AccessBatch } from '../../hardware/access-batch.ts';
import { addFile, findFile } from '../../hardware/block-device.ts';
import { clusterCount, coreIndex } from '../../hardware/machine-config.ts';
import { inspectEntry } from '../../hardware/page-table-walker.ts';
import { tell } from '../../hardware/trace-event.ts';
import { exactAddress } from '../../hardware/virtual-address.ts';
import { PAGE_SIZE } from '../../hardware/word.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import { enterTrap, setCause } from '../../execution/cause.ts';
import type { ProcessObject, ThreadObject } from '../../kernels/kernel.ts';
import type { RegionView } from '../../kernels/view.ts';
import { isRefusal, load, nextAccess, noteOutcome, store } from './access.ts';
import type { Refusal } from './fault-text.ts';
import { wholeLine } from './explain.ts';
import { report, roundsIn } from '../state/findings.ts';
import { microStep } from '../state/run.ts';
import type { Run } from '../state/run.ts';
import { diagnostic } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import type { Emulation } from '../state/script.ts';

export { isError } from '../../execution/result.ts';
export type { Activation, KernelGenerator } from '../../execution/activation.ts';
export type { BoundKernel } from '../../kernels/bound-kernel.ts';
export type { KernelDescriptor, MmapArgs, ProcessObject, ProgramImage, ThreadObject } from '../../kernels/kernel.ts';
export type { Protection } from '../../kernels/view.ts';
export { faultSentence } from './fault-text.ts';
export type { Refusal } from './fault-text.ts';
export { createBatch, pushAccess };
export type { AccessBatch };

/** A fault path that never comes to an end is a bug of a kernel. */
const MOST_FAULTS = 1000;
/** Bytes that a copied page is moved in. */
const COPY_UNIT = 8;

/** A batch's end: it was performed whole, or the kernel refused the access at `index`. */
export type BatchEnd = null | { readonly index: number; readonly refusal: Refusal };

/** Performs a batch as a thread: the hot loop of the hardware, left only for a fault, or where somebody steps or listens. */
export function* performBatch(
  run: Run,
  here: Activation,
  thread: ThreadObject,
  batch: AccessBatch,
): KernelGenerator<BatchEnd> {
  const { engine, machine, kernel } = run;
  let faults = 0;
  for (let index = 0; index < batch.length;) {
    const { yieldAt } = engine;
    const isSingle = machine.trace.on || run.raised !== null || (yieldAt >= 0 && engine.steps + 1 >= yieldAt);
    if (isSingle) {
      if (microStep(run, here)) {
        const address = exactAddress(batchAddress(batch, index), addressBitsOf(machine));
        here.activity.nextAccess = nextAccess(address, batchAccess(batch, index), 1, null, faults);
        yield;
      }
      engine.steps--;
    }
    kernel.activate(thread, here.core);
    const room = yieldAt < 0 ? batch.length : Math.max(1, yieldAt - 1 - engine.steps);
    const to = isSingle ? index + 1 : Math.min(batch.length, index + room);
    const reached = accessBatch(machine, here.core, batch, index, to);
    if (reached > index) faults = 0;
    engine.steps += reached - index;
    machine.cause.step = engine.steps;
    index = reached;
    if (reached === to) continue;
    if (++faults > MOST_FAULTS)
      throw new Error(`internal: ${kernel.name} resolved one fault ${String(MOST_FAULTS)} times`);
    const refusal = yield* settleFault(run, here, thread, batchAddress(batch, index), batchAccess(batch, index));
    if (refusal !== null) return { index, refusal };
  }
  return null;
}

/** The kernel's fault path for `machine.fault`, counted by its outcome. */
function* settleFault(
  run: Run,
  here: Activation,
  thread: ThreadObject,
  va: number,
  access: Refusal['access'],
): KernelGenerator<Refusal | null> {
  const { machine, kernel } = run;
  machine.cause.step = ++run.engine.steps;
  const cause = enterTrap(here, machine.fault);
  const outcome = yield* kernel.handleFault(here, thread, { ...machine.fault });
  const address = exactAddress(va, addressBitsOf(machine));
  noteOutcome({ run, here, thread }, address, access, outcome);
  setCause(here.activity, cause);
  return outcome.kind === 'refused' ? { refused: outcome, address, va, access } : null;
}

/** Reads the resident pages of one range and writes them over into another, as the thread. */
export function* copyResidentPages(
  run: Run,
  here: Activation,
  thread: ThreadObject,
  source: number,
  target: number,
  length: number,
): KernelGenerator<Refusal | null> {
  const range = wholeLine(run.program.scenario.file, here.activity.line);
  const accessor = { run, here, thread, user: true, range };
  for (let page = 0; page < length; page += PAGE_SIZE) {
    if (!isResident(run, thread.process, source + page)) continue;
    for (let at = page; at < page + PAGE_SIZE; at += COPY_UNIT) {
      const value = yield* load(accessor, BigInt(source + at), COPY_UNIT);
      if (isRefusal(value)) return value;
      const refusal = yield* store(accessor, BigInt(target + at), value, COPY_UNIT);
      if (refusal !== null) return refusal;
    }
  }
  return null;
}

/** Does any table of the process map the page? */
export function isResident(run: Run, process: ProcessObject, va: number): boolean {
  return run.kernel.tables(process).some(({ root }) => inspectEntry(run.machine, root, va)?.present === true);
}

/** The region that holds the stack of the process's main thread. */
export function stackRegion(run: Run, process: ProcessObject): RegionView | null {
  const regions = run.kernel.regions(process, process.cluster).filter((region) => region.kind === 'stack');
  return (
    regions.find((region) => region.start <= process.stackStart && process.stackStart <= region.end) ??
    regions[0] ??
    null
  );
}

/** A file of the simulated file system that holds at least `size` bytes; what is in it is not known, so zeros. */
export function ensureFile(run: Run, name: string, size: number): void {
  const known = findFile(run.machine, name);
  if (known === null) addFile(run.machine, { name, cluster: 0, size, contents: { kind: 'fill', byte: 0 } });
  else known.size = Math.max(known.size, size);
}

/** A core of the process's cluster for its N-th thread. */
export function coreForThread(run: Run, process: ProcessObject, index: number): number {
  const { config } = run.machine;
  return coreIndex(config, process.cluster, index % config.coresPerCluster);
}

/** Free frames, clusters and bytes of a cluster, for messages about memory that does not suffice. */
export function memoryInWords(run: Run): string {
  const { config } = run.machine;
  const count = clusterCount(config);
  let free = 0;
  for (let cluster = 0; cluster < count; cluster++) free += run.kernel.freeFrames(cluster);
  const mebibytes = config.memoryBytes / 2 ** 20;
  return `${String(count)} cluster${count === 1 ? '' : 's'} of ${String(mebibytes)} MiB, ${String(free)} frames free`;
}

/** Marks a recorded call in the timeline, performed or not. */
export function markCall(run: Run, here: Activation, call: string, line: number): void {
  tell(run.machine, 'recorded-call', here.cluster, { call, line });
}

/** Tells something of the recording that the replay cannot show. */
export function noteSignalHandling(run: Run, message: string, range: SourceRange): void {
  run.script.diagnostics.push(diagnostic('WALK233', 'information', message, range));
}

/** Notes an emulation in the state, the timeline and the diagnostics. */
export function noteEmulation(
  run: Run,
  here: Activation,
  emulation: Emulation,
  { file, range }: { readonly file: string; readonly range: SourceRange },
): void {
  const { call, line, how } = emulation;
  run.script.emulated.push(emulation);
  tell(run.machine, 'emulated', here.cluster, { call, line: line ?? null, how });
  const place = line === undefined ? file : `${file}:${String(line)}`;
  const message = `${call} was emulated: ${how}, at ${place}`;
  const isOneEnough = false;
  report(run, diagnostic('WALK231', 'information', message, range), roundsIn(run.script.control), isOneEnough);
}

/** Runs a step of a recording as one of its threads (null: as the kernel's own), while the statement waits. */
export function* spawnStep(
  run: Run,
  here: Activation,
  thread: ThreadObject | null,
  line: number,
  body: (inner: Activation) => KernelGenerator<void>,
): KernelGenerator<void> {
  const { engine } = run;
  const core = thread?.core ?? 0;
  const owner = thread?.process.owner ?? 0;
  const step = engine.spawn({ agent: thread?.name ?? here.activity.agent, core, owner, thread, line }, body);
  here.activity.wait = {
    kind: 'condition',
    description: () => `line ${String(line)} of the recording`,
    ready: () => step.state !== 'running',
  };
  yield;
  if (step.state === 'failed') throw step.error;
}

/** Makes the recorded process known to the scenario under its name. */
export function bindProcess(run: Run, name: string, process: ProcessObject): void {
  run.script.globals.set(name, { kind: 'process', process });
}
