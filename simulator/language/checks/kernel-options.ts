/** Options of the chosen kernel: known, of their type, within their range. */
import type { KernelOptionInfo } from '../../kernels/kernel.ts';
import type { CatalogueKernel } from '../catalogue.ts';
import type * as ast from '../generated/ast.ts';
import { microseconds, parseInteger, parseTime, sizeInBytes } from '../literals.ts';
import { didYouMean } from './nearest.ts';
import type { Report } from './report.ts';

export function checkKernelOptions(model: ast.Model, kernel: CatalogueKernel | null, report: Report): void {
  const node = model.statements.find((statement) => statement.$type === 'KernelDeclaration');
  if (node === undefined || kernel?.name !== node.name) return;
  const seen = new Map<string, ast.Option>();
  for (const option of node.options) {
    const earlier = seen.get(option.name);
    if (earlier !== undefined) {
      report.error('WALK111', { node: option, property: 'name' }, `\`${option.name}\` is set twice.`, {
        message: 'the first time',
        at: earlier,
      });
    } else {
      seen.set(option.name, option);
      checkOption(option, kernel, report);
    }
  }
}

function checkOption(option: ast.Option, kernel: CatalogueKernel, report: Report): void {
  const info = kernel.options.find(({ name }) => name === option.name);
  if (info === undefined) {
    const names = kernel.options.map(({ name }) => name);
    const known = names.length === 0 ? `${kernel.name} has none` : `they are ${names.join(', ')}`;
    const message = `${kernel.name} has no option \`${option.name}\`: ${known}.${didYouMean(option.name, names)}`;
    report.error('WALK113', { node: option, property: 'name' }, message);
    return;
  }
  const problem = valueProblem(option.value, info);
  if (problem !== null) report.error('WALK114', option.value, `\`${option.name}\` ${problem}.`);
}

function valueProblem(value: ast.OptionValue, info: KernelOptionInfo): string | null {
  switch (info.type) {
    case 'switch':
      return oneOf(value, ['on', 'off']);
    case 'word':
      return oneOf(value, info.words ?? []);
    case 'integer':
      return value.integer === undefined ? 'takes an integer' : outOfRange(parseInteger(value.integer), value, info);
    case 'size':
      return value.size === undefined && value.integer === undefined
        ? 'takes a size such as 64KiB or 4 pages'
        : outOfRange(sizeInBytes(value), value, info);
    case 'time':
      return timeProblem(value, info);
  }
}

function oneOf(value: ast.OptionValue, words: readonly string[]): string | null {
  const word = value.word ?? value.string;
  if (word !== undefined && words.includes(word)) return null;
  return `takes ${words.join(' or ')}${word === undefined ? '' : didYouMean(word, words).replace(/^ (.*)\?$/, '; $1')}`;
}

function timeProblem(value: ast.OptionValue, info: KernelOptionInfo): string | null {
  if (value.integer !== undefined) return outOfRange(parseInteger(value.integer), value, info);
  if (value.time === undefined) return 'takes a time such as 100us or 50 cycles';
  const us = microseconds(parseTime(value.time));
  return us === null ? null : outOfRange(us, value, info);
}

function outOfRange(magnitude: bigint, value: ast.OptionValue, { min, max }: KernelOptionInfo): string | null {
  const number = value.negative ? -magnitude : magnitude;
  const below = min !== undefined && number < BigInt(Math.ceil(min));
  const above = max !== undefined && number > BigInt(Math.floor(max));
  if (!below && !above) return null;
  const from = min === undefined ? '' : ` from ${String(min)}`;
  const to = max === undefined ? '' : ` up to ${String(max)}`;
  return `is ${String(number)}, out of its range${from}${to}`;
}
