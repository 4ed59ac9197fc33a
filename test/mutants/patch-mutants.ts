/** The mutants that patches.ts lists: each runs its tests with the patch in place of what it patches. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../lifetime/program.ts';
import { root } from '../tools/paths.ts';
import { fileOf, patches, type Patch } from './patches.ts';
import { sampleOf, type Sampling } from './sample.ts';
import type { Row } from './table.ts';

export async function tryPatches(settings: Sampling & { readonly jobs: number }): Promise<Row> {
  const chosen = sampleOf(patches, settings);
  console.log(`patches: ${String(chosen.length)} of ${String(patches.length)}`);
  for (const patch of chosen) checkApplies(patch);
  const survived: string[] = [];
  const queue = [...chosen];
  await Promise.all(
    Array.from({ length: settings.jobs }, async () => {
      for (let patch = queue.shift(); patch !== undefined; patch = queue.shift()) {
        if (!(await passes(patch, patch))) continue;
        console.log(`  survives: ${patch.name}`);
        survived.push(patch.name);
      }
    }),
  );
  return {
    name: 'patches',
    tried: chosen.length,
    killed: chosen.length - survived.length,
    excused: 0,
    survived,
    stale: [],
    notes: await failingWithout(chosen),
  };
}

function checkApplies(patch: Patch): void {
  const file = fileOf(patch);
  const times = readFileSync(path.join(root, file), 'utf8').split(patch.from).length - 1;
  if (times !== 1)
    throw new Error(`the patch "${patch.name}" applies to ${String(times)} places of ${file}, not to one`);
}

/** A patch is not killed by tests that fail without it. */
async function failingWithout(chosen: readonly Patch[]): Promise<string[]> {
  const notes: string[] = [];
  for (const tests of new Set(chosen.map((patch) => patch.tests.join(' ')))) {
    if (!(await passes({ tests: tests.split(' ') }, null))) notes.push(`FAILS WITHOUT A PATCH: ${tests}`);
  }
  return notes;
}

async function passes({ tests }: Pick<Patch, 'tests'>, patch: Patch | null): Promise<boolean> {
  const hook = fileURLToPath(new URL('patch-hook.ts', import.meta.url));
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [...(patch === null ? [] : ['--import', hook]), mocha, '--bail', '--reporter', 'dot', ...tests];
  const child = startProgram(process.execPath, args, {
    cwd: root,
    env: { ...process.env, PAGEWALK_PATCH: patch?.name ?? '' },
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
}
