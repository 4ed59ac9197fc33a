/** Declarations of the syntax tree (section 3) as plain data. The tree is one that the checks found no error in. */
import type {
  FileDeclaration,
  KernelDeclaration,
  KernelOption,
  Located,
  MachineDeclaration,
  PlaceLiteral,
} from '../session/scenario/scenario.ts';
import type * as ast from './generated/ast.ts';
import { microseconds, parseInteger, parseMesh, parseSize, parseTime, sizeInBytes } from './literals.ts';
import type { ExpressionLowering } from './lower-expression.ts';

type MutableMachine = { -readonly [K in keyof MachineDeclaration]: MachineDeclaration[K] };

export function lowerMachine(node: ast.MachineDeclaration, lowering: ExpressionLowering): MachineDeclaration {
  const machine: MutableMachine = { preset: node.preset, range: lowering.range(node) };
  for (const setting of node.settings) applySetting(machine, setting, lowering);
  return machine;
}

function applySetting(machine: MutableMachine, setting: ast.Setting, lowering: ExpressionLowering): void {
  const located = <T>(value: T, property: string): Located<T> => ({
    value,
    range: lowering.propertyRange(setting, property),
  });
  switch (setting.$type) {
    case 'MeshSetting':
      machine.mesh = located(parseMesh(setting.mesh), 'mesh');
      return;
    case 'CoresSetting':
      machine.cores = located(integer(setting.count), 'count');
      return;
    case 'MemorySetting':
      machine.memory = located(sizeOf(setting.size), 'size');
      return;
    case 'PagingSetting':
      machine.paging = located(setting.paging, 'paging');
      return;
    case 'TlbSetting':
      machine.tlb = { value: tlbGeometry(setting), range: lowering.range(setting) };
      return;
    case 'CostSetting':
      machine.cost = [...(machine.cost ?? []), ...setting.entries.map((entry) => cost(entry, lowering))];
      return;
    case 'SeedSetting':
      machine.seed = located(integer(setting.seed), 'seed');
  }
}

function tlbGeometry(setting: ast.TlbSetting): { readonly sets?: number; readonly ways?: number } {
  return Object.fromEntries(setting.entries.map((entry) => [entry.name, integer(entry.value)]));
}

function cost(entry: ast.NumberEntry, lowering: ExpressionLowering): Located<number> & { readonly name: string } {
  return { name: entry.name, value: integer(entry.value), range: lowering.range(entry) };
}

export function lowerKernel(node: ast.KernelDeclaration, lowering: ExpressionLowering): KernelDeclaration {
  return {
    name: node.name,
    options: node.options.map((option) => lowerOption(option, lowering)),
    range: lowering.range(node),
  };
}

function lowerOption(node: ast.Option, lowering: ExpressionLowering): KernelOption {
  const { value } = node;
  const named = { name: node.name, range: lowering.range(node) };
  const sign = value.negative ? -1 : 1;
  if (value.integer !== undefined) return { ...named, value: sign * integer(value.integer) };
  if (value.size !== undefined) return { ...named, value: sign * Number(parseSize(value.size)), unit: 'bytes' };
  if (value.time !== undefined) {
    const time = parseTime(value.time);
    const us = microseconds(time);
    return us === null
      ? { ...named, value: sign * Number(time.value), unit: 'cycles' }
      : { ...named, value: sign * Number(us), unit: 'us' };
  }
  return { ...named, value: value.string ?? value.word ?? '' };
}

export function lowerFile(node: ast.FileDeclaration, lowering: ExpressionLowering): FileDeclaration {
  const file: { -readonly [K in keyof FileDeclaration]: FileDeclaration[K] } = {
    name: node.name,
    place: node.place === undefined ? null : lowerPlace(node.place, lowering),
    range: lowering.range(node),
  };
  for (const item of node.items) {
    if (item.$type === 'FileSize') file.size = sizeOf(item.size);
    else if (item.$type === 'FileFill') file.fill = integer(item.fill);
    else if (item.$type === 'FileText') file.text = item.text;
    else file.from = item.path;
  }
  return file;
}

function lowerPlace(node: ast.Place, lowering: ExpressionLowering): PlaceLiteral {
  return {
    x: integer(node.x),
    y: integer(node.y),
    ...(node.core === undefined ? {} : { core: integer(node.core) }),
    range: lowering.range(node),
  };
}

/** Bytes of a size in a declaration or a process image; a bare integer counts bytes. */
export function sizeOf(node: ast.Size): number {
  return Number(sizeInBytes(node));
}

function integer(text: string): number {
  return Number(parseInteger(text));
}
