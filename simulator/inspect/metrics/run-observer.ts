/** What only the events of a run tell: latencies of faults, tables read by walks, hops, pages touched. */
import { Access } from '../../hardware/access.ts';
import { clusterX, clusterY, type MachineConfig } from '../../hardware/machine-config.ts';
import { isEvent, type CommonEvent, type TraceEvent } from '../../hardware/trace-event.ts';
import { vpnOf, type Vpn } from '../../hardware/word.ts';

/**
 * By the kind of its outcome. `minor`: resolved without a page read from a file; `major`: with one; `cow`: a write that
 * copied, or took over, a shared page; `refused`: the kernel gave an error.
 */
export const faultCauses = ['minor', 'major', 'cow', 'refused'] as const;
export type FaultCause = (typeof faultCauses)[number];

type Trap = CommonEvent<'trap'>;

const outcomes = ['page-fault', 'cow-fault', 'segv'] as const;
const fileReads = ['page-in', 'mapper-miss'] as const;

export class RunObserver {
  /** Cycles from the trap to its outcome, one for each fault. */
  readonly latencies: Readonly<Record<FaultCause, number[]>> = { minor: [], major: [], cow: [], refused: [] };
  /** How many walks read one table, two tables, … */
  readonly walks = new Map<number, number>();
  hops = 0;
  fetches = 0;
  accesses = 0;
  /** TLB misses of a core on a page that it had not asked for before: no size of the TLB avoids them. */
  compulsoryMisses = 0;
  /** Each page that was touched, by process, with the number of the last access to it. */
  private readonly touched = new Map<number, Map<Vpn, number>>();
  /** Pages that each core has missed, by core and process. */
  private readonly missed = new Map<string, Set<Vpn>>();
  private readonly config: MachineConfig;
  /** Traps without an outcome yet, by id. */
  private readonly open = new Map<number, { readonly trap: Trap; hasRead: boolean }>();
  /** Causes of what has happened since the first open trap. */
  private readonly causes = new Map<number, number>();

  constructor(config: MachineConfig) {
    this.config = config;
  }

  readonly listen = (events: readonly TraceEvent[]): void => {
    for (const event of events) this.observe(event);
  };

  /** Different pages among the last `window` accesses: the working set of all processes together. */
  workingSet(window: number): number {
    let pages = 0;
    for (const touched of this.touched.values())
      for (const last of touched.values()) if (last > this.accesses - window) pages++;
    return pages;
  }

  private observe(event: TraceEvent): void {
    if (this.open.size > 0) this.causes.set(event.id, event.cause);
    if (isEvent(event, 'access')) this.touch(event);
    else if (isEvent(event, 'tlb-miss')) this.noteMiss(event);
    else if (isEvent(event, 'page-walk')) {
      const { levels } = event.fields;
      this.walks.set(levels, (this.walks.get(levels) ?? 0) + 1);
    } else if (isEvent(event, 'remote-access')) this.hops += this.distance(event.cluster, event.fields.to);
    else if (isEvent(event, 'trap')) this.open.set(event.id, { trap: event, hasRead: false });
    else if (isEvent(event, ...fileReads)) this.noteRead(event);
    else if (isEvent(event, ...outcomes)) this.close(event);
  }

  private touch({ owner, fields }: CommonEvent<'access'>): void {
    this.accesses++;
    if (fields.access === Access.fetch) this.fetches++;
    entryOf(this.touched, owner, () => new Map<Vpn, number>()).set(vpnOf(fields.va), this.accesses);
  }

  private noteMiss({ core, owner, fields: { vpn } }: CommonEvent<'tlb-miss'>): void {
    const known = entryOf(this.missed, `${String(core)} ${String(owner)}`, () => new Set<Vpn>());
    if (!known.has(vpn)) this.compulsoryMisses++;
    known.add(vpn);
  }

  private distance(from: number, to: number): number {
    const { config } = this;
    return (
      Math.abs(clusterX(config, from) - clusterX(config, to)) + Math.abs(clusterY(config, from) - clusterY(config, to))
    );
  }

  private noteRead(event: TraceEvent): void {
    for (let id = event.cause; id >= 0; id = this.causes.get(id) ?? -1) {
      const fault = this.open.get(id);
      if (fault !== undefined) fault.hasRead = true;
    }
  }

  private close(event: CommonEvent<(typeof outcomes)[number]>): void {
    const fault = this.open.get(event.cause);
    if (fault === undefined) return;
    this.open.delete(event.cause);
    if (this.open.size === 0) this.causes.clear();
    this.latencies[causeOf(event.name, fault.hasRead)].push(event.cycle - fault.trap.cycle);
  }
}

function causeOf(outcome: (typeof outcomes)[number], hasRead: boolean): FaultCause {
  if (outcome === 'segv') return 'refused';
  if (outcome === 'cow-fault') return 'cow';
  return hasRead ? 'major' : 'minor';
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
