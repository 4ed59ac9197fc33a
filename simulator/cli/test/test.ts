/** `pagewalk test PATH…`: all tests of all scenarios, in files and folders. */
import { InputError } from '../../files/input-error.ts';
import { ExitCode } from '../../session/scenario/outcome.ts';
import { companionUrl } from '../companion.ts';
import { showProgress, writeDiagnostics, writeOut } from '../output.ts';
import { runJobs, type Workers } from '../workers/pool.ts';
import { InOrder } from './in-order.ts';
import type { TestedFile, TestJob, TestOptions } from './job.ts';
import { reporters, type ReporterName } from './reporters/reporters.ts';
import { scenarioFiles } from './scenario-files.ts';
import { refusedFile, testFile } from './test-file.ts';

export interface TestFlags extends TestOptions {
  readonly reporter: ReporterName;
  /** Files that are tested at the same time. */
  readonly jobs: number;
}

export async function test(paths: readonly string[], flags: TestFlags): Promise<ExitCode> {
  const { reporter: name, jobs: count, ...options } = flags;
  const reporter = reporters[name];
  const places = await scenarioFiles(paths);
  if (reporter.isOfOneFile && places.length !== 1)
    throw new InputError(paths[0] ?? '', `--reporter ${name} takes one file, and here are ${String(places.length)}`);
  const done: TestedFile[] = [];
  const inOrder = new InOrder<TestedFile>((tested) => {
    done.push(tested);
    writeOut(reporter.file(tested.result, done.length));
    writeDiagnostics(tested.diagnostics);
  });
  const jobs: TestJob[] = [];
  for (const [index, file] of places.entries())
    if (typeof file === 'string') jobs.push({ index, file, options });
    else inOrder.add({ index, ...refusedFile(file.file, [file.toDiagnostic()]) });
  if (count === 1) for (const job of jobs) inOrder.add(await testFile(job, { look: showProgress }));
  else
    await runJobs(jobs, workers(count), (tested) => {
      inOrder.add(tested);
    });
  const results = done.map(({ result }) => result);
  writeOut(reporter.end(results));
  const { filter } = options;
  if (filter !== undefined && results.every(({ tests }) => tests.length === 0))
    throw new InputError(paths[0] ?? '', `no test has "${filter}" in its name`);
  return Math.max(ExitCode.well, ...done.map(({ code }) => code)) as ExitCode;
}

function workers(count: number): Workers<TestJob, TestedFile> {
  return {
    url: new URL(companionUrl('test-worker.mjs', 'simulator/cli/test/worker.ts')),
    count,
    failed: ({ index, file }, reason) => {
      const refused = refusedFile(file, [new InputError(file, reason).toDiagnostic()]);
      return { index, ...refused, code: ExitCode.bug };
    },
  };
}
