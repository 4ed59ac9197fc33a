/** The mutants of one kernel: every numbered step with its parts switched off. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { cacheFolder } from '../tools/paths.ts';
import type { Coverage, StepMutant, TestGroup } from './messages.ts';
import { sampleOf, type Sampling } from './sample.ts';
import { StepRunner, type Verdict } from './step-runner.ts';
import type { Row } from './table.ts';

export interface KernelSettings extends Sampling {
  /** Only the steps of this function. */
  readonly step?: string;
  /** Children that try mutants at the same time. */
  readonly jobs: number;
}

interface Candidate {
  readonly mutant: StepMutant;
  /** The tests that come by it: the quickest alone first, since most mutants die at once. */
  readonly groups: readonly TestGroup[];
}

/** Mutants by their names, with the reason why nothing can notice them. */
type Excuses = Readonly<Record<string, string>>;

export async function tryKernel(kernel: Kernel, settings: KernelSettings): Promise<Row> {
  const { name } = kernel;
  const runners = Array.from({ length: settings.jobs }, () => new StepRunner(name));
  try {
    const coverage = await (runners[0] as StepRunner).record();
    const failing = coverage.tests.filter(({ failed }) => failed);
    if (failing.length > 0) throw new Error(`a test of ${name} fails without a mutant: ${failing[0]?.title ?? ''}`);
    const all = candidates(coverage).filter(({ mutant }) => [undefined, mutant.kernelFunction].includes(settings.step));
    const chosen = sampleOf(all, settings);
    console.log(`${name}: ${String(chosen.length)} of ${String(all.length)} mutants of steps`);
    const verdicts = await tryAll(chosen, runners);
    await mkdir(path.join(cacheFolder, 'mutants'), { recursive: true });
    await writeFile(path.join(cacheFolder, 'mutants', `${name}.json`), JSON.stringify(verdicts, null, 1));
    return judge(name, verdicts, settings.step === undefined ? notesOn(kernel, coverage, all) : []);
  } finally {
    for (const runner of runners) runner.end();
  }
}

/** Where a step has statements or values of its own, what stands under it is not switched off as a whole. */
function candidates({ tests, mutants }: Coverage): Candidate[] {
  const own = new Set(mutants.filter(({ mutant }) => mutant.part !== 'whole').map(({ mutant }) => stepOf(mutant)));
  return mutants
    .filter(({ mutant }) => mutant.label !== '' && (mutant.part !== 'whole' || !own.has(stepOf(mutant))))
    .map(({ mutant, tests: indices }) => ({ mutant, groups: groupsOf(indices, tests) }))
    .sort((a, b) => (nameOf(a.mutant) < nameOf(b.mutant) ? -1 : 1));
}

function groupsOf(indices: readonly number[], tests: Coverage['tests']): TestGroup[] {
  const cost = (index: number): number => tests[index]?.milliseconds ?? 0;
  const sorted = [...indices].sort((a, b) => cost(a) - cost(b));
  return [sorted.slice(0, 1), sorted.slice(1, 8), sorted.slice(8)]
    .filter((group) => group.length > 0)
    .map((group) => ({ tests: group, seconds: 5 + group.reduce((sum, index) => sum + cost(index) / 200, 0) }));
}

async function tryAll(chosen: readonly Candidate[], runners: readonly StepRunner[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const queue = [...chosen];
  await Promise.all(
    runners.map(async (runner) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const verdict = await runner.attempt(next.mutant, next.groups);
        verdicts.push(verdict);
        if (verdict.killer === null) console.log(`  survives: ${nameOf(verdict.mutant)}`);
      }
    }),
  );
  return verdicts;
}

function judge(name: string, verdicts: readonly Verdict[], notes: readonly string[]): Row {
  const excuses = excusesOf(name);
  const isExcused = ({ mutant }: Verdict): boolean => excuses[nameOf(mutant)] !== undefined;
  const survivors = verdicts.filter(({ killer }) => killer === null);
  const killed = verdicts.filter(({ killer }) => killer !== null);
  return {
    name,
    tried: verdicts.length,
    killed: killed.length,
    excused: survivors.filter(isExcused).length,
    survived: survivors.filter((verdict) => !isExcused(verdict)).map(({ mutant }) => nameOf(mutant)),
    stale: killed.filter(isExcused).map(({ mutant }) => nameOf(mutant)),
    notes,
  };
}

export function excusesOf(kernel: string): Excuses {
  const file = path.join(import.meta.dirname, 'excused', `${kernel}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Excuses) : {};
}

function notesOn({ functions }: Kernel, { taken }: Coverage, all: readonly Candidate[]): string[] {
  const declared = functions.flatMap(({ info }) => Object.keys(info.steps).map((label) => `${info.name} ${label}`));
  const never = declared.filter((step) => !taken.includes(step));
  const switched = new Set(all.map(({ mutant }) => stepOf(mutant)));
  const bare = taken.filter((step) => !switched.has(step));
  return [
    ...never.map((step) => `no test takes step ${step}`),
    ...bare.map((step) => `step ${step} has nothing to switch off`),
  ];
}

function stepOf({ kernelFunction, label }: StepMutant): string {
  return `${kernelFunction} ${label}`;
}

/** As `excused/KERNEL.json` names it. */
function nameOf(mutant: StepMutant): string {
  return `${stepOf(mutant)}${mutant.place === '' ? '' : ` in ${mutant.place}`}: ${mutant.part}`;
}
