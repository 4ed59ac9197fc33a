// Which npm packages the bundles in dist/ contain, from their source maps.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface SourceMap {
  readonly sources: readonly string[];
}

/** A package's folder ends at the first name, or scope and name, after the last `node_modules`. */
const packageFolder = /^webpack:\/\/[^/]*\/(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** Folders of the bundled packages, in the order of their names. */
export function bundledPackages(root: string): string[] {
  const maps = globSync('dist/**/*.map', { cwd: root });
  if (maps.length === 0) throw new Error('dist/ has no source maps: run "npm run build" first');
  const folders = new Set<string>();
  for (const map of maps) {
    const { sources } = JSON.parse(readFileSync(path.join(root, map), 'utf8')) as SourceMap;
    for (const source of sources) {
      const folder = packageFolder.exec(source)?.[1];
      if (folder !== undefined) folders.add(path.resolve(root, folder));
    }
  }
  return [...folders].sort();
}
