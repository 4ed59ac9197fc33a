/**
 * A child that runs tests against steps that are switched off. Arguments: the kernel, then the files of tests. It is killed
 * where a test does not end: then the mutant that it was at is dead as well.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { ProcessorLimit } from '../lifetime/processor-limit.ts';
import { LoadedTests } from './loaded-tests.ts';
import type { Answer, Coverage, RecordedTest, Reply, Request, StepMutant } from './messages.ts';
import { installSwitch, withSwitches, type StepSwitch } from './step-switches.ts';

const [kernel = '', ...files] = process.argv.slice(2);

registerHooks({
  load(url, context, nextLoad) {
    if (!url.includes(`/simulator/kernels/${kernel}/`) || !url.endsWith('.ts')) return nextLoad(url, context);
    const file = fileURLToPath(url);
    const switched = withSwitches(file, readFileSync(file, 'utf8'));
    return switched === null
      ? nextLoad(url, context)
      : { format: 'module-typescript', source: switched, shortCircuit: true };
  },
});

/** What earlier mutants left behind must not end a later one (lifetime/processor-limit.ts). */
const MUCH_MEMORY = 1.5 * 2 ** 30;

/** The first failure is enough: it need not be made smaller. */
fc.configureGlobal({ endOnFailure: true });

let runs: StepSwitch = () => true;
installSwitch((here, part, place) => runs(here, part, place));

// Imported only now: the hook is there.
const { kernels } = await import('../../simulator/kernels/registry.ts');
const { Activation } = await import('../../simulator/execution/activation.ts');
const others = kernels.map(({ name }) => name).filter((name) => name !== kernel);
const tests = await LoadedTests.load(files, (title) => !others.some((name) => title.includes(name)));
const limit = new ProcessorLimit();

process.on('message', (request: Request) => {
  void (request.type === 'record' ? record() : attempt(request)).then((answer) => {
    const isFull = process.memoryUsage.rss() > MUCH_MEMORY;
    process.send?.({ ...answer, isFull } satisfies Reply);
  });
});
process.on('disconnect', () => process.exit());

async function attempt({ mutant, groups }: Extract<Request, { type: 'try' }>): Promise<Answer> {
  const { kernelFunction, label, part: offPart, place: offPlace } = mutant;
  runs = (here, part, place) =>
    here.label !== label || part !== offPart || here.info.name !== kernelFunction || place !== offPlace;
  let killer: string | null = null;
  for (const { tests: indices, seconds } of groups) {
    if (killer !== null) break;
    limit.begin(seconds);
    killer = await tests.runUntilFailure(indices);
  }
  runs = () => true;
  limit.end();
  return { type: 'tried', killer };
}

async function record(): Promise<Answer> {
  const mutants = new Map<string, { readonly mutant: StepMutant; readonly tests: Set<number> }>();
  const taken = new Set<string>();
  const recorded: RecordedTest[] = [];
  let current = -1;
  let begun = process.cpuUsage();
  runs = (here, part, place) => {
    const key = `${here.info.name} ${here.label} ${part} ${place}`;
    let entry = mutants.get(key);
    if (entry === undefined) {
      entry = {
        mutant: { kernelFunction: here.info.name, label: here.label, part, place },
        tests: new Set(),
      };
      mutants.set(key, entry);
    }
    entry.tests.add(current);
    return true;
  };
  const restore = watchMarks((name, label) => taken.add(`${name} ${label}`));
  await tests.runAll({
    begins(index) {
      current = index;
      begun = process.cpuUsage();
    },
    ends(index, failed) {
      const { user, system } = process.cpuUsage(begun);
      recorded[index] = { title: tests.titleOf(index), milliseconds: (user + system) / 1000, failed };
    },
  });
  restore();
  runs = () => true;
  const coverage: Coverage = {
    tests: recorded,
    mutants: [...mutants.values()].map(({ mutant, tests: indices }) => ({ mutant, tests: [...indices] })),
    taken: [...taken],
  };
  return { type: 'recorded', coverage };
}

function watchMarks(note: (name: string, label: string) => void): () => void {
  const { prototype } = Activation;
  const originals = (['step', 'stage'] as const).map((method) => [method, Reflect.get(prototype, method)] as const);
  for (const [method, original] of originals)
    Reflect.set(prototype, method, function (this: InstanceType<typeof Activation>, label: string): boolean {
      note(this.info.name, label);
      return original.call(this, label);
    });
  return () => {
    for (const [method, original] of originals) Reflect.set(prototype, method, original);
  };
}
