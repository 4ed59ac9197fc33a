/** One run to its end, in figures. */
import { RunObserver } from '../inspect/metrics/run-observer.ts';
import { metricsOf, type Metrics } from '../inspect/metrics/metrics.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import type { SimulationSettings } from '../session/moves/simulation.ts';
import type { Guard } from './guard.ts';
import { simulate, type Look } from './simulate.ts';

export type Measured =
  | { readonly metrics: Metrics; readonly diagnostics: readonly Diagnostic[]; readonly isRefused: false }
  /** The machine was refused: nothing ran. */
  | { readonly metrics: null; readonly diagnostics: readonly Diagnostic[]; readonly isRefused: true };

export function measure(settings: SimulationSettings, guard: Guard, look: Look): Measured {
  let observer: RunObserver | null = null;
  const done = simulate(settings, guard, look, {
    begin: (simulation) => {
      observer = new RunObserver(simulation.world.machine.config);
      simulation.onEvents(observer.listen);
    },
  });
  if ('diagnostics' in done) return { metrics: null, diagnostics: done.diagnostics, isRefused: true };
  if (observer === null) throw new Error('internal: nobody listened to the run');
  const { kernel, world } = done;
  return { metrics: metricsOf(kernel, world, observer), diagnostics: world.script.diagnostics, isRefused: false };
}
