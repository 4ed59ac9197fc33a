/** Words of page tables: made, written, and named as a process's root. */
import { addCycles, pageTableRoot, setPageTableRoot } from '../../hardware/core.ts';
import { latency } from '../../hardware/interconnect.ts';
import { leafWords, linkWords } from '../../hardware/layouts/build-entry.ts';
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import type { LevelFormat } from '../../hardware/layouts/paging-format.ts';
import { softwareBitsOf } from '../../hardware/layouts/software-bits.ts';
import type { Machine } from '../../hardware/machine.ts';
import { rawEntry } from '../../hardware/page-table-walker.ts';
import { clusterOfPpn, writeBytes } from '../../hardware/physical-memory.ts';
import { scanTable } from '../../hardware/table-scan.ts';
import { invalidateCoherent } from '../../hardware/tlb.ts';
import { noteRemote } from '../../hardware/translation.ts';
import { emit } from '../../hardware/trace-event.ts';
import { hex, ppnOf, type Ppn } from '../../hardware/word.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { refuse } from '../../execution/refusal.ts';
import type { Protection } from '../view.ts';
import { Own } from './events.ts';
import { isGiven, isLive, markTable } from './frames.ts';
import { currentProcess, type BareState, type Here, type Process } from './state.ts';

const flag = (name: string, doc: string, value = false) =>
  ({ name, type: { kind: 'boolean' }, default: value, doc }) as const;

interface LeafArgs {
  readonly ppn: Ppn;
  readonly rights: Protection;
  readonly user: boolean;
  readonly global: boolean;
  readonly level: number;
  readonly accessed: boolean;
  readonly dirty: boolean;
  readonly soft: number;
}

export const leaf = kernelFunction(
  {
    name: 'leaf',
    section: '13.5',
    doc: 'The word of an entry that maps a page, in the machine’s own format, as `raw` has it. Without rights the entry is not present.',
    parameters: [
      { name: 'ppn', type: { kind: 'ppn' } },
      { name: 'rights', type: { kind: 'protection' } },
      flag('user', 'user mode may use it', true),
      flag('global', 'it survives a change of the root'),
      { name: 'level', type: { kind: 'integer' }, default: 1, doc: '1 for a page of 4 KiB; higher ones for big pages' },
      flag('accessed', 'as if it had been used'),
      flag('dirty', 'as if it had been written'),
      {
        name: 'soft',
        type: { kind: 'integer' },
        default: 0,
        doc: 'the software bits, from the lowest on; the lowest is `.cow`',
      },
    ],
    result: { kind: 'u64' },
    errors: ['BAD_ENTRY'],
    steps: { 1: 'a level without pages, or what the format cannot say: BAD_ENTRY; else the word' },
  },
  function* (here: Here, { ppn, rights, level: number, ...bits }: LeafArgs) {
    if (here.step('1')) yield;
    const format = pagingFormat(here.machine.config.paging);
    const level = format.levels[format.levels.length - number];
    const words = level === undefined ? null : leafWords(format, level, { ppn, ...rights, ...bits });
    if (level === undefined || words === null)
      return refuse(here, 'BAD_ENTRY', whyNoLeaf(level, number, ppn, bits.soft));
    return rawEntry(here.machine, level.words === 1 ? [words[0]] : words);
  },
);

function whyNoLeaf(level: LevelFormat | undefined, number: number, ppn: Ppn, soft: number): string {
  const page = level?.page ?? null;
  if (page === null) return `tables of level ${String(number)} hold no pages on this machine`;
  const bits = softwareBitsOf(page.layout).length;
  if (soft < 0 || soft >= 2 ** bits) return `soft: ${String(soft)} does not fit ${String(bits)} software bits`;
  if (ppn % 2 ** (level as LevelFormat).shift !== 0)
    return `a page of that level begins at a multiple of ${String(2 ** (level as LevelFormat).shift)} frames, not at ${hex(ppn)}`;
  return `the format reserves these rights, or has no place for frame ${hex(ppn)}`;
}

export const link = kernelFunction(
  {
    name: 'link',
    section: '13.5',
    doc: 'The word of an entry that points to the next table; it grants every right, so that the leaf alone decides.',
    parameters: [{ name: 'pa', type: { kind: 'u64' }, doc: 'the physical address of the table' }],
    result: { kind: 'u64' },
    errors: ['BAD_ADDRESS'],
    steps: { 1: 'an address that is no frame’s: BAD_ADDRESS; else the word' },
  },
  function* (here: Here, { pa }: { pa: bigint }) {
    if (here.step('1')) yield;
    const { machine, kernel } = here;
    const ppn = tableAt(here, pa);
    if (typeof ppn === 'string') return ppn;
    const format = pagingFormat(machine.config.paging);
    const words = linkWords(format, ppn);
    if (words === null) return refuse(here, 'BAD_ADDRESS', `an entry has no place for the table at ${hex(Number(pa))}`);
    markTable(kernel, machine, ppn);
    return rawEntry(machine, format.levels[0]?.words === 1 ? [words[0]] : words);
  },
);

/** The frame of a table, or the error. */
function tableAt(here: Here, pa: bigint): Ppn | 'BAD_ADDRESS' {
  const address = Number(pa);
  const ppn = ppnOf(address);
  if (address % 4096 !== 0) return refuse(here, 'BAD_ADDRESS', `a table begins at a page, not at ${hex(address)}`);
  if (isGiven(here.kernel, here.machine, ppn)) return ppn;
  return refuse(here, 'BAD_ADDRESS', `${hex(address)} is in no frame that frame_alloc gave`);
}

export const poke = kernelFunction(
  {
    name: 'poke',
    section: '13.5',
    doc: 'Writes a value to physical memory: how entries get into tables.',
    parameters: [
      { name: 'pa', type: { kind: 'u64' }, doc: 'the physical address' },
      { name: 'value', type: { kind: 'u64' } },
      {
        name: 'size',
        type: { kind: 'integer' },
        optional: true,
        values: [1, 2, 4, 8],
        doc: 'default the machine’s word',
      },
    ],
    errors: ['BAD_ADDRESS', 'BAD_VALUE'],
    steps: {
      1: 'no given frame there, or across its end: BAD_ADDRESS',
      2: 'a value that needs more bytes: BAD_VALUE',
      3: 'write it; a machine with coherent TLBs drops what it had of an entry there',
    },
  },
  function* (here: Here, { pa, value, size }: { pa: bigint; value: bigint; size?: number }) {
    const { machine, kernel, core, cluster } = here;
    const bytes = size ?? pagingFormat(machine.config.paging).wordBytes;
    const address = Number(pa);
    if (here.step('1')) yield;
    const ppn = ppnOf(address);
    if (!isGiven(kernel, machine, ppn))
      return refuse(here, 'BAD_ADDRESS', `${hex(address)} is in no frame that frame_alloc gave`);
    if (address % bytes !== 0)
      return refuse(
        here,
        'BAD_ADDRESS',
        `${hex(address)} is not a multiple of the ${String(bytes)} bytes that are written`,
      );
    if (here.step('2')) yield;
    if (value < 0n || value >= 2n ** BigInt(8 * bytes))
      return refuse(here, 'BAD_VALUE', `0x${value.toString(16)} needs more than ${String(bytes)} bytes`);
    if (here.step('3')) yield;
    writeBytes(
      machine,
      address,
      Uint8Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn)),
    );
    addCycles(machine, core, latency(machine.config, cluster, Math.max(0, clusterOfPpn(machine, ppn))));
    noteRemote(machine, core, ppn);
    emit(machine, Own.poke, cluster, { pa: address, value, bytes });
    if (pagingFormat(machine.config.paging).areTlbsCoherent) dropCoherent(kernel, machine, address);
    return undefined;
  },
);

/** The coherence hardware: an entry that is written leaves the TLBs of all cores that run on its table. */
function dropCoherent({ processes }: BareState, machine: Machine, address: number): void {
  for (const root of new Set(processes.filter(isLive).map(({ root }) => root as Ppn))) {
    for (const table of scanTable(machine, root).tables) {
      const level = pagingFormat(machine.config.paging).levels[table.level - 1] as LevelFormat;
      const index = Math.floor((address - table.address) / (level.words * 4));
      if (index < 0 || index >= 2 ** level.indexBits) continue;
      const first = table.firstVpn + index * 2 ** level.shift;
      for (let vpn = first; vpn < first + 2 ** level.shift; vpn++) invalidateCoherent(machine, root, vpn);
    }
  }
}

export const set_root = kernelFunction(
  {
    name: 'set_root',
    section: '13.5',
    doc: 'Gives a process its page table: its cores use it from now on. Entries of their TLBs go, except global ones.',
    parameters: [
      { name: 'pa', type: { kind: 'u64' }, doc: 'the physical address of the root table' },
      { name: 'of', type: { kind: 'process' }, optional: true, doc: 'the current process unless named' },
    ],
    errors: ['BAD_ADDRESS', 'NO_PROCESS'],
    steps: { 1: 'nobody’s table: NO_PROCESS', 2: 'no frame there: BAD_ADDRESS', 3: 'load the root register' },
  },
  function* (here: Here, { pa, of }: { pa: bigint; of?: Process }) {
    const { machine, kernel } = here;
    if (here.step('1')) yield;
    const process = of ?? currentProcess(here);
    if (process === null)
      return refuse(here, 'NO_PROCESS', 'outside `as` there is no current process: say whose table it is with of:');
    if (here.step('2')) yield;
    const ppn = tableAt(here, pa);
    if (typeof ppn === 'string') return ppn;
    const { levels } = pagingFormat(machine.config.paging);
    const root = levels[0] as LevelFormat;
    const frames = Math.max(1, (2 ** root.indexBits * root.words * 4) / 4096);
    if (ppn % frames !== 0 || !isGiven(kernel, machine, ppn + frames - 1))
      return refuse(
        here,
        'BAD_ADDRESS',
        `a ${root.name} of this machine has ${String(frames)} frames: take them with frame_alloc(order: ${String(Math.log2(frames))})`,
      );
    if (here.step('3')) yield;
    process.root = ppn;
    markTable(kernel, machine, ppn);
    for (const core of coresOf(kernel, process))
      if (pageTableRoot(machine, core) !== ppn) setPageTableRoot(machine, core, ppn);
    emit(machine, Own.setRoot, here.cluster, { process: process.owner, root: ppn });
    return undefined;
  },
);

/** Those on which its threads live. */
export function coresOf({ threads }: BareState, process: Process): readonly number[] {
  return [...new Set(threads.filter((thread) => thread.alive && thread.process === process).map(({ core }) => core))];
}
