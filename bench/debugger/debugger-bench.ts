/** The debugger over a run of 100,000 accesses: conditions, steps back, seeks, and a run back to a condition. */
import { performance } from 'node:perf_hooks';
import { parseExpression } from '../../extension/debug/protocol/expression.ts';
import { defaultKernel } from '../../simulator/kernels/registry.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../simulator/session/moves/simulation.ts';
import { noBreaks, type Breaks } from '../../simulator/session/moves/stop.ts';
import { type BenchResult, median } from '../result.ts';

const ACCESSES = 100_000;
const ROUNDS = 3;
const MOVES = 100;
const SLICE = 1_000_000;

const text = `process p { code 1 page  data 0 pages }
as p {
    let area = mmap(64 pages, rw)
    for i in 0..${String(ACCESSES)} {
        write(area + (i % 64) * 1 page, i)
    }
}
`;
/** Of the loop's body. */
const LINE = 5;

function create(): Simulation {
  const { scenario } = parseScenario(text, 'debugger.walk');
  if (scenario === null) throw new Error('the scenario of the bench does not parse');
  const created = Simulation.create({ scenario, kernel: defaultKernel, assets: {} });
  if ('diagnostics' in created) throw new Error(created.diagnostics.map(({ message }) => message).join('; '));
  return created.simulation;
}

/** Milliseconds of a run to its end, past a breakpoint that never stops. */
function pass(condition: string | null): number {
  const simulation = create();
  const expression = condition === null ? null : parseExpression(condition);
  const accept = (): boolean => expression !== null && simulation.evaluate(expression) === true;
  const breakpoints: Breaks = { ...noBreaks, lines: condition === null ? [] : [{ id: 1, line: LINE, accept }] };
  const start = performance.now();
  while (simulation.advance({ kind: 'continue', breakpoints }, SLICE).reason === 'budget');
  return performance.now() - start;
}

export function debuggerBench(): BenchResult[] {
  return [...conditions(), ...travel()];
}

function conditions(): BenchResult[] {
  const kinds = { 'of a name': 'i < 0', 'of a page-table entry': 'pte(area).ppn == 1' };
  return Object.entries(kinds).map(([name, condition]) => {
    const ratios = Array.from({ length: ROUNDS }, () => {
      const plain = pass(null);
      return pass(condition) / plain;
    });
    return {
      name: `debugger: a condition ${name}`,
      unit: 'x plain pass',
      value: Number(median(ratios).toFixed(2)),
      note: `${condition}, at every statement of the loop`,
    };
  });
}

function travel(): BenchResult[] {
  const simulation = create();
  while (simulation.advance({ kind: 'continue' }, SLICE).reason === 'budget');
  const back = timed(MOVES, () => {
    const way = simulation.reverse({ kind: 'over' });
    while (way.advance(SLICE).reason === 'budget');
  });
  const seeks = timed(MOVES, (index) => {
    simulation.seek({ statement: Math.floor(((index * 0.618) % 1) * ACCESSES), step: 0 });
  });
  return [
    figure('step back, median', median(back)),
    figure('step back, 99th percentile', percentile(back)),
    figure('seek, median', median(seeks)),
    figure('seek, 99th percentile', percentile(seeks)),
  ];
}

function figure(name: string, value: number): BenchResult {
  return { name: `debugger: ${name}`, unit: 'ms', value: Number(value.toFixed(2)), note: '100,000 accesses' };
}

function timed(count: number, act: (index: number) => void): number[] {
  return Array.from({ length: count }, (_, index) => {
    const start = performance.now();
    act(index);
    return performance.now() - start;
  });
}

function percentile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;
}
