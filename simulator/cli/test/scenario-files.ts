/** The scenarios that paths name. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../../files/input-error.ts';
import { reasonOf } from '../../files/system-error.ts';

/** Files as they were named; of folders, the scenarios in them and below, in the order of their names. */
export async function scenarioFiles(paths: readonly string[]): Promise<(string | InputError)[]> {
  const files: (string | InputError)[] = [];
  for (const place of paths) {
    const status = await stat(place).catch(() => null);
    if (status?.isDirectory() !== true) {
      files.push(place);
      continue;
    }
    const inside = await scenariosBelow(place);
    if (inside.length === 0) files.push(new InputError(place, 'there is no .walk file in this folder or below it'));
    files.push(...inside);
  }
  return [...new Set(files)];
}

/** A folder that cannot be read is a failure of its own: the others are tested. */
async function scenariosBelow(folder: string): Promise<(string | InputError)[]> {
  const found: (string | InputError)[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    found.push(new InputError(folder, `the folder cannot be read: ${reasonOf(error)}`));
    return [];
  });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') found.push(...(await scenariosBelow(place)));
    } else if (/\.walk$/i.test(entry.name)) found.push(place);
  }
  return found;
}
