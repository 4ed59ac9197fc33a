/** Tries the mutants of one kernel's steps on its tests, in child processes. */
import type { ChildProcess } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../lifetime/program.ts';
import { root } from '../tools/paths.ts';
import type { Coverage, Reply, Request, StepMutant, TestGroup } from './messages.ts';

export interface Verdict {
  readonly mutant: StepMutant;
  /** The test that failed, or how it ended otherwise; null if it survived. */
  readonly killer: string | null;
}

/** The tests of a kernel; that every step is taken is no effect of it (test/conformance/steps.test.ts). */
function testFilesOf(kernel: string): string[] {
  const patterns = [
    'test/conformance/conformance.test.ts',
    'test/simulator/kernels/*.test.ts',
    `test/simulator/kernels/${kernel}/*.test.ts`,
  ];
  return globSync(patterns, { cwd: root }).map((file) => `${root}/${file}`);
}

export class StepRunner {
  private readonly kernel: string;
  private child: ChildProcess | null = null;

  constructor(kernel: string) {
    this.kernel = kernel;
  }

  async record(): Promise<Coverage> {
    const reply = await this.ask({ type: 'record' });
    if (reply?.type !== 'recorded') throw new Error(`the tests of ${this.kernel} do not come to their end`);
    return reply.coverage;
  }

  async attempt(mutant: StepMutant, groups: readonly TestGroup[]): Promise<Verdict> {
    const reply = await this.ask({ type: 'try', mutant, groups });
    if (reply === null) return { mutant, killer: 'does not end, or ends the process' };
    return { mutant, killer: reply.type === 'tried' ? reply.killer : null };
  }

  end(): void {
    this.child?.kill('SIGKILL');
    this.child = null;
  }

  /** Null if the child has ended instead of answering. */
  private ask(request: Request): Promise<Reply | null> {
    this.child ??= this.start();
    const { child } = this;
    return new Promise((resolve) => {
      const answered = (reply: Reply): void => {
        child.off('exit', ended);
        if (reply.isFull) this.end();
        resolve(reply);
      };
      const ended = (): void => {
        child.off('message', answered);
        this.child = null;
        resolve(null);
      };
      child.once('message', answered);
      child.once('exit', ended);
      child.send(request);
    });
  }

  private start(): ChildProcess {
    const script = fileURLToPath(new URL('step-child.ts', import.meta.url));
    return startProgram(process.execPath, [script, this.kernel, ...testFilesOf(this.kernel)], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }
}
