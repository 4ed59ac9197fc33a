/**
 * Mutants: changes of the code that some test must notice. Step mutants switch numbered steps of the kernels off, one part
 * of one step at a time; patches (patches.ts) change other code by hand.
 *
 * node test/mutants/main.ts [--kernel NAME]… [--step FUNCTION] [--patches] [--sample N] [--seed S] [--jobs N]
 *
 * Without --kernel and --patches: all of them. --sample takes that many of each. Ends with 1 if a mutant survives that
 * excused/KERNEL.json does not excuse with a reason, or if it excuses one that is killed.
 */
import { parseArgs } from 'node:util';
import { kernels } from '../../simulator/kernels/registry.ts';
import { tryKernel } from './kernel-mutants.ts';
import { tryPatches } from './patch-mutants.ts';
import { printTable, type Row } from './table.ts';

const { values } = parseArgs({
  options: {
    kernel: { type: 'string', multiple: true, default: [] },
    step: { type: 'string' },
    patches: { type: 'boolean', default: false },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
  },
});

const names = kernels.map(({ name }) => name);
for (const name of values.kernel) {
  if (!names.includes(name)) throw new Error(`--kernel ${name}: the kernels are ${names.join(', ')}`);
}
const isEverything = values.kernel.length === 0 && !values.patches;
const settings = {
  ...(values.step === undefined ? {} : { step: values.step }),
  ...(values.sample === undefined ? {} : { sample: wholeNumber('sample', values.sample) }),
  seed: wholeNumber('seed', values.seed),
  jobs: Math.max(1, wholeNumber('jobs', values.jobs)),
};

const rows: Row[] = [];
for (const kernel of kernels) {
  if (isEverything || values.kernel.includes(kernel.name)) rows.push(await tryKernel(kernel, settings));
}
if (isEverything || values.patches) rows.push(await tryPatches(settings));
printTable(rows);
process.exitCode = rows.some(({ survived, stale }) => survived.length + stale.length > 0) ? 1 : 0;

function wholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${option} ${text}: a whole number is expected`);
  return Number(text);
}
