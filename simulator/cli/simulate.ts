/** Runs simulations to their end, or to a line, in slices between which somebody may look. */
import { numberedLines } from './until.ts';
import type { Breaks } from '../session/moves/stop.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import { Simulation, type SimulationSettings } from '../session/moves/simulation.ts';

/** Micro-steps of a slice: a fraction of a second. */
const SLICE = 200_000;

export type Look = (simulation: Simulation) => void;

/** Refusals of the machine or of the kernel's options arrive as diagnostics. */
export function simulate(
  settings: SimulationSettings,
  look: Look,
  lines: readonly number[] = [],
): Simulation | { readonly diagnostics: readonly Diagnostic[] } {
  const created = Simulation.create(settings);
  if ('diagnostics' in created) return created;
  const { simulation } = created;
  const breakpoints: Breaks = { lines: numberedLines(lines), functions: [], exceptions: [] };
  while (simulation.advance({ kind: 'continue', breakpoints }, SLICE).reason === 'budget') look(simulation);
  look(simulation);
  return simulation;
}
