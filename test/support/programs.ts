/** Which file a test starts as Pagewalk's command line or language server. */
import { globSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools/paths.ts';

/** Bundles in `dist/`, and the sources that they are made of. */
const programs = {
  cli: { bundle: 'dist/cli.mjs', source: 'simulator/cli/main.ts' },
  server: { bundle: 'dist/server.cjs', source: 'simulator/language/main.ts' },
} as const;

/**
 * The bundle where `npm run build` made it from the sources as they are, since it starts four times as fast as they do; else
 * the sources, so that a test never runs yesterday's code.
 */
export function programFile(name: keyof typeof programs): string {
  const { bundle, source } = programs[name];
  return path.join(root, isFresh(bundle) ? bundle : source);
}

function isFresh(bundle: string): boolean {
  const built = statSync(path.join(root, bundle), { throwIfNoEntry: false });
  return built !== undefined && built.mtimeMs > (newestSource ??= findNewestSource());
}

let newestSource: number | undefined;

/** In milliseconds since 1970. */
function findNewestSource(): number {
  const files = globSync(['{simulator,extension}/**/*.{ts,json,js}', 'package-lock.json', 'webpack.config.js'], {
    cwd: root,
  });
  return Math.max(...files.map((file) => statSync(path.join(root, file)).mtimeMs));
}
