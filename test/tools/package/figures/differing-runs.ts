// Where two kernels differ in one scenario: what `pagewalk compare` prints, without the rows in which they are alike.
import path from 'node:path';
import { compareFile } from '../../../../simulator/cli/compare-file.ts';
import { comparisonText } from '../../../../simulator/cli/compare-text.ts';
import { root } from '../../paths.ts';

/** A measure and its values, which stand in columns. */
const row = /^\S.*?\s{2,}(\S+)\s{2,}(\S+)$/;
const WIDTH = 84;

export async function differingRuns(): Promise<string> {
  const file = path.join(root, 'examples', 'compare-fork.walk');
  const comparison = await compareFile(file, { kernels: ['almos-mkh', 'vm-region'] }, () => undefined);
  const lines = comparisonText(comparison, null, false).trimEnd().split('\n');
  return lines
    .filter((line) => {
      const [, left, right] = row.exec(line) ?? [];
      return left === undefined || left !== right;
    })
    .flatMap((line) => wrapped(line))
    .join('\n');
}

/** The page has no room for long lines, and no way to scroll to their end but with the mouse. */
function wrapped(line: string): string[] {
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const lines = [line];
  for (let last = line; last.length > WIDTH; last = lines.at(-1) ?? '') {
    const at = last.lastIndexOf(' ', WIDTH);
    if (at <= indent.length) break;
    lines.splice(-1, 1, last.slice(0, at), indent + last.slice(at + 1));
  }
  return lines;
}
