// The machines that the JSON Schema of a run knows, from the tables that the code itself reads.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pagingNames } from '../../simulator/hardware/layouts/formats.ts';
import { presetNames } from '../../simulator/hardware/machine-config.ts';
import { root } from './paths.ts';

/** The schema's text with the names of presets and paging formats made anew. */
export function schemaText(text: string): string {
  return withNames(withNames(text, 'preset', presetNames), 'paging', pagingNames);
}

function withNames(text: string, property: string, names: readonly string[]): string {
  const list = new RegExp(`("${property}": \\{ "enum": )\\[[^\\]]*\\]`);
  if (!list.test(text)) throw new Error(`run.schema.json: the names of ${property} are missing`);
  return text.replace(list, `$1[${names.map((name) => JSON.stringify(name)).join(', ')}]`);
}

if (import.meta.main) {
  const file = path.join(root, 'simulator', 'inspect', 'run.schema.json');
  const before = await readFile(file, 'utf8');
  const after = schemaText(before);
  if (after !== before) await writeFile(file, after);
}
