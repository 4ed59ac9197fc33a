/** Which kernel speaks, where nobody has named one. */
import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { Program } from './program.ts';

/** Findings whose message may have a kernel's words in it: its errors, steps, regions, rules and locks, or what it lacks. */
const kernelsWords: ReadonlySet<string> = new Set<DiagnosticCode>([
  'WALK202',
  'WALK203',
  'WALK204',
  'WALK205',
  'WALK207',
  'WALK208',
  'WALK209',
  'WALK211',
  'WALK213',
  'WALK215',
  'WALK219',
  'WALK221',
  'WALK229',
  'WALK230',
  'WALK231',
  'WALK243',
]);

/** ` (on almos-mkh, the default kernel)` where neither the file nor whoever launched it names the kernel; else nothing. */
export function kernelNote({ isDefaultKernel, kernel }: Program): string {
  return isDefaultKernel ? ` (on ${kernel.name}, the default kernel)` : '';
}

/** The message of a finding: with the kernel, if it has a kernel's words. */
export function inKernelsWords(program: Program, code: string, message: string): string {
  return kernelsWords.has(code) ? `${message}${kernelNote(program)}` : message;
}
