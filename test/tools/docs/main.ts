/**
 * `npm run docs`: writes every marked part of the manual anew, and begins the pages that are missing. With `--known`, as
 * `npm run generate` does, only pages that are there already.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { docs, manualPages } from './pages.ts';

const isKnownOnly = process.argv.includes('--known');

for (const [file, text] of manualPages()) {
  const target = path.join(docs, file);
  if (isKnownOnly && !existsSync(target)) continue;
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}
