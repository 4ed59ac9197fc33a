/** One file for several kernels: read and checked for each of them, then run. Shared by the command line and the editor. */
import { compareKernels, type Comparison, type Contender, type Look } from '../inspect/compare/compare.ts';
import { findKernel, kernels, wholeKernels } from '../kernels/registry.ts';
import { diagnostic } from '../session/scenario/scenario-failure.ts';
import type { Scenario } from '../session/scenario/scenario.ts';
import { InputError } from '../files/input-error.ts';
import type { Workspace } from '../files/workspace.ts';
import { load } from './load.ts';
import { Guard } from './guard.ts';
import { boundsOf, type RunOptions } from './options.ts';

export interface CompareOptions extends RunOptions {
  /** Names of kernels, `NAME` or `NAME@PRESET`; all kernels unless given. */
  readonly kernels?: readonly string[];
  /** Name of the test that follows the common part. */
  readonly test?: string;
}

/** Throws an InputError where the file cannot be read. */
export async function compareFile(
  file: string,
  options: CompareOptions,
  look: Look,
  workspace?: Workspace,
): Promise<Comparison> {
  const guard = new Guard(boundsOf(options));
  const contenders: Contender[] = [];
  for (const name of options.kernels ?? wholeKernels.map((kernel) => kernel.name)) {
    contenders.push(await contenderOf(file, name, options, workspace));
  }
  return compareKernels(file, contenders, (column, simulation) => {
    look(column, simulation);
    guard.check(simulation);
  });
}

async function contenderOf(
  file: string,
  name: string,
  options: CompareOptions,
  workspace: Workspace | undefined,
): Promise<Contender> {
  const [kernel = name, preset] = name.split('@');
  if (findKernel(kernel) === null) {
    const known = kernels.map((one) => one.name).join(', ');
    throw new InputError(file, `there is no kernel ${kernel}; kernels are ${known}`);
  }
  const machine = preset ?? options.machine;
  const chosen = { ...options, kernel, ...(machine === undefined ? {} : { machine }) };
  const { program, diagnostics } = await load(file, chosen, workspace);
  if (program === null) return { name, kernel, program, diagnostics };
  checkTest(file, program.scenario, options);
  const refusal = refusalOf(program.scenario, kernel, preset);
  if (refusal !== null) return { name, kernel, program: null, diagnostics: [refusal] };
  return { name, kernel, program: { ...program, test: options.test }, diagnostics };
}

/** A file that has chosen for itself cannot be run on anything else. */
function refusalOf(
  { kernel, machine }: Scenario,
  wanted: string,
  preset: string | undefined,
): Contender['diagnostics'][number] | null {
  if (kernel !== null && kernel.name !== wanted) {
    const message = `the file itself names the kernel ${kernel.name}; take that line out to compare it with ${wanted}`;
    return diagnostic('WALK222', 'error', message, kernel.range);
  }
  if (machine !== null && preset !== undefined && machine.preset !== preset) {
    const message = `the file itself names the machine ${machine.preset}; take that line out to run it on ${preset}`;
    return diagnostic('WALK222', 'error', message, machine.range);
  }
  return null;
}

function checkTest(file: string, { tests }: Scenario, { test }: CompareOptions): void {
  if (test === undefined || tests.some(({ name }) => name === test)) return;
  const names = tests.map(({ name }) => `"${name}"`).join(', ');
  throw new InputError(
    file,
    `there is no test "${test}"; ${names === '' ? 'the file has none' : `there are ${names}`}`,
  );
}
