/** `pagewalk bench`: how fast this computer simulates. The benches belong to the checkout, not to the package. */
import { spawn } from 'node:child_process';
import { ExitCode } from '../session/scenario/outcome.ts';
import { checkout, checkoutFile } from './companion.ts';
import { writeError, writeOut } from './output.ts';

export interface BenchFlags {
  readonly json?: boolean;
}

export function bench(flags: BenchFlags): Promise<ExitCode> {
  const program = checkoutFile('bench/main.ts');
  if (program === null) {
    writeError('pagewalk: the benches are not part of the installed package; run this in a checkout of the source\n');
    return Promise.resolve(ExitCode.badInput);
  }
  const args = [program, ...(flags.json === true ? ['--json'] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: checkout(), stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', writeOut);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve((code ?? ExitCode.bug) as ExitCode);
    });
  });
}
