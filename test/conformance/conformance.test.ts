// The specifications' numbered conformance cases that are scenarios: each `test` block of conformance/KERNEL/*.walk, with
// the kernel's invariants checked after every statement.
import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { findKernel, kernels } from '../../simulator/kernels/registry.ts';
import type { Diagnostic, Scenario } from '../../simulator/session/scenario/scenario.ts';
import { Simulation } from '../../simulator/session/moves/simulation.ts';

const folder = import.meta.dirname;
const MOST_STATEMENTS = 100_000;

function describeDiagnostic({ code, message, range }: Diagnostic): string {
  return `line ${String(range.line)}: ${code} ${message}`;
}

function runTest(scenario: Scenario, kernelName: string, test: string | undefined): string[] {
  const kernel = findKernel(kernelName);
  assert.ok(kernel !== null);
  const created = Simulation.create({ scenario, kernel, assets: {}, test });
  if ('diagnostics' in created) return created.diagnostics.map(describeDiagnostic);
  const { simulation } = created;
  const troubles: string[] = [];
  let checks = 0;
  for (let statements = 0; statements < MOST_STATEMENTS; statements++) {
    const stop = simulation.advance({ kind: 'over' }, 10_000_000);
    if (stop.reason === 'budget') return [...troubles, 'it does not end'];
    const { machine, kernelState } = simulation.world;
    const isQuiet = simulation.position.step === 0 && machine.panic === null && !simulation.world.script.broken;
    if (isQuiet) {
      checks += 1;
      // What the case itself overwrote, it may put right; what it leaves is an error at the end.
      const isOverwritten = simulation.world.script.overwrites.length > 0;
      for (const { invariant, message } of isOverwritten ? [] : kernel.on({ machine, kernelState }).invariants())
        troubles.push(`after statement ${String(simulation.position.statement)}: ${invariant}: ${message}`);
    }
    if (stop.reason === 'end' || troubles.length > 0) break;
  }
  if (checks === 0) troubles.push('the invariants were never checked');
  const { diagnostics } = simulation.world.script;
  return [...troubles, ...diagnostics.filter(({ severity }) => severity === 'error').map(describeDiagnostic)];
}

/** How many numbered cases the kernel's specification has: `rows.json` in its folder. */
function numberedCases(kernel: string): number {
  return (JSON.parse(readFileSync(path.join(folder, kernel, 'rows.json'), 'utf8')) as { cases: number }).cases;
}

for (const { name: kernel } of kernels) {
  describe(`conformance: ${kernel}`, () => {
    const cases = numberedCases(kernel);
    const numbers = new Set<number>();
    for (const file of globSync(`${kernel}/*.walk`, { cwd: folder }).sort()) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const { scenario, diagnostics } = parseScenario(text, file);
      const tests = scenario?.tests.map(({ name }) => name) ?? [];
      for (const name of tests) for (const number of numbersOf(name)) numbers.add(number);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      if (scenario === null || errors.length > 0) {
        it(`${file} is a scenario`, () => {
          assert.deepEqual(errors.map(describeDiagnostic), []);
        });
        continue;
      }
      for (const name of tests.length === 0 ? [undefined] : tests) {
        it(name ?? path.basename(file, '.walk'), () => {
          assert.deepEqual(runTest(scenario, kernel, name), []);
        });
      }
    }
    for (const file of globSync(`../simulator/kernels/${kernel}/*.test.ts`, { cwd: folder })) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      for (const [, name] of text.matchAll(/\bit\(\s*['"`]([^'"`]*)/g))
        for (const number of numbersOf(name ?? '')) numbers.add(number);
    }
    it(`has a test for each of the ${String(cases)} numbered cases`, () => {
      const missing = Array.from({ length: cases }, (_, index) => index + 1).filter((number) => !numbers.has(number));
      assert.deepEqual(missing, []);
    });
  });
}

/** `12: …`, `12a: …`, `12, 13: …`. */
function numbersOf(name: string): number[] {
  const head = /^([\d, a-f]+):/.exec(name)?.[1] ?? '';
  return [...head.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}
