/**
 * Records a run from its beginning to its end, a slice at a time, on a simulation of its own: the one that is debugged
 * stands where it stands, and pays nothing.
 */
import { framesIn } from './frames-in.ts';
import type { Simulation } from '../../session/moves/simulation.ts';
import { noBreaks, type Position } from '../../session/moves/stop.ts';
import { TimelineRecording } from './recording.ts';

/** Micro-steps that one question may take: what is recorded so far is answered then. */
const SLICE_STEPS = 40_000;

export class TimelineRecorder {
  readonly recording: TimelineRecording;
  private readonly simulation: Simulation;
  private readonly stopListening: () => void;
  /** Steps at which the statements of the script began. */
  private readonly starts: number[] = [];
  isComplete = false;
  isCut = false;
  /** Steps that are recorded. */
  recorded = 0;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.recording = new TimelineRecording(framesIn(simulation));
    this.stopListening = simulation.onEvents((events) => {
      for (const event of events) this.recording.hear(event);
    });
  }

  /** Records further, as far as one slice goes. */
  advance(): void {
    if (this.isComplete) return;
    const watch = (): boolean => {
      const { statement, step } = this.simulation.clock();
      this.starts[statement] ??= step;
      return false;
    };
    const request = { kind: 'continue' as const, breakpoints: { ...noBreaks, watch }, isFirst: this.recorded === 0 };
    const stop = this.simulation.advance(request, SLICE_STEPS);
    this.recorded = this.simulation.clock().step;
    this.isCut = this.recording.isFull;
    if (stop.reason === 'end' || this.isCut) this.finish();
  }

  private finish(): void {
    this.isComplete = true;
    this.stopListening();
    this.recording.finish(this.recorded);
  }

  /** The position of the run at which so many micro-steps have been taken. */
  positionAt(step: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.starts[middle] ?? 0) <= step) low = middle;
      else high = middle - 1;
    }
    const inside = step - (this.starts[low] ?? 0);
    return { statement: low, step: Math.max(0, inside) };
  }
}
