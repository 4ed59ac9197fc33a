/** Flags that several commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { presets } from '../hardware/machine-config.ts';
import { kernels } from '../kernels/registry.ts';
import { nearestName } from '../language/checks/nearest.ts';
import { replayOrder } from '../recording/order/replay-order.ts';
import { defaultSettings, type ReplaySettings } from '../recording/order/replay-state.ts';
import { byteCount } from './sizes.ts';
import {
  type BoundName,
  boundFlag,
  boundNames,
  type Bounds,
  boundsFrom,
  boundTable,
  boundText,
  standardBounds,
} from '../session/scenario/bounds.ts';

/** Bounds are flags of their own: `--file-size` is `fileSize`. */
export interface RunOptions extends Partial<Record<BoundName, number>> {
  readonly kernel?: string;
  readonly machine?: string;
  readonly seed?: number;
  readonly order?: Pick<ReplaySettings, 'order' | 'quantum'>;
  readonly strict?: boolean;
}

export function boundsOf(options: RunOptions): Bounds {
  return boundsFrom('bounds', (name) => options[name] ?? standardBounds[name]);
}

/** How recordings are replayed. */
export function settingsOf({ order, strict }: RunOptions): ReplaySettings {
  return { ...defaultSettings, ...order, strict: strict === true };
}

const kernelOption = (): Option =>
  new Option('--kernel <name>', 'kernel, where the file names none').argParser(kernelName);

export const orderOption = (): Option =>
  new Option('--order <order>', 'recordings: child-first, parent-first or "round-robin N"').argParser(order);

interface Exceptions {
  /** Stands for the choice of one kernel. */
  readonly kernels?: Option;
  /** Bounds whose flag means something else to the command. */
  readonly without?: readonly BoundName[];
}

export function addRunOptions(command: Command, { kernels: several, without = [] }: Exceptions = {}): Command {
  command
    .addOption(several ?? kernelOption())
    .addOption(new Option('--machine <preset>', 'machine, where the file names none').choices(Object.keys(presets)))
    .addOption(new Option('--seed <n>', "seed of every random choice, instead of the file's own").argParser(seed))
    .addOption(orderOption())
    .option('--strict', 'recordings: stop at the first call that would have to be emulated');
  for (const name of boundNames) if (!without.includes(name)) command.addOption(boundOption(name));
  return command;
}

export function boundOption(name: BoundName): Option {
  const { unit, subject } = boundTable[name];
  const value = unit === 'bytes' ? '<size>' : '<n>';
  const option = new Option(
    `${boundFlag(name)} ${value}`,
    `bound: ${subject} (${boundText(name, standardBounds[name])})`,
  );
  return option.argParser({ bytes: size, seconds, count: positive }[unit]);
}

function kernelName(text: string): string {
  const known = kernels.map(({ name }) => name);
  if (known.includes(text)) return text;
  const near = nearestName(text, known) ?? known.find((name) => name.startsWith(text));
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new InvalidArgumentError(`There is no such kernel.${hint} Kernels: ${known.join(', ')}.`);
}

function names(text: string): string[] {
  const all = text.split(',').map((part) => part.trim());
  const repeated = all.find((name, index) => all.indexOf(name) !== index);
  if (repeated !== undefined) throw new InvalidArgumentError(`${repeated} is named twice.`);
  return all;
}

/** `a,b,…`, each once. */
export function plainKernelList(text: string): string[] {
  return names(text).map(kernelName);
}

/** `a,b@PRESET,…`, each once. */
export function kernelList(text: string): string[] {
  const all = names(text);
  for (const name of all) {
    const [kernel = '', preset] = name.split('@');
    kernelName(kernel);
    if (preset === undefined || Object.hasOwn(presets, preset)) continue;
    throw new InvalidArgumentError(`There is no machine ${preset}. Machines: ${Object.keys(presets).join(', ')}.`);
  }
  return all;
}

function order(text: string): Pick<ReplaySettings, 'order' | 'quantum'> {
  const known = replayOrder(text);
  if (known !== null) return known;
  throw new InvalidArgumentError('Use child-first, parent-first or "round-robin N", with N accesses a turn.');
}

export function positive(text: string): number {
  return wholeNumber(text, 1, Number.MAX_SAFE_INTEGER);
}

export function counting(text: string): number {
  return wholeNumber(text, 0, Number.MAX_SAFE_INTEGER);
}

/** `300`, `0.5`. */
function seconds(text: string): number {
  const value = /^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new InvalidArgumentError('Use a number of seconds above 0, for example 30 or 0.5.');
}

function seed(text: string): number {
  return wholeNumber(text, 0, 0xffff_ffff);
}

export function portNumber(text: string): number {
  return wholeNumber(text, 0, 65_535);
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Use a whole number from ${String(least)} to ${String(most)}.`);
}

/** Bytes: `1000000`, `64MiB`. */
function size(text: string): number {
  const value = byteCount(text);
  if (value !== null && value >= 1) return value;
  throw new InvalidArgumentError('Use a number of bytes, for example 1000000 or 64MiB.');
}

/** `X,Y`. */
export function clusterPlace(text: string): readonly [x: number, y: number] {
  const match = /^\(?(\d{1,3}),\s*(\d{1,3})\)?$/.exec(text);
  if (match !== null) return [Number(match[1]), Number(match[2])];
  throw new InvalidArgumentError('Use X,Y, for example 1,0.');
}
