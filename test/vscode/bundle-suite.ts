// Bundles the suite for the extension host: each test file of suite/ for itself, beside the entry that runs them.
import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../tools/paths.ts';

/** The bundled entry with the exported `run()`; of these test files alone, if some are named. */
export async function bundleSuite(names: readonly string[] = ['*']): Promise<string> {
  const outdir = path.join(root, 'out', 'vscode-suite');
  await rm(outdir, { recursive: true, force: true });
  const entries = ['index', ...names.map((name) => `${name}.test`)].map((name) => `test/vscode/suite/${name}.ts`);
  await build({
    entryPoints: globSync(entries, { cwd: root }).map((file) => path.join(root, file)),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outdir, 'index.cjs');
}
