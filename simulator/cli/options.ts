/** Flags that several commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { presets } from '../hardware/machine-config.ts';
import { kernels } from '../kernels/registry.ts';
import { nearestName } from '../language/checks/nearest.ts';
import { replayOrder } from '../recording/order/replay-order.ts';
import type { ReplaySettings } from '../recording/order/replay-state.ts';
import { defaultLimits } from '../session/moves/simulation.ts';

export interface RunOptions {
  readonly kernel?: string;
  readonly machine?: string;
  readonly seed?: number;
  readonly order?: Pick<ReplaySettings, 'order' | 'quantum'>;
  readonly strict?: boolean;
  readonly steps?: number;
  readonly statements?: number;
}

const kernelOption = (): Option =>
  new Option('--kernel <name>', 'kernel, where the file names none').argParser(kernelName);

export const orderOption = (): Option =>
  new Option('--order <order>', 'recordings: child-first, parent-first or "round-robin N"').argParser(order);

/** `instead` stands for the choice of one kernel. */
export function addRunOptions(
  command: Command,
  instead: { readonly kernel: Option } = { kernel: kernelOption() },
): Command {
  return command
    .addOption(instead.kernel)
    .addOption(new Option('--machine <preset>', 'machine, where the file names none').choices(Object.keys(presets)))
    .addOption(new Option('--seed <n>', "seed of every random choice, instead of the file's own").argParser(seed))
    .addOption(orderOption())
    .option('--strict', 'recordings: stop at the first call that would have to be emulated')
    .addOption(bound('--steps <n>', 'micro-steps', defaultLimits.steps))
    .addOption(bound('--statements <n>', 'statements and rounds of loops', defaultLimits.statements));
}

function bound(flag: string, what: string, most: number): Option {
  return new Option(flag, `stop a run after that many ${what} (${most.toLocaleString('en')})`).argParser(positive);
}

function kernelName(text: string): string {
  const names = kernels.map(({ name }) => name);
  if (names.includes(text)) return text;
  const near = nearestName(text, names) ?? names.find((name) => name.startsWith(text));
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new InvalidArgumentError(`There is no such kernel.${hint} Kernels: ${names.join(', ')}.`);
}

/** `a,b@PRESET,…`, each once. */
export function kernelList(text: string): string[] {
  const names = text.split(',').map((part) => part.trim());
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new InvalidArgumentError(`${repeated} is named twice.`);
  for (const name of names) {
    const [kernel = '', preset] = name.split('@');
    kernelName(kernel);
    if (preset === undefined || Object.hasOwn(presets, preset)) continue;
    throw new InvalidArgumentError(`There is no machine ${preset}. Machines: ${Object.keys(presets).join(', ')}.`);
  }
  return names;
}

function order(text: string): Pick<ReplaySettings, 'order' | 'quantum'> {
  const known = replayOrder(text);
  if (known !== null) return known;
  throw new InvalidArgumentError('Use child-first, parent-first or "round-robin N", with N accesses a turn.');
}

export function positive(text: string): number {
  return wholeNumber(text, 1, Number.MAX_SAFE_INTEGER);
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

/** `X,Y`. */
export function clusterPlace(text: string): readonly [x: number, y: number] {
  const match = /^\(?(\d{1,3}),\s*(\d{1,3})\)?$/.exec(text);
  if (match !== null) return [Number(match[1]), Number(match[2])];
  throw new InvalidArgumentError('Use X,Y, for example 1,0.');
}
