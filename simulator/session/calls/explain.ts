/** From a failure to a diagnostic that says what happened, where, and which other line is to blame. */
import { blameFor } from '../../hardware/region-log.ts';
import type { RegionView } from '../../kernels/view.ts';
import { faultSentence, type Refusal } from './fault-text.ts';
import { namesOf } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import type { Evaluation } from './evaluation.ts';
import { bodiesOf, statementsIn } from '../scenario/named-files.ts';
import { innerBlocks } from '../scenario/program.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Related } from '../scenario/scenario-failure.ts';
import type { CallExpression, SourceRange } from '../scenario/scenario.ts';

/** The diagnostic of a call that failed although nobody expected it. Asked before the kernel kills. */
export function explainFailure(evaluation: Evaluation, call: CallExpression, failure: CallFailure): ScenarioFailure {
  if (failure.refusal === null) {
    return new ScenarioFailure(
      failure.code,
      failure.message,
      call.range,
      obstacle(evaluation, call, failure),
      failure.names,
    );
  }
  return explainRefusal(evaluation, call, failure, failure.refusal);
}

/** The line that mapped what stands in the way. */
function obstacle({ run, thread }: Evaluation, call: CallExpression, { reason }: CallFailure): Related[] {
  if (reason?.address === undefined) return [];
  const blame = blameFor(run.machine, ['mapped'], thread?.process.owner ?? 0, reason.address);
  return blame === null ? [] : [{ message: 'mapped here', range: rangeOfLine(run, call.range.file, blame.line) }];
}

function explainRefusal(
  evaluation: Evaluation,
  call: CallExpression,
  failure: CallFailure,
  refusal: Refusal,
): ScenarioFailure {
  const { address, va } = refusal;
  const written = `0x${address.toString(16)}`;
  const owner = evaluation.thread?.process.owner ?? 0;
  const related: Related[] = [];
  const isThere = regionAt(evaluation, va) !== undefined;
  const { machine } = evaluation.run;
  const blame = blameFor(machine, isThere ? ['mapped', 'protected'] : ['unmapped'], owner, va);
  if (blame !== null)
    related.push({
      message: `${written} was ${blame.action} here`,
      range: rangeOfLine(evaluation.run, call.range.file, blame.line),
    });
  const text = `${namesOf(failure)}: ${faultSentence(evaluation, refusal)}`;
  return new ScenarioFailure(failure.code, text, call.range, related, failure.names);
}

/** What stands on a line: from its first statement without blocks to its last. */
function rangeOfLine(run: Run, file: string, line: number): SourceRange {
  const { scenario } = run.program;
  if (file !== scenario.file) return wholeLine(file, line);
  const ranges = bodiesOf(scenario)
    .flatMap((body) => [...statementsIn(body)])
    .filter((statement) => innerBlocks(statement).length === 0)
    .map(({ range }) => range)
    .filter((range) => range.line === line && range.endLine === line);
  const [first, last] = [ranges.at(0), ranges.at(-1)];
  return first === undefined || last === undefined ? wholeLine(file, line) : { ...first, endColumn: last.endColumn };
}

export function wholeLine(file: string, line: number): SourceRange {
  return { file, line, column: 1, endLine: line, endColumn: 1000 };
}

function regionAt({ thread, run, cluster }: Evaluation, va: number): RegionView | undefined {
  if (thread === null) return undefined;
  const regions = run.kernel.regions(thread.process, cluster);
  return regions.find(({ start, end }) => va >= start && va < end);
}
