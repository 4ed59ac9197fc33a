/** All tests of one file, on every kernel that is asked for. */
import path from 'node:path';
import { InputError } from '../../files/input-error.ts';
import { exitCodeOf, ExitCode } from '../../session/scenario/outcome.ts';
import { kernelsOf } from '../../session/scenario/scenario-kernels.ts';
import type { Diagnostic } from '../../session/scenario/scenario.ts';
import type { Kernel } from '../../kernels/bound-kernel.ts';
import { findKernel } from '../../kernels/registry.ts';
import type { Workspace } from '../../files/workspace.ts';
import type { Simulation } from '../../session/moves/simulation.ts';
import { withoutRepeats } from '../format-diagnostic.ts';
import { Guard } from '../guard.ts';
import { kernelTitle, load, type Loaded } from '../load.ts';
import { boundsOf } from '../options.ts';
import { CoverageRecorder } from './coverage.ts';
import { runOptionsOf, type TestedFile, type TestJob, type TestOptions } from './job.ts';
import { runTest, testResult, testsToRun, type TestResult } from './results.ts';

export interface Watcher {
  /** Between two slices of a run. */
  look?(label: string, simulation: Simulation): void;
  /** A test begins on a kernel; of a file without tests, the file's own name. */
  began?(test: string, kernel: string): void;
}

type Tested = Omit<TestedFile, 'index'>;
type Program = NonNullable<Loaded['program']>;

export async function testFile(job: TestJob, watcher: Watcher = {}, workspace?: Workspace): Promise<TestedFile> {
  const tested = await new FileTests(job, watcher, workspace).all();
  return { index: job.index, ...tested };
}

export function refusedFile(file: string, diagnostics: readonly Diagnostic[]): Tested {
  const tests = [testResult(path.basename(file), diagnostics, true)];
  return { result: { file, kernel: null, tests, skipped: 0 }, code: ExitCode.badInput, diagnostics };
}

class FileTests {
  private readonly file: string;
  private readonly options: TestOptions;
  private readonly watcher: Watcher;
  private readonly workspace: Workspace | undefined;
  private readonly guard: Guard;

  constructor({ file, options }: TestJob, watcher: Watcher, workspace: Workspace | undefined) {
    this.file = file;
    this.options = options;
    this.watcher = watcher;
    this.workspace = workspace;
    this.guard = new Guard(boundsOf(runOptionsOf(options)));
  }

  async all(): Promise<Tested> {
    const { kernel: wanted = [] } = this.options;
    const first = await this.load(wanted[0]);
    if ('result' in first || first.program === null) return this.refused(first);
    const { scenario } = first.program;
    const own = kernelsOf(scenario);
    if (own.length > 0) {
      const named = own.filter((name) => wanted.includes(name));
      const names = wanted.length === 0 ? own : named.length > 0 ? named : own.slice(0, 1);
      const { program } = first;
      return this.run(
        first,
        names.map((name) => ({ ...program, kernel: kernelNamed(name) })),
      );
    }
    // What a file without a kernel means depends on the kernel: it is checked on each.
    const programs = [first.program];
    for (const name of wanted.slice(1)) {
      const other = await this.load(name);
      if ('result' in other || other.program === null) return this.refused(other);
      programs.push(other.program);
    }
    return this.run(first, programs);
  }

  private async load(kernel: string | undefined): Promise<Loaded | Tested> {
    const options = runOptionsOf(this.options);
    try {
      return await load(this.file, kernel === undefined ? options : { ...options, kernel }, this.workspace);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return refusedFile(this.file, [error.toDiagnostic()]);
    }
  }

  private refused(loaded: Loaded | Tested): Tested {
    return 'result' in loaded ? loaded : refusedFile(this.file, loaded.diagnostics);
  }

  private run({ diagnostics }: Loaded, programs: readonly Program[]): Tested {
    const [first] = programs as readonly [Program];
    const recorder = this.options.coverage === true ? new CoverageRecorder(first.scenario) : undefined;
    const tests = programs.flatMap((program) => this.testsOn(program, programs.length > 1, recorder));
    const found = tests.flatMap((one) => one.diagnostics);
    // A machine that was refused never ran.
    const code = tests.some(({ isRefused }) => isRefused) ? ExitCode.badInput : exitCodeOf(found);
    const kernel = programs.length > 1 ? programs.map((program) => program.kernel.name).join(', ') : kernelTitle(first);
    const skipped = Math.max(1, first.scenario.tests.length) * programs.length - tests.length;
    return {
      result: {
        file: this.file,
        kernel,
        tests,
        skipped,
        ...(recorder === undefined ? {} : { coverage: recorder.coverage }),
      },
      code,
      diagnostics: withoutRepeats([...diagnostics, ...found]),
    };
  }

  /** With `isOneOfSeveral` the names of the results say which kernel it is. */
  private testsOn(program: Program, isOneOfSeveral: boolean, recorder: CoverageRecorder | undefined): TestResult[] {
    const { name } = program.kernel;
    return testsToRun(program.scenario, name)
      .filter((test) => this.isWanted(test?.name ?? path.basename(this.file)))
      .map((test) => {
        const title = test?.name ?? path.basename(this.file);
        const label = test === undefined ? this.file : `${this.file}: ${test.name}`;
        const look = (simulation: Simulation): void => this.watcher.look?.(label, simulation);
        const full = isOneOfSeveral ? `${title} [${name}]` : title;
        this.watcher.began?.(title, name);
        const { result } = runTest(program, test, full, this.guard, { look, recorder });
        return { ...result, test: title, kernel: name };
      });
  }

  private isWanted(name: string): boolean {
    const { filter, only } = this.options;
    if (only !== undefined && !only.includes(name)) return false;
    return filter === undefined || name.toLowerCase().includes(filter.toLowerCase());
  }
}

function kernelNamed(name: string): Kernel {
  const kernel = findKernel(name);
  if (kernel === null) throw new Error(`internal: the kernel ${name} was not refused`);
  return kernel;
}
