/** What a sweep varies, and over which values: `--vary memory=4MiB..64MiB`. */
import { InvalidArgumentError } from 'commander';
import { defaultCost, presets } from '../../hardware/machine-config.ts';
import { kernels } from '../../kernels/registry.ts';
import { type Bounds, boundText, raiseHint, standardBounds } from '../../session/scenario/bounds.ts';
import { nearestName } from '../../language/checks/nearest.ts';
import { byteCount, sizeWord } from '../sizes.ts';

/** One thing that is varied; values as they were written, in the order of the runs. */
export interface Varied {
  readonly name: string;
  readonly values: readonly string[];
}

/** One run's settings, by name. */
export type Choice = Readonly<Record<string, string>>;

/** How a setting's values are read and how a range of them counts, unless `*` or `+` says so. */
type Kind = 'word' | 'mesh' | 'count' | 'power' | 'size';

const kinds: Readonly<Record<string, Kind>> = {
  kernel: 'word',
  machine: 'word',
  seed: 'count',
  mesh: 'mesh',
  cores: 'count',
  memory: 'size',
  paging: 'word',
  'tlb.sets': 'power',
  'tlb.ways': 'count',
  ...Object.fromEntries(Object.keys(defaultCost).map((name) => [`cost.${name}`, 'count' as const])),
};

export const variedNames: readonly string[] = Object.keys(kinds);

/** How many values one setting may have: no more than a sweep may have runs. */
type Most = Pick<Bounds, 'sweepRuns' | 'setting'>;

/** `NAME=VALUE,VALUE`, `NAME=FROM..TO`, `NAME=FROM..TO*FACTOR`, `NAME=FROM..TO+STEP`; `before` are those that were named already. */
export function varied(text: string, before: readonly Varied[] = [], most: Most = standardBounds): Varied[] {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) {
    const near = nearestName(name, variedNames);
    const hint = near === null ? '' : ` Did you mean ${near}?`;
    throw new InvalidArgumentError(
      `There is nothing to vary named ${name}.${hint} Use one of ${variedNames.join(', ')}.`,
    );
  }
  if (before.some((one) => one.name === name)) throw new InvalidArgumentError(`${name} is varied twice.`);
  const parts = at < 0 ? [] : text.slice(at + 1).split(',');
  const values = parts.flatMap((part) => valuesOf(part.trim(), name, kind, most));
  if (values.length === 0 || values.includes(''))
    throw new InvalidArgumentError(`Write ${name}=VALUE,VALUE,… or ${name}=FROM..TO.`);
  const seen = new Set<string>();
  const repeated = values.find((value) => seen.size === seen.add(value).size);
  if (repeated !== undefined) throw new InvalidArgumentError(`${name} is ${repeated} twice.`);
  return [...before, { name, values }];
}

function valuesOf(part: string, name: string, kind: Kind, most: Most): string[] {
  const range = /^(.+?)\.\.(.+?)(?:([*+])(.+))?$/.exec(part);
  if (range === null) {
    checkValue(part, name, kind);
    return [part];
  }
  if (kind === 'word' || kind === 'mesh') throw new InvalidArgumentError(`${name} has no ranges: list its values.`);
  const [, from = '', to = '', sign, by] = range;
  const end = numberOf(to, name, kind);
  const doubles = sign === '*' || (sign === undefined && kind !== 'count');
  const step = by === undefined ? (doubles ? 2 : 1) : numberOf(by, name, sign === '*' ? 'count' : kind);
  if (step < (doubles ? 2 : 1)) throw new InvalidArgumentError(`The values of ${part} would never end.`);
  const values: string[] = [];
  for (let value = numberOf(from, name, kind); value <= end; value = doubles ? value * step : value + step) {
    if (values.length === most.sweepRuns)
      throw new InvalidArgumentError(
        `${part} has more than ${boundText('sweepRuns', most.sweepRuns)} values: use a larger step, or ${raiseHint('sweepRuns', most)}.`,
      );
    values.push(kind === 'size' ? sizeWord(value) : String(value));
    if (value === 0 && doubles) break;
  }
  if (values.length === 0) throw new InvalidArgumentError(`${part} is empty: ${from} is more than ${to}.`);
  return values;
}

function checkValue(value: string, name: string, kind: Kind): void {
  if (kind === 'mesh') {
    if (!/^[1-9]\d*x[1-9]\d*$/.test(value)) throw new InvalidArgumentError(`mesh is WIDTHxHEIGHT, not ${value}.`);
  } else if (kind === 'word') {
    const known = { kernel: kernels.map((kernel) => kernel.name), machine: Object.keys(presets) }[name];
    if (known?.includes(value) === false)
      throw new InvalidArgumentError(`There is no ${name} ${value}. Use one of ${known.join(', ')}.`);
  } else numberOf(value, name, kind);
}

function numberOf(text: string, name: string, kind: Kind): number {
  const value = kind === 'size' ? byteCount(text) : /^\d+$/.test(text) ? Number(text) : null;
  if (value !== null && Number.isSafeInteger(value)) return value;
  const example = kind === 'size' ? 'a size such as 4MiB' : 'a whole number';
  throw new InvalidArgumentError(`${name} is ${example}, not ${text}.`);
}

/** Every combination; the last setting changes fastest. */
export function grid(settings: readonly Varied[]): Choice[] {
  return settings.reduce<Choice[]>(
    (choices, { name, values }) => choices.flatMap((choice) => values.map((value) => ({ ...choice, [name]: value }))),
    [{}],
  );
}

export function gridSize(settings: readonly Varied[]): number {
  return settings.reduce((size, { values }) => size * values.length, 1);
}
