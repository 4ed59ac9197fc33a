// docs/bounds.md: every bound, from the table that the code itself reads.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { boundFlag, boundNames, boundTable, boundText } from '../../simulator/session/scenario/bounds.ts';
import { root } from './paths.ts';

export function boundsPage(): string {
  const rows = boundNames.map((name) => {
    const { standard, live, subject, effect } = boundTable[name];
    return `| \`${name}\` | \`${boundFlag(name)}\` | ${subject} | ${boundText(name, standard)} | ${boundText(name, live)} | ${effect} |`;
  });
  return `# Bounds

No file can use up the time, the memory or the disk of the computer. What a file may use is bounded, and a message that speaks of a bound names it.

${['| bound | flag | what it bounds | of a run | while you type | beyond it |', '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n')}

- \`pagewalk run\` and \`pagewalk test\` take each bound as a flag. Sizes are in bytes, or with a unit: \`--file-size 64MiB\`.
- The editor's settings are \`pagewalk.bounds.NAME\` for runs and debug sessions, and \`pagewalk.live.NAME\` for [simulation while typing](simulation-while-typing.md). Sizes are in MiB.
- A launch configuration has \`"bounds": { "steps": 1000 }\`. Sizes are in bytes.
`;
}

if (import.meta.main) await writeFile(path.join(root, 'docs', 'bounds.md'), boundsPage());
