import type { KernelDescriptor } from '../../kernels/kernel.ts';
import { isNamed } from '../calls/call-failure.ts';
import type { DiagnosticCode } from '../scenario/diagnostic-codes.ts';
import type { ScenarioFailure } from '../scenario/scenario-failure.ts';

/** Names of what is no call's error. */
const nameOfCode: Partial<Record<DiagnosticCode, string>> = {
  WALK201: 'EXPECTATION',
  WALK206: 'EXPECTATION',
  WALK207: 'EXPECTATION',
  WALK208: 'PANIC',
  WALK211: 'DEADLOCK',
  WALK215: 'INVARIANT',
  WALK243: 'INVARIANT',
};

/** Does `expect parallel … fails NAME`, or `expect explore … fails NAME`, name this failure? */
export function isFailureNamed(kernel: KernelDescriptor, { code, names }: ScenarioFailure, name: string): boolean {
  return nameOfCode[code] === name || isNamed(kernel, { names }, name);
}
