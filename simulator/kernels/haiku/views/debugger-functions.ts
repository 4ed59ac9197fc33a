/** 4.28 to 4.37: the debugger's functions as scenarios call them; each line printed is one step. */
import { printLine } from '../../../hardware/terminal.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import {
  aspaceLines, aspaceListLines, cacheLines, cacheRefLines, memoryLines, regionLines, regionListLines, runCommand,
} from './debugger.ts'; // prettier-ignore
import type { Here, Steps, VmAddressSpace, VmCacheRef, VmRegion } from '../base/state.ts';

function* print(here: Here, lines: readonly string[]): Steps<void> {
  for (const line of lines) {
    if (here.step('1')) yield;
    printLine(here.machine, line);
  }
}

const steps = { 1: 'print a line' } as const;
const argument: Parameter = {
  name: 'argument',
  type: { kind: 'any' },
  optional: true,
  doc: 'an id, an address or a name; left out: not enough arguments',
};

/** Numbers are written as the debugger reads them. */
function argumentText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null) return '0x0';
  return typeof value === 'bigint' || typeof value === 'number' ? `0x${value.toString(16)}` : '';
}

function command(name: string, section: string, word: string, doc: string) {
  return kernelFunction(
    { name, section, doc, parameters: [argument], errors: [], steps },
    function* (here: Here, args: { argument?: unknown }): Steps<void> {
      yield* print(here, runCommand(here.kernel, here.machine, `${word} ${argumentText(args.argument)}`) ?? []);
    },
  );
}

function list(name: string, section: string, doc: string, lines: (here: Here) => readonly string[]) {
  return kernelFunction({ name, section, doc, parameters: [], errors: [], steps }, function* (here: Here): Steps<void> {
    yield* print(here, lines(here));
  });
}

const display_mem = kernelFunction(
  {
    name: 'display_mem',
    section: '4.28',
    doc: 'Shows kernel memory as bytes, shorts or words.',
    parameters: [
      { name: 'command', type: { kind: 'string' }, doc: 'db, ds or dw' },
      { name: 'address', type: { kind: 'address' }, optional: true },
      { name: 'count', type: { kind: 'integer' }, default: 1 },
    ],
    errors: [],
    steps,
  },
  function* (here: Here, args: { command: string; address?: number; count: number }): Steps<void> {
    const words = args.address === undefined ? [] : [String(args.address), String(args.count)];
    yield* print(here, memoryLines(here.kernel, here.machine, args.command, words));
  },
);

const _dump_region = kernelFunction(
  {
    name: '_dump_region',
    section: '4.32',
    doc: 'Prints a region.',
    parameters: [{ name: 'region', type: { kind: 'object', type: 'vm_region' } }],
    errors: [],
    steps,
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<void> {
    yield* print(here, regionLines(region));
  },
);

const _dump_aspace = kernelFunction(
  {
    name: '_dump_aspace',
    section: '4.35',
    doc: 'Prints an address space and its regions.',
    parameters: [{ name: 'aspace', type: { kind: 'object', type: 'vm_address_space' } }],
    errors: [],
    steps,
  },
  function* (here: Here, { aspace }: { aspace: VmAddressSpace }): Steps<void> {
    yield* print(here, aspaceLines(aspace));
  },
);

function ofCache(name: 'dump_cache_ref' | 'dump_cache', section: string, word: string, doc: string) {
  return kernelFunction(
    { name, section, doc, parameters: [argument], errors: [], steps },
    function* (here: Here, args: { argument?: unknown }): Steps<void> {
      const ref = refOf(args.argument);
      const lines =
        ref === null
          ? runCommand(here.kernel, here.machine, `${word} ${argumentText(args.argument)}`)
          : name === 'dump_cache'
            ? cacheLines(here.kernel, ref)
            : cacheRefLines(ref);
      yield* print(here, lines ?? []);
    },
  );
}

/** A cache_ref or a cache may be passed itself. */
function refOf(value: unknown): VmCacheRef | null {
  if (typeof value !== 'object' || value === null) return null;
  const object = ('object' in value ? value.object : value) as { type?: string; ref?: VmCacheRef | null };
  if (object.type === 'vm_cache_ref') return object as VmCacheRef;
  return object.type === 'vm_cache' ? (object.ref ?? null) : null;
}

export const debuggerFunctions = [
  display_mem,
  ofCache('dump_cache_ref', '4.29', 'cache_ref', 'Prints a cache_ref and its regions.'),
  ofCache('dump_cache', '4.31', 'cache', 'Prints a cache and its pages.'),
  _dump_region,
  command('dump_region', '4.33', 'region', 'Prints the region of an id, or all of a name.'),
  list('dump_region_list', '4.34', 'Prints all regions.', ({ kernel }) => regionListLines(kernel)),
  _dump_aspace,
  command('dump_aspace', '4.36', 'aspace', 'Prints the address space of an id, or all of a name.'),
  list('dump_aspace_list', '4.37', 'Prints all address spaces.', ({ kernel }) => aspaceListLines(kernel)),
];
