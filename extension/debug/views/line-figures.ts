/** What each line costs over the whole run, counted on a run of its own, in slices between which requests are answered. */
import {
  figuresText,
  LineCounter,
  lineCounters,
  type LineFigures,
} from '../../../simulator/inspect/lines/line-figures.ts';
import { noBreaks } from '../../../simulator/session/moves/stop.ts';
import type { Debuggee } from '../debuggee.ts';
import type { Handler } from '../handlers.ts';
import type { Program } from '../program/launch.ts';

/** Micro-steps of a slice. */
const SLICE_STEPS = 50_000;

export interface ToldLine extends LineFigures {
  /** `4 faults, 1 copy`; may be empty. */
  readonly text: string;
}

const counted = new WeakMap<Program, Promise<readonly LineFigures[]>>();

export const lineHandlers: Readonly<Record<string, Handler>> = {
  /** Of all lines that ran; each program is counted once. */
  async 'pagewalk/lines'(debuggee, { command }) {
    const { program } = debuggee.requireSimulation(command);
    let lines = counted.get(program);
    if (lines === undefined) {
      lines = count(debuggee, program);
      counted.set(program, lines);
    }
    const told = (await lines).map((line): ToldLine => ({ ...line, text: figuresText(line) }));
    return { counters: lineCounters, lines: told };
  },
};

/** An ended session gives up, with what there is. */
function count(debuggee: Debuggee, program: Program): Promise<readonly LineFigures[]> {
  const simulation = program.start();
  const counter = new LineCounter();
  const breakpoints = {
    ...noBreaks,
    watch: (range: Parameters<LineCounter['begin']>[1]) => {
      counter.begin(simulation.world.machine, range);
      return false;
    },
  };
  return new Promise((resolve) => {
    const slice = (): void => {
      const { reason } = simulation.advance({ kind: 'continue', isFirst: true, breakpoints }, SLICE_STEPS);
      if (reason === 'budget' && !debuggee.hasEnded()) debuggee.host.defer(slice);
      else resolve(counter.finish(simulation.world.machine));
    };
    debuggee.host.defer(slice);
  });
}
