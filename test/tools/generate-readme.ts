// The README's table of kernels, from the registry.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { kernels } from '../../simulator/kernels/registry.ts';
import { root } from './paths.ts';

const begin = '<!-- kernels: written by npm run generate -->';
const end = '<!-- end of kernels -->';

/** The text with the table between the two marks made anew. */
export function readmeText(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md: the marks ${begin} and ${end} are missing`);
  const rows = kernels.map(({ name, pagings, summary }) => `| \`${name}\` | ${pagings.join(', ')} | ${summary} |`);
  const table = ['| kernel | paging | what it shows |', '| --- | --- | --- |', ...rows].join('\n');
  return `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`;
}

if (import.meta.main) {
  const file = path.join(root, 'README.md');
  const before = await readFile(file, 'utf8');
  const after = readmeText(before);
  if (after !== before) await writeFile(file, after);
}
