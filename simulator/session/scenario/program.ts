import { addFile } from '../../hardware/block-device.ts';
import { clusterIndex } from '../../hardware/machine-config.ts';
import type { MachineConfig } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import { commonOperations, observations, scenarioFunctions } from '../../kernels/common-operations.ts';
import type { Kernel } from '../../kernels/bound-kernel.ts';
import { type Bounds, boundText, raiseHint, sizeText } from './bounds.ts';
import type { KernelFunction } from '../../execution/activation.ts';
import type { DefTable } from './def-table.ts';
import { ScenarioFailure } from './scenario-failure.ts';
import type { FileDeclaration, PlaceLiteral, Scenario, SourceRange, Statement } from './scenario.ts';

/** Bytes of files that a scenario names (`load`, `from`, `replay`), by the path as it is written there. */
export type Assets = Readonly<Record<string, Uint8Array>>;

/** A scenario made ready to run on one kernel and one machine: everything that does not change during a run. */
export interface Program {
  readonly scenario: Scenario;
  readonly kernel: Kernel;
  /** Neither the file nor whoever launched it names the kernel. */
  readonly isDefaultKernel: boolean;
  readonly config: MachineConfig;
  readonly options: Readonly<Record<string, number | string>>;
  readonly assets: Assets;
  readonly bounds: Bounds;
  readonly blocks: BlockTable;
  readonly functions: ReadonlyMap<string, KernelFunction<never, unknown>>;
  readonly defs: DefTable;
  /** Clusters of page caches of programs (`/bin/NAME`) that a `file` declaration places. */
  readonly imageClusters: ReadonlyMap<string, number>;
}

/** Statement lists by number, so that the interpreter's state can name them as data. */
export class BlockTable {
  private readonly blocks: (readonly Statement[])[] = [];
  private readonly numbers = new Map<readonly Statement[], number>();

  numberOf(block: readonly Statement[]): number {
    const known = this.numbers.get(block);
    if (known !== undefined) return known;
    this.numbers.set(block, this.blocks.length);
    return this.blocks.push(block) - 1;
  }

  at(number: number): readonly Statement[] {
    const block = this.blocks[number];
    if (block === undefined) throw new Error(`internal: there is no block ${number}`);
    return block;
  }
}

/** Every statement list gets its number now, so that the numbers do not depend on the order of execution. */
export function numberBlocks(table: BlockTable, block: readonly Statement[]): void {
  table.numberOf(block);
  for (const statement of block) {
    for (const inner of innerBlocks(statement)) numberBlocks(table, inner);
  }
}

export function innerBlocks(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'as':
    case 'for':
    case 'for-list':
    case 'repeat':
    case 'while':
      return [statement.body];
    case 'if':
    case 'on':
      return statement.else === null ? [statement.then] : [statement.then, statement.else];
    case 'parallel':
      return statement.blocks.map((block) => block.body);
    case 'explore':
      return [...statement.blocks.map((block) => block.body), ...(statement.then === null ? [] : [statement.then])];
    default:
      return [];
  }
}

/** A kernel's own functions by name and alias. */
export function functionTable(kernel: Kernel): Map<string, KernelFunction<never, unknown>> {
  const table = new Map<string, KernelFunction<never, unknown>>();
  for (const entry of kernel.functions) {
    for (const alias of entry.info.aliases ?? []) table.set(alias, entry);
  }
  for (const entry of kernel.functions) table.set(entry.info.name, entry);
  return table;
}

const operationTable = new Map<string, FunctionInfo>(commonOperations.map((info) => [info.name, info]));
const observationTable = new Map<string, FunctionInfo>(observations.map((info) => [info.name, info]));

export function commonOperation(name: string): FunctionInfo | null {
  return operationTable.get(name) ?? null;
}

export function scenarioFunction(name: string): FunctionInfo {
  const info = scenarioFunctions.find((one) => one.name === name);
  if (info === undefined) throw new Error(`internal: no function ${name}`);
  return info;
}

export function observation(name: string): FunctionInfo | null {
  return observationTable.get(name) ?? null;
}

/** Puts the declared files on the machine's disk. */
export function placeFiles(machine: Machine, scenario: Scenario, assets: Assets): void {
  for (const file of scenario.files) {
    const contents = fileContents(file, assets);
    if (contents === null) continue;
    const cluster = file.place === null ? 0 : clusterOfPlace(machine.config, file.place);
    addFile(machine, { name: file.name, cluster, ...contents });
  }
}

type Contents = Pick<Parameters<typeof addFile>[1], 'size' | 'contents'>;

/** Null for a declaration that only places a program's page cache. */
function fileContents(file: FileDeclaration, assets: Assets): Contents | null {
  if (file.from !== undefined) {
    const bytes = assetBytes(assets, file.from, file.range);
    return { size: file.size ?? bytes.length, contents: { kind: 'bytes', bytes } };
  }
  if (file.text !== undefined) {
    const bytes = bytesOfText(file.text);
    return { size: file.size ?? bytes.length, contents: { kind: 'bytes', bytes } };
  }
  if (file.size === undefined && file.fill === undefined) return null;
  return { size: file.size ?? 0, contents: { kind: 'fill', byte: file.fill ?? 0 } };
}

export function assetBytes(assets: Assets, path: string, range: SourceRange): Uint8Array {
  const bytes = Object.hasOwn(assets, path) ? assets[path] : undefined;
  if (bytes === undefined) throw new ScenarioFailure('WALK226', `the file ${path} could not be read`, range);
  return bytes;
}

/** Whole pages, and not more than the host can hold. `name` is `code` or `data`. */
export function requirePartSize(name: string, size: bigint | number, range: SourceRange, bounds: Bounds): number {
  const bytes = BigInt(size);
  if (bytes < 0n || bytes % 4096n !== 0n)
    throw new ScenarioFailure(
      'WALK225',
      `${name} must be whole pages of 4096 bytes, not ${String(bytes)} bytes`,
      range,
    );
  if (bytes <= BigInt(bounds.programSize)) return Number(bytes);
  const most = boundText('programSize', bounds.programSize);
  const message = `${name} of ${sizeText(Number(bytes))} is more than the ${most} that it may have; use a smaller size, or ${raiseHint('programSize', bounds)}`;
  throw new ScenarioFailure('WALK225', message, range);
}

/** UTF-8, except that U+DC80 to U+DCFF stand for the bytes that were written as `\x80` to `\xff`. */
export function bytesOfText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code >= 0xdc80 && code < 0xdd00) bytes.push(code - 0xdc00);
    else bytes.push(...utf8(code));
  }
  return Uint8Array.from(bytes);
}

function utf8(code: number): number[] {
  const tail = (shift: number): number => 0x80 | ((code >>> shift) & 0x3f);
  if (code < 0x800) return [0xc0 | (code >>> 6), tail(0)];
  if (code < 0x1_0000) return [0xe0 | (code >>> 12), tail(6), tail(0)];
  return [0xf0 | (code >>> 18), tail(12), tail(6), tail(0)];
}

/** A place outside the machine is a failure at the place. */
export function clusterOfPlace(config: MachineConfig, place: PlaceLiteral): number {
  const { width, height } = config.mesh;
  if (place.x >= width || place.y >= height || place.x < 0 || place.y < 0) {
    const message = `there is no cluster (${place.x},${place.y}) in a mesh of ${width}x${height}; x goes to ${width - 1}, y to ${height - 1}`;
    throw new ScenarioFailure('WALK222', message, place.range);
  }
  return clusterIndex(config, place.x, place.y);
}

export function coreOfPlace(config: MachineConfig, place: PlaceLiteral): number {
  const core = place.core ?? 0;
  if (core < 0 || core >= config.coresPerCluster) {
    const message = `there is no core ${core} in a cluster of ${config.coresPerCluster}; cores count from 0`;
    throw new ScenarioFailure('WALK222', message, place.range);
  }
  return clusterOfPlace(config, place) * config.coresPerCluster + core;
}
