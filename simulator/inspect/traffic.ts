/** Counts what goes over the network and through the TLBs between two stops, from the events. */
import { clusterCount, coreCount } from '../hardware/machine-config.ts';
import { cycles } from '../hardware/core.ts';
import type { Machine } from '../hardware/machine.ts';
import type { TraceEvent } from '../hardware/trace-event.ts';

export interface Traffic {
  /** By client times number of clusters plus server: requests and answers that went this way. */
  readonly messages: ReadonlyMap<number, number>;
  /** The same for single accesses. */
  readonly accesses: ReadonlyMap<number, number>;
  /** By core. */
  readonly tlbHits: Float64Array;
  readonly tlbMisses: Float64Array;
  readonly cycles: Float64Array;
}

export class TrafficCounter {
  private readonly clusters: number;
  private readonly cores: number;
  private counting: Counts;
  /** Ids and clocks at the stop before: what a seek tells once more is not counted again. */
  private firstId: number;
  private clocks: Float64Array;
  sinceStop: Traffic;

  constructor(machine: Machine) {
    this.clusters = clusterCount(machine.config);
    this.cores = coreCount(machine.config);
    this.firstId = machine.trace.sequence;
    this.clocks = clocksOf(machine);
    this.counting = counts(this.cores);
    this.sinceStop = { ...counts(this.cores), cycles: new Float64Array(this.cores) };
  }

  hear(events: readonly TraceEvent[]): void {
    for (const event of events) if (event.id >= this.firstId && !event.isOwn) this.count(event);
  }

  private count(event: TraceEvent & { isOwn: false }): void {
    const { messages, accesses, tlbHits, tlbMisses } = this.counting;
    switch (event.name) {
      case 'tlb-hit':
        tlbHits[event.core] = (tlbHits[event.core] as number) + 1;
        break;
      case 'tlb-miss':
        tlbMisses[event.core] = (tlbMisses[event.core] as number) + 1;
        break;
      case 'remote-access':
        add(accesses, event.cluster * this.clusters + event.fields.to);
        break;
      case 'rpc':
        add(messages, event.fields.client * this.clusters + event.fields.server);
        break;
      case 'rpc-answered':
        add(messages, event.fields.server * this.clusters + event.fields.client);
        break;
      default:
    }
  }

  /** A stop further back has nothing since the one before. */
  noteStop(machine: Machine): void {
    const clocks = clocksOf(machine);
    const isAhead = machine.trace.sequence >= this.firstId;
    const spent = clocks.map((clock, core) => (isAhead ? Math.max(0, clock - (this.clocks[core] as number)) : 0));
    this.sinceStop = { ...(isAhead ? this.counting : counts(this.cores)), cycles: spent };
    this.counting = counts(this.cores);
    this.clocks = clocks;
    this.firstId = machine.trace.sequence;
  }
}

interface Counts {
  readonly messages: Map<number, number>;
  readonly accesses: Map<number, number>;
  readonly tlbHits: Float64Array;
  readonly tlbMisses: Float64Array;
}

function counts(cores: number): Counts {
  return {
    messages: new Map(),
    accesses: new Map(),
    tlbHits: new Float64Array(cores),
    tlbMisses: new Float64Array(cores),
  };
}

function add(map: Map<number, number>, key: number): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function clocksOf(machine: Machine): Float64Array {
  return Float64Array.from({ length: coreCount(machine.config) }, (_, core) => cycles(machine, core));
}
