// The extension as a .vsix, from what `npm run build` has built; asks nothing.
// node test/tools/package/package-extension.ts [--output FILE]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { cacheFolder, root } from '../paths.ts';
import { extensionPage } from './extension-page.ts';
import { pageFigures } from './page-figures.ts';

interface Manifest {
  /** The one place that has the public address of the repository; empty while there is none. */
  readonly repository: { readonly url: string };
}

/** With a public address, targets in README.md become addresses there; without one, its pictures are drawn in characters. */
export async function packageExtension(packagePath: string): Promise<void> {
  const { repository } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Manifest;
  await mkdir(path.dirname(packagePath), { recursive: true });
  const isPublic = repository.url !== '';
  await createVSIX({
    cwd: root,
    packagePath,
    dependencies: false,
    rewriteRelativeLinks: isPublic,
    readmePath: isPublic ? 'README.md' : await pageWithFigures(),
  });
}

async function pageWithFigures(): Promise<string> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const page = path.join('dist', 'README.md');
  await writeFile(path.join(root, page), extensionPage(readme, await pageFigures()));
  return page;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { output: { type: 'string', default: path.join(cacheFolder, 'pagewalk.vsix') } },
  });
  await packageExtension(path.resolve(values.output));
}
