/** Which kernels a scenario runs on, and which of its tests run there. */
import type { Scenario, TestDeclaration } from './scenario.ts';

/** Of `kernel` or `kernels`, the first one that runs unless told otherwise; empty where the file names none. */
export function kernelsOf({ kernel, otherKernels }: Scenario): readonly string[] {
  return kernel === null ? [] : [kernel.name, ...otherKernels];
}

/** Of those that the file names, the one that is wanted, else its first; what is wanted where it names none. */
export function chosenKernel(scenario: Scenario, wanted: string | undefined): string | undefined {
  const [first] = kernelsOf(scenario);
  return first === undefined || (wanted !== undefined && scenario.otherKernels.includes(wanted)) ? wanted : first;
}

/** A test with `on` runs on its kernels alone. */
export function testsOn({ tests }: Scenario, kernel: string): readonly TestDeclaration[] {
  return tests.filter(({ kernels }) => kernels === null || kernels.includes(kernel));
}
