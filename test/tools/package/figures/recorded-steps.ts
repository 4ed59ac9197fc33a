// Steps of a recorded program around its fork, as its view shows them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { readView } from '../../../../simulator/cli/source-lines.ts';
import { root } from '../../paths.ts';

const BEFORE = 2;
const AFTER = 12;

export async function recordedSteps(): Promise<string> {
  const { text } = await readView(path.join(root, 'examples', 'recordings', 'cow_fork.layout.txt.gz'), {});
  const lines = text.trim().split('\n');
  const titles = lines.findIndex((line) => line.includes('what the program did'));
  const fork = lines.findIndex((line) => line.includes('clone('));
  assert(titles >= 0 && fork > titles + BEFORE);
  const steps = lines.slice(titles + 1);
  const from = fork - titles - 1 - BEFORE;
  const shown = steps.slice(from, from + BEFORE + 1 + AFTER);
  return [
    lines[titles] ?? '',
    `  … ${counted(from)} before …`,
    ...shown,
    `  … ${counted(steps.length - from - shown.length)} after …`,
  ].join('\n');
}

function counted(steps: number): string {
  return `${String(steps)} steps`;
}
