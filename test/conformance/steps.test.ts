// Every numbered step that a kernel declares is taken by one of its conformance scenarios, and no step is taken that is not declared.
import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Activation } from '../../simulator/execution/activation.ts';
import type { FunctionInfo } from '../../simulator/execution/function-info.ts';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { findKernel } from '../../simulator/kernels/registry.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../simulator/session/moves/simulation.ts';

const folder = import.meta.dirname;
const MOST_STATEMENTS = 100_000;

/** Steps that no scenario can reach, and why. */
const unreachable: Readonly<Record<string, readonly string[]>> = {
  'vm-region': [
    // Only before boot (cases.test.ts has it).
    'vm_region_type_init 2',
    // An entry that differs from its mapping: every change of a mapping takes its pages out of the tables first.
    'vm_region_demand_map 9b',
    'pmap_add 4',
  ],
  lunaix: [],
  'almos-mkh': [],
};

interface Steps {
  readonly declared: Map<string, FunctionInfo['steps']>;
  readonly taken: Set<string>;
}

/** The steps that the tests of a kernel's files take. Steps are watched where they begin: at `Frame.step` and `Frame.stage`. */
function takeSteps(name: string): Steps {
  const kernel = findKernel(name);
  assert.ok(kernel !== null);
  const declared = new Map(kernel.functions.map(({ info }) => [info.name, info.steps]));
  const taken = new Set<string>();
  const { prototype } = Activation;
  const methods = ['step', 'stage'] as const;
  const originals: ((label: string) => boolean)[] = methods.map((method) => Reflect.get(prototype, method));
  methods.forEach((method, index) => {
    Reflect.set(prototype, method, function (this: Activation, label: string): boolean {
      declared.set(this.info.name, { ...declared.get(this.info.name), ...this.info.steps });
      taken.add(`${this.info.name} ${label}`);
      return originals[index]?.call(this, label) ?? false;
    });
  });
  try {
    for (const file of globSync(`${name}/*.walk`, { cwd: folder }).sort()) runAll(kernel, file);
  } finally {
    methods.forEach((method, index) => Reflect.set(prototype, method, originals[index]));
  }
  return { declared, taken };
}

function runAll(kernel: Kernel, file: string): void {
  const { scenario } = parseScenario(readFileSync(path.join(folder, file), 'utf8'), file);
  assert.ok(scenario !== null, file);
  // Interleavings take no other steps, only in other orders.
  for (const { name: test } of scenario.tests.filter(({ name }) => !name.startsWith('explore'))) {
    const created = Simulation.create({ scenario, kernel, assets: {}, test });
    assert.ok('simulation' in created, test);
    for (let statements = 0; statements < MOST_STATEMENTS; statements++)
      if (created.simulation.advance({ kind: 'over' }, 10_000_000).reason === 'end') break;
  }
}

for (const name of Object.keys(unreachable)) {
  it(`${name}: every declared step is taken, and every step taken is declared`, () => {
    const { declared, taken } = takeSteps(name);
    const all = [...declared].flatMap(([info, steps]) => Object.keys(steps).map((label) => `${info} ${label}`));
    const never = all.filter((step) => !taken.has(step));
    assert.deepEqual(never.sort(), [...(unreachable[name] ?? [])].sort());
    assert.deepEqual(
      [...taken].filter((step) => !all.includes(step)),
      [],
    );
  });
}
