/** Keeps a run within the time and the memory of this computer. The simulation itself knows neither. */
import { setFlagsFromString, getHeapStatistics } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { now } from './clock.ts';
import type { Simulation } from '../session/moves/simulation.ts';
import { type Bounds, boundText, raiseHint } from '../session/scenario/bounds.ts';

/** Of the heap that Node allows: beyond that there is no room left to end in good order. */
const USABLE_HEAP = 0.8;

/** For one file, reading it and all its tests included; its time begins now. */
export class Guard {
  private readonly end: number;
  private readonly bounds: Bounds;
  /** Bytes that Node's heap may use before the run is stopped. */
  private readonly heap: number;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
    this.end = now() + bounds.seconds * 1000;
    this.heap = Math.floor(Math.min(bounds.hostMemory, getHeapStatistics().heap_size_limit * USABLE_HEAP));
  }

  /** Between two slices of a run: stops it where a bound is passed. */
  check(simulation: Simulation): void {
    const { bounds } = this;
    if (now() > this.end)
      simulation.stop(`after ${boundText('seconds', bounds.seconds)}; ${raiseHint('seconds', bounds)}`);
    else if (this.isHeapFull()) simulation.stop(this.memoryReason());
  }

  private memoryReason(): string {
    const { heap, bounds } = this;
    const mebibytes = Math.round(heap / 2 ** 20).toLocaleString('en');
    const found = `at ${mebibytes} MiB of this computer's memory; use fewer processes, regions and prints, or`;
    return heap === bounds.hostMemory
      ? `${found} ${raiseHint('hostMemory', bounds)}`
      : `${found} allow Node more: set the environment variable NODE_OPTIONS to --max-old-space-size=MEGABYTES`;
  }

  private isHeapFull(): boolean {
    if (usedHeap() <= this.heap) return false;
    // Much of it may be garbage.
    collectGarbage();
    return usedHeap() > this.heap;
  }
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size;
}

let collector: (() => void) | null = null;

function collectGarbage(): void {
  if (collector === null) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
  }
  collector();
}
