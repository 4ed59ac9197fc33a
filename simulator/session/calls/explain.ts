/** From a failure to a diagnostic that says what happened, where, and which other line is to blame. */
import { lineThat } from '../../hardware/region-log.ts';
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import { addressText, endText, isCanonical } from '../../hardware/virtual-address.ts';
import { PAGE_SIZE } from '../../hardware/word.ts';
import type { RegionView } from '../../kernels/view.ts';
import { accessName } from './access.ts';
import type { Refusal } from './access.ts';
import { namesOf } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import type { Evaluation } from './evaluation.ts';
import { statementsIn } from '../scenario/named-files.ts';
import { innerBlocks } from '../scenario/program.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Related } from '../scenario/scenario-failure.ts';
import type { CallExpression, SourceRange } from '../scenario/scenario.ts';
import { protectionWord } from '../state/values.ts';

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
  const line = lineThat(run.machine, 'mapped', thread?.process.owner ?? 0, reason.address);
  return line === null ? [] : [{ message: 'mapped here', range: rangeOfLine(run, call.range.file, line) }];
}

function explainRefusal(
  evaluation: Evaluation,
  call: CallExpression,
  failure: CallFailure,
  refusal: Refusal,
): ScenarioFailure {
  const { address, va, access, refused } = refusal;
  const written = `0x${address.toString(16)}`;
  const owner = evaluation.thread?.process.owner ?? 0;
  const related: Related[] = [];
  const action = regionAt(evaluation, va) === undefined ? 'unmapped' : 'mapped';
  const line = lineThat(evaluation.run.machine, action, owner, va);
  if (line !== null)
    related.push({
      message: `${written} was ${action} here`,
      range: rangeOfLine(evaluation.run, call.range.file, line),
    });
  const text = `${namesOf(failure)}: ${accessName(access)} at ${written}: ${refused.message}; ${nearestRegion(evaluation, va)}`;
  return new ScenarioFailure(failure.code, text, call.range, related, failure.names);
}

/** What stands on a line: from its first statement without blocks to its last. */
function rangeOfLine(run: Run, file: string, line: number): SourceRange {
  const { scenario } = run.program;
  if (file !== scenario.file) return wholeLine(file, line);
  const ranges = [scenario.body, ...scenario.tests.map(({ body }) => body)]
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

type Range = Pick<RegionView, 'start' | 'end'>;

/** The region that holds the address, or nearly does. */
function nearestRegion(evaluation: Evaluation, va: number): string {
  const { thread, run, cluster } = evaluation;
  if (thread === null) return 'there is no process';
  const regions = run.kernel.regions(thread.process, cluster);
  const bits = addressBitsOf(run.machine);
  if (!isCanonical(va, bits)) return `bits 63 to ${String(bits)} of an address must copy bit ${String(bits - 1)}`;
  const rangeText = ({ start, end }: Range): string => `[${addressText(start, bits)}, ${endText(end, bits)})`;
  const guarded = regions.find(({ guard }) => guard !== undefined && va >= guard.start && va < guard.end);
  if (guarded?.guard !== undefined) return guardText(addressText(va, bits), guarded, guarded.guard, rangeText);
  const holder = regionAt(evaluation, va);
  if (holder !== undefined) {
    return `region ${holder.name} ${rangeText(holder)} allows ${protectionWord(holder.protection)}`;
  }
  let best = '';
  let smallest = Number.POSITIVE_INFINITY;
  for (const region of regions) {
    const { start, end, name } = region;
    const distance = va < start ? start - va : va - end + 1;
    if (distance >= smallest) continue;
    smallest = distance;
    best =
      va < start
        ? `${distanceText(distance)} below region ${name} ${rangeText(region)}`
        : `${distanceText(distance)} beyond the last byte of region ${name} ${rangeText(region)}`;
  }
  return best === '' ? 'the process has no region' : best;
}

/** A guard page may be a part of its region or lie below it. */
function guardText(address: string, region: RegionView, guard: Range, rangeText: (range: Range) => string): string {
  const pages = guard.end - guard.start === PAGE_SIZE ? 'the guard page' : 'the guard pages';
  const whole = `region ${region.name} ${rangeText(region)}`;
  return `${address} is in ${pages} ${rangeText(guard)} of ${whole}, which nobody may touch`;
}

/** In bytes where they can be counted. */
function distanceText(bytes: number): string {
  if (bytes < 4096) return bytes === 1 ? '1 byte' : `${String(bytes)} bytes`;
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${String(Math.floor(bytes / 1024 ** power))} ${units[power] as string}`;
}
