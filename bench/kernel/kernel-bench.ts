/** Page faults through a kernel's generators, with and without listeners and checkpoints; and what a large machine costs to boot. */
import { performance } from 'node:perf_hooks';
import { usedBytes } from '../../simulator/hardware/linear-memory.ts';
import { createMachine } from '../../simulator/hardware/machine.ts';
import { countOf } from '../../simulator/hardware/counters.ts';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { defaultKernel, kernels } from '../../simulator/kernels/registry.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { saveWorld } from '../../simulator/session/state/snapshot.ts';
import { Simulation } from '../../simulator/session/moves/simulation.ts';
import { type BenchResult, median } from '../result.ts';

const ROUNDS = 5;
const PAGES = 3000;

/** Maps, touches every page, unmaps, again and again: nothing but faults and releases. */
const faults = `process p { code 1 page  data 0 pages }
as p {
    repeat 4 {
        let area = mmap(${String(PAGES)} pages, rw)
        touch(area, ${String(PAGES)} pages, w)
        munmap(area, ${String(PAGES)} pages)
    }
}
`;

interface Variant {
  readonly name: string;
  readonly isStepped?: boolean;
  readonly isHeard?: boolean;
}

const variants: readonly Variant[] = [
  { name: 'plain run' },
  { name: 'somebody listens to events', isHeard: true },
  { name: 'every numbered step yields', isStepped: true },
];

function create(kernel: Kernel = defaultKernel): Simulation {
  const { preset } = kernel.defaultConfig();
  const text = `machine ${preset} { mesh 1x1  cores 1  memory 32MiB }\n${faults}`;
  const { scenario } = parseScenario(text, 'faults.walk', { kernel: kernel.name });
  if (scenario === null) throw new Error('the scenario of the bench does not parse');
  const created = Simulation.create({ scenario, kernel, assets: {} });
  if ('diagnostics' in created) throw new Error(created.diagnostics.map(({ message }) => message).join('; '));
  return created.simulation;
}

/** Faults a second of one run. */
function runOnce({ isStepped = false, isHeard = false }: Omit<Variant, 'name'>, kernel?: Kernel): number {
  const simulation = create(kernel);
  let heard = 0;
  if (isHeard) simulation.onEvents((events) => (heard += events.length));
  const start = performance.now();
  for (;;) {
    // A function breakpoint on a name that nobody has makes every step yield, as stepping does.
    const breakpoints = { lines: [], functions: isStepped ? [{ id: 1, name: 'nothing' }] : [], exceptions: [] };
    if (simulation.advance({ kind: 'continue', breakpoints }, 1_000_000).reason !== 'budget') break;
  }
  const seconds = (performance.now() - start) / 1000;
  const { machine, script } = simulation.world;
  if (script.diagnostics.length > 0 || (isHeard && heard === 0)) throw new Error('the bench did not run as meant');
  return countOf(machine, 'page-fault') / seconds;
}

function faultBench(): BenchResult[] {
  for (const variant of variants) runOnce(variant);
  const figures = variants.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++)
    variants.forEach((variant, index) => figures[index]?.push(runOnce(variant)));
  const medians = figures.map(median);
  const plain = medians[0] ?? Number.NaN;
  return variants.map(({ name }, index) => ({
    name: `page faults through the generators, ${name}`,
    unit: 'faults/s',
    value: Math.round(medians[index] ?? Number.NaN),
    note: `${((medians[index] ?? Number.NaN) / plain).toFixed(2)} of the plain run; fault, map and release of ${String(PAGES)} pages`,
  }));
}

/** The kernels beside each other, round by round. */
function kernelsBench(): BenchResult[] {
  const figures = kernels.map((): number[] => []);
  for (let round = -1; round < ROUNDS; round++)
    kernels.forEach((kernel, index) => {
      const figure = runOnce({}, kernel);
      if (round >= 0) figures[index]?.push(figure);
    });
  const first = median(figures[0] ?? []);
  return kernels.map(({ name }, index) => ({
    name: `page faults on ${name}`,
    unit: 'faults/s',
    value: Math.round(median(figures[index] ?? [])),
    note: `${(median(figures[index] ?? []) / first).toFixed(2)} of ${kernels[0]?.name ?? ''}`,
  }));
}

function checkpointBench(): BenchResult[] {
  const simulation = create();
  while (simulation.advance({ kind: 'continue' }, 50_000).reason === 'budget');
  const first = saveWorld(simulation.world);
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    saveWorld(simulation.world, first);
    return performance.now() - start;
  });
  return [
    {
      name: 'checkpoint that shares all pages',
      unit: 'ms',
      value: Number(median(times).toFixed(3)),
      note: `${String(first.memory.pages.length)} pages compared`,
    },
  ];
}

function bootBench(): BenchResult[] {
  const kernel = defaultKernel;
  const config = { ...kernel.defaultConfig(), mesh: { width: 16, height: 16 }, coresPerCluster: 4 };
  let bytes = 0;
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const machine = createMachine(config);
    kernel.boot(machine, {});
    bytes = usedBytes(machine.memory);
    return performance.now() - start;
  });
  return [
    {
      name: 'boot of 16x16 clusters with 4 cores',
      unit: 'ms',
      value: Number(median(times).toFixed(1)),
      note: '1024 cores, 4 GiB of simulated memory',
    },
    {
      name: 'linear memory after that boot',
      unit: 'MiB',
      value: Number((bytes / 2 ** 20).toFixed(1)),
      note: 'core registers, TLBs, frame directory',
    },
  ];
}

export function kernelBench(): BenchResult[] {
  return [...faultBench(), ...kernelsBench(), ...checkpointBench(), ...bootBench()];
}
