/** Every page of the manual as it has to be: what people wrote, with its marked parts written from the tables. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { kernels } from '../../../simulator/kernels/registry.ts';
import { root } from '../paths.ts';
import { boundTableText } from './bound-table.ts';
import { codePart, codeTable, newCodePage, pageOfCode } from './code-pages.ts';
import { allCodes } from './codes.ts';
import { kernelPart, kernelTable, newKernelPage } from './kernel-pages.ts';
import { keyTable, launchTable, settingTable } from './manifest-tables.ts';
import { commandPart, runFlagTable } from './commands.ts';
import { fillParts } from './marked-parts.ts';
import { costTable, operationList, sharedEventTable } from './shared-tables.ts';

export const docs = path.join(root, 'docs');

/** File below docs/ to its text, the pages that are still missing included. Decision records have nothing generated. */
export function manualPages(): Map<string, string> {
  const pages = new Map<string, string>();
  for (const { name } of kernels) pages.set(`kernels/${name}.md`, newKernelPage(name));
  for (const code of allCodes.keys()) pages.set(pageOfCode(code), newCodePage(code));
  for (const file of globSync('**/*.md', { cwd: docs, exclude: ['adr/**'] }).sort())
    pages.set(file.replaceAll(path.sep, '/'), readFileSync(path.join(docs, file), 'utf8'));
  return new Map([...pages].map(([file, text]) => [file, fillParts(text, (part) => partOf(file, part))]));
}

const sharedParts: Readonly<Record<string, () => string>> = {
  bounds: boundTableText,
  kernels: kernelTable,
  codes: codeTable,
  operations: () => operationList('operations'),
  observations: () => operationList('observations'),
  events: sharedEventTable,
  costs: costTable,
  'run-flags': runFlagTable,
  launch: launchTable,
  settings: settingTable,
  keys: keyTable,
};

function partOf(file: string, part: string): string {
  const kernel = kernels.find(({ name }) => file === `kernels/${name}.md`);
  if (kernel !== undefined) return kernelPart(kernel, part);
  const code = [...allCodes.keys()].find((one) => file === pageOfCode(one));
  if (code !== undefined) return codePart(code, part);
  if (file === 'command-line.md' && part.startsWith('command ')) return commandPart(part.slice('command '.length));
  const write = sharedParts[part];
  if (write === undefined) throw new Error(`docs/${file}: no table writes “${part}”`);
  return write();
}
