import { exitCodeOf } from '../../../simulator/session/scenario/outcome.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';

/** The closing line of a run, and the exit code that the command line would give. */
export function summaryOf(simulation: Simulation): { text: string; exitCode: number } {
  const { passed, failed, statements, steps, diagnostics } = simulation.world.script;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const work = `${counted(statements, 'statement')}, ${counted(steps, 'kernel step')}`;
  const expectations =
    passed + failed === 0
      ? ''
      : `; ${counted(passed + failed, 'expectation')}: ${String(passed)} met, ${String(failed)} failed`;
  const outcome = errors === 0 ? 'Finished' : `Finished with ${counted(errors, 'error')}`;
  return { text: `${outcome}: ${work}${expectations}.`, exitCode: exitCodeOf(diagnostics) };
}

/** What has not run where a file is debugged as a whole: its tests. */
export function testsLeft(tests: number): string {
  const [were, run] = tests === 1 ? ['test was', 'it'] : ['tests were', 'them'];
  return `${String(tests)} ${were} not run: debug one by its name, or run the file to run ${run}.`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
