/** Who maps a frame, and whose page tables it holds: of all frames of a stop at once. */
import type { Machine } from '../hardware/machine.ts';
import { tableFrames } from '../hardware/table-frames.ts';
import { addressOfVpn, type Ppn } from '../hardware/word.ts';
import type { BoundKernel } from '../kernels/bound-kernel.ts';
import { coveredRanges, isCovered } from '../session/state/region-ranges.ts';
import { CowBits } from './entry.ts';
import type { Inspection, ProcessScan } from './inspection.ts';

export interface FrameUse {
  /** Names, in order of the processes; none twice. */
  readonly owners: string[];
  cow: boolean;
}

export interface FrameUses {
  readonly mapped: ReadonlyMap<Ppn, FrameUse>;
  readonly tables: ReadonlyMap<Ppn, FrameUse>;
}

/** What the uses of a stop are read from. */
export interface Mapped {
  readonly machine: Machine;
  readonly kernel: BoundKernel;
  readonly scans: ReadonlyMap<string, ProcessScan>;
}

/** Scans are made anew at every stop. */
const known = new WeakMap<Mapped['scans'], FrameUses>();

export function usesOf(mapped: Mapped): FrameUses {
  let uses = known.get(mapped.scans);
  if (uses === undefined) {
    uses = { mapped: mappedFrames(mapped), tables: framesOfTables(mapped) };
    known.set(mapped.scans, uses);
  }
  return uses;
}

/** What regions show: a kernel's window on all of memory makes nobody its owner. */
function mappedFrames({ machine, kernel, scans }: Mapped): Map<Ppn, FrameUse> {
  const uses = new Map<Ppn, FrameUse>();
  const cow = new CowBits({ machine, kernel } as Inspection);
  for (const { process, table, scan } of scans.values()) {
    const ranges = coveredRanges(kernel.regions(process, table.cluster));
    for (const entry of scan.entries) {
      for (let page = 0; page < entry.pages; page++) {
        if (!isCovered(ranges, addressOfVpn(entry.vpn + page))) continue;
        const use = note(uses, entry.ppn + page, process.name);
        use.cow ||= cow.has(entry);
      }
    }
  }
  return uses;
}

function framesOfTables({ machine, scans }: Mapped): Map<Ppn, FrameUse> {
  const uses = new Map<Ppn, FrameUse>();
  for (const { process, table } of scans.values())
    for (const ppn of tableFrames(machine, table.root)) note(uses, ppn, process.name);
  return uses;
}

function note(uses: Map<Ppn, FrameUse>, ppn: Ppn, name: string): FrameUse {
  let use = uses.get(ppn);
  if (use === undefined) uses.set(ppn, (use = { owners: [], cow: false }));
  if (!use.owners.includes(name)) use.owners.push(name);
  return use;
}
