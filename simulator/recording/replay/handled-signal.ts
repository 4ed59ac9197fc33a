/** A signal that a refused access raised, and that the program handled: the access is refused here as well. */
import { createBatch, type KernelGenerator, performBatch, pushAccess } from '../../session/calls/replay-host.ts';
import { accessAt, type AccessColumns, AccessKind } from '../logs/access-columns.ts';
import type { LogEvent } from '../logs/process-log.ts';
import { findPiece } from '../order/address-map.ts';
import { allowedKinds, batchKind } from './relocation.ts';
import { emulate, type ReplayContext, tell, threadOf } from './replay-context.ts';

type Signal = Extract<LogEvent, { kind: 'signal' }>;

/** How far behind the signal the instruction is looked for that is tried again. */
const LOOK_AHEAD = 4096;
const PAGE_BYTES = 4096;
/** Below what any kernel gives to the kernel itself. */
const MOST_USER = 0x7000_0000;
/** Linux's. */
const signalNames: Readonly<Record<number, string>> = { 7: 'SIGBUS', 11: 'SIGSEGV' };

export function* performSignal(context: ReplayContext, event: Signal): KernelGenerator<void> {
  const { log, self, run } = context;
  const { address } = event;
  // Some versions of Lackey log the access itself; then it was refused where it stands.
  const before = event.at > 0 ? accessAt(log.accesses, event.at - 1) : null;
  if (before !== null && before.address <= address && address < before.address + before.size) return;
  const kind = kindOf(log.accesses, event, findPiece(self.map, address)?.rights ?? 0);
  const what = `the ${kind === AccessKind.store ? 'write' : 'read'} at 0x${address.toString(16)}`;
  context.state.refused++;
  const place = placeOf(context, address, kind);
  if (place === null) {
    emulate(
      context,
      `${what}, which the program’s own machine refused, is not performed`,
      `${run.kernel.name} would allow it`,
    );
    return;
  }
  const batch = createBatch(1);
  pushAccess(batch, place, batchKind(kind), true, 1);
  if ((yield* performBatch(run, context.here, threadOf(self), batch)) === null)
    throw new Error(`internal: ${run.kernel.name} allowed an access that its own mapping forbids`);
  tell(context, `${what} was refused; the program handled ${signalNames[event.signal] ?? 'the signal'} and went on`);
}

/** The instruction is often tried again once the handler has made it possible; else a mapping that allows reads refused a write. */
function kindOf(accesses: AccessColumns, { at, address }: Signal, rights: number): AccessKind {
  const end = Math.min(accesses.length, at + LOOK_AHEAD);
  for (let index = at; index < end; index++) {
    const access = accessAt(accesses, index);
    if (access.kind === AccessKind.fetch || access.address > address || address >= access.address + access.size)
      continue;
    return access.kind === AccessKind.load ? AccessKind.load : AccessKind.store;
  }
  return rights === 0 ? AccessKind.load : AccessKind.store;
}

/** Where the access is refused here; null where this kernel would allow it. */
function placeOf({ run, self }: ReplayContext, address: number, kind: AccessKind): number | null {
  const piece = findPiece(self.map, address);
  if (piece !== null && piece.base !== null) {
    const isAllowed = ((allowedKinds(piece.simulatedRights) >>> kind) & 1) !== 0;
    return isAllowed ? null : piece.base + (address - piece.start);
  }
  const { process } = self;
  if (process === null) return null;
  const regions = run.kernel.regions(process, process.cluster);
  const isFree = (at: number): boolean => at < MOST_USER && !regions.some(({ start, end }) => start <= at && at < end);
  return [address, address % PAGE_BYTES].find(isFree) ?? null;
}
