// `npm run truth`: runs the programs of `programs/` natively and recorded, replays them on every kernel, and compares what Linux said
// of their mappings with what the kernel shows. Needs gcc and valgrind. With --write the table of docs/truth.md is written.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordProgram } from '../../simulator/files/record-program.ts';
import { wholeKernels } from '../../simulator/kernels/registry.ts';
import { compare, type Measured, reasonFor, unusedReasons } from './compare.ts';
import { must } from '../tools/process.ts';
import { recordedFigures, spoken, type Spoken } from './replayed.ts';
import { writeTable } from './table.ts';

const folder = path.join(import.meta.dirname, 'programs');
const programs = readdirSync(folder).filter((name) => name.endsWith('.c')).map((name) => name.slice(0, -2)); // prettier-ignore
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const scratch = mkdtempSync(path.join(tmpdir(), 'pagewalk-truth-'));
const measured: Measured[] = [];

try {
  for (const name of wanted.length > 0 ? wanted : programs) {
    const said = await linux(name);
    const quiet = await build(name, `${name}.quiet`, ['-static', '-DQUIET']);
    const { recording } = await recordProgram({
      command: [quiet],
      output: path.join(scratch, `${name}.walkrec`),
      onOutput: () => undefined,
    });
    for (const kernel of wholeKernels) {
      const figures = recordedFigures(recording, kernel, said);
      measured.push(...compare(name, kernel.name, said, figures));
    }
    process.stdout.write(`${name}: ${String(said.length)} places\n`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const differing = measured.filter(({ linux: said, here }) => said !== here);
const unexplained = differing.filter((one) => reasonFor(one) === null);
for (const { program, who, label, figure, kernel, linux: said, here } of unexplained)
  process.stdout.write(
    `${kernel}: ${program}, ${who}, ${label}: ${figure} is ${String(here)}, Linux has ${String(said)}\n`,
  );
const unused = wanted.length > 0 ? [] : unusedReasons(differing);
for (const one of unused) process.stdout.write(`nothing differs any more: ${one}\n`);
process.stdout.write(
  `${String(measured.length - differing.length)} of ${String(measured.length)} figures equal Linux's; ${String(differing.length - unexplained.length)} differ by design, ${String(unexplained.length)} without a reason\n`,
);
if (process.argv.includes('--write')) writeTable(measured);
process.exitCode = unexplained.length + unused.length > 0 ? 1 : 0;

async function build(name: string, output: string, options: string[]): Promise<string> {
  const place = path.join(scratch, output);
  await must('gcc', ['-O0', '-g', ...options, path.join(folder, `${name}.c`), '-o', place]);
  return place;
}

async function linux(name: string): Promise<Spoken[]> {
  let text = '';
  const onOutput = (part: string): void => {
    text += part;
  };
  await must(await build(name, name, []), [], { onOutput });
  return spoken(text);
}
