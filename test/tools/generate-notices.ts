// The licences of the packages that the bundles contain: dist/THIRD-PARTY-NOTICES.txt.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundledPackages } from './package/bundled-packages.ts';
import { root } from './paths.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly homepage?: string;
}

const line = '='.repeat(80);

/** One section a package: its name and version, where it comes from, and its licence in full. */
export function noticesText(folders: readonly string[]): string {
  const sections = folders.map(notice).sort();
  const head = 'Pagewalk contains the following packages. Their licences require that these notices come with them.';
  return [head, ...sections].join(`\n\n${line}\n\n`) + '\n';
}

function notice(folder: string): string {
  const { name, version, license, homepage } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  const files = globSync('{LICENSE,LICENCE,License,license,NOTICE}*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  if (texts.length === 0 && license === undefined) throw new Error(`${name}: no licence was found in ${folder}`);
  const title = [`${name} ${version}`, license, homepage].filter((part) => part !== undefined).join('\n');
  return [title, ...texts].join('\n\n');
}

if (import.meta.main) {
  writeFileSync(path.join(root, 'dist', 'THIRD-PARTY-NOTICES.txt'), noticesText(bundledPackages(root)));
}
