// docs/diagnostics.md: every diagnostic that a scenario can get, from the tables that the code itself reads.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { diagnosticCodes as staticCodes } from '../../simulator/language/diagnostic-codes.ts';
import { diagnosticCodes as liveCodes } from '../../simulator/session/scenario/diagnostic-codes.ts';
import { root } from './paths.ts';

type Codes = Readonly<Record<string, { readonly title: string; readonly explanation: string }>>;

export function diagnosticsPage(): string {
  return [
    '# Diagnostics',
    'Each finding about a scenario has a stable code. Errors of the first group keep a file from running; those of the second come from running it.',
    '## From the text',
    ...entries(staticCodes),
    '## From the simulation',
    ...entries(liveCodes),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function entries(codes: Codes): string[] {
  return Object.entries(codes).map(([code, { title, explanation }]) => `### ${code}: ${title}\n\n${explanation}`);
}

if (import.meta.main) await writeFile(path.join(root, 'docs', 'diagnostics.md'), diagnosticsPage());
