/** What hovering over words of the tables says: settings, errors, injections, daemons, words of parameters. */
import { countedShapes } from '../../hardware/event-shapes.ts';
import type { CountedName, EventShape } from '../../hardware/event-shapes.ts';
import { commonInjections } from '../../kernels/common-operations.ts';
import type { ValueType } from '../../execution/function-info.ts';
import { standsFor } from '../catalogue.ts';
import type { MachineConfig, Vocabulary } from '../catalogue.ts';
import { isProtectionWord } from '../expected-type.ts';
import { listed } from '../value-kinds.ts';

const tlbDocs: Readonly<Record<keyof MachineConfig['tlb'], string>> = {
  sets: 'Sets of each TLB of a core: a power of two.',
  ways: 'Entries in a set of each TLB: how many pages with the same set index it holds at once.',
};

export const costDocs: Readonly<Record<keyof MachineConfig['cost'], string>> = {
  T_L1: 'Cycles of an access that hits the first-level cache, TLB hit included.',
  T_L2: 'Cycles of an access that the core’s own cluster serves.',
  NIF: 'Cycles in the network interface, in each direction.',
  HOP: 'Cycles of one hop in the mesh, in each direction.',
  T_EXC: 'Cycles to enter an exception.',
  T_ERET: 'Cycles to return from an exception.',
  T_STEP: 'Cycles of one numbered step of a kernel function.',
  T_IOC: 'Cycles to read or write one page of the disk, DMA included.',
  RPC_DISPATCH: 'Cycles until a server has taken an RPC from its queue.',
  RPC_WAKE: 'Cycles to wake the thread that waits for an RPC’s answer.',
  RPC_RETRY: 'Cycles that a client waits before it tries a full RPC queue again.',
  T_IPI: 'Cycles of one core’s part in a TLB shootdown, beside its two trips through the network.',
  PAGE_LINES: 'Cache lines in a page: how many latencies it takes to zero or to copy one.',
  CYCLES_PER_US: 'Cycles in a microsecond.',
};

export function describeEntry(name: string, of: 'tlb' | 'cost', { catalogue }: Vocabulary): string | null {
  const docs: Readonly<Record<string, string>> = of === 'tlb' ? tlbDocs : costDocs;
  const doc = Object.hasOwn(docs, name) ? docs[name] : undefined;
  if (doc === undefined) return null;
  const defaults = Object.entries(catalogue.presets).map(
    ([preset, config]) => [preset, (config[of] as Readonly<Record<string, number>>)[name]] as const,
  );
  const [first] = defaults;
  const isOne = defaults.every(([, value]) => value === first?.[1]);
  const values = isOne
    ? `\`${String(first?.[1])}\``
    : defaults.map(([preset, value]) => `\`${String(value)}\` on ${preset}`).join(', ');
  return `${doc}\n\nDefault: ${values}.`;
}

const commonErrorDocs: Readonly<Record<string, string>> = {
  SEGV: 'An access that the kernel refuses: no region is there, or the region does not allow it.',
  BUS: 'An access inside a region whose page the kernel cannot supply.',
  OOM: 'There is no memory left.',
  NOT_SUPPORTED: 'The kernel does not have this operation.',
  PANIC: 'The kernel has stopped itself.',
  DEADLOCK: 'Every thread that could go on waits for another one.',
  EXPECTATION: 'An `expect` inside the blocks failed.',
  INVARIANT: 'An invariant of the kernel was broken.',
};

/** After `fails` and `kills`. */
export function describeError(name: string, vocabulary: Vocabulary): string | null {
  const common = Object.hasOwn(commonErrorDocs, name) ? commonErrorDocs[name] : undefined;
  const own = vocabulary.owners().flatMap(({ name: owner, errors, errorAliases, functions }) => {
    const aliases = Object.hasOwn(errorAliases, name) ? (errorAliases[name] ?? []) : [];
    if (!errors.includes(name) && aliases.length === 0) return [];
    const names = new Set(errors.includes(name) ? [name, ...aliases] : aliases);
    const callers = functions.filter(({ info }) => info.errors.some((error) => names.has(error)));
    const stands = aliases.length === 0 ? '' : ` (there ${listed(aliases.map((alias) => `\`${alias}\``))})`;
    const by = callers.length === 0 ? '' : `, of ${listed(callers.map(({ info }) => `\`${info.name}\``))}`;
    return [`Error of ${owner}${stands}${by}.`];
  });
  if (common === undefined && own.length === 0) return null;
  return [`\`${name}\`${common === undefined ? '' : `: ${common}`}`, ...own].join('\n\n');
}

export function describeInjection(name: string, vocabulary: Vocabulary): string | null {
  const own = vocabulary.owners().map(({ injections }) => injections);
  const docs = Object.assign({}, ...own, commonInjections) as Readonly<Record<string, string>>;
  return Object.hasOwn(docs, name) ? `Injection \`${name}\`: ${docs[name] ?? ''}` : null;
}

export function describeDaemon(name: string, vocabulary: Vocabulary): string | null {
  const owner = vocabulary.owners().find(({ daemons }) => Object.hasOwn(daemons, name));
  return owner === undefined ? null : `Daemon \`${name}\` of ${owner.name}: ${owner.daemons[name] ?? ''}`;
}

const countedDocs: Readonly<Record<CountedName, string>> = {
  access: 'A load, a store or a fetch of a core.',
  'tlb-hit': 'An access whose translation was in the TLB.',
  'tlb-miss': 'An access whose translation was not in the TLB.',
  'page-walk': 'The MMU read the page table for a translation.',
  'page-fault': 'The MMU refused an access, and the kernel made it possible.',
  'false-fault': 'A fault that another core had resolved in the meantime.',
  'cow-fault': 'A write to a page that was shared until written: the kernel gave the process a copy of its own.',
  segv: 'An access that the kernel refused.',
  'page-alloc': 'The frame allocator gave frames away.',
  'page-free': 'Frames came back to the frame allocator.',
  'page-zero': 'A frame was filled with zeros.',
  'page-copy': 'A frame was copied into another one.',
  'pte-set': 'An entry of a page table that maps a page was written.',
  'pte-clear': 'An entry of a page table that mapped a page was cleared.',
  'tlb-flush': 'A core dropped entries of its TLB.',
  rpc: 'One cluster asked another one to run a function. `rpc:NAME` counts those of one function.',
  'lock-wait': 'A thread had to wait for a lock.',
  'region-create': 'A region of an address space was made.',
  'region-remove': 'A region of an address space was removed.',
  'region-split': 'A region was cut in two.',
  'mapper-miss': 'A page of a file had to be read from the disk.',
  'remote-access': 'An access to memory of another cluster than the core’s own.',
  'page-out': 'A page was written back to its file.',
  'page-in': 'A page was read from its file.',
  oom: 'An operation found no memory.',
};

/** In `count("NAME")`. */
export function describeCounted(name: string, vocabulary: Vocabulary): string {
  if (Object.hasOwn(countedDocs, name)) {
    return `Event \`${name}\`: ${countedDocs[name as CountedName]}${fieldsOf(countedShapes[name as CountedName])}`;
  }
  const owner = vocabulary.owners().find(({ events }) => Object.hasOwn(events, name));
  return `Event \`${name}\`${owner === undefined ? '' : ` of ${owner.name}${fieldsOf(owner.events[name] ?? {})}`}`;
}

function fieldsOf(shape: EventShape): string {
  const fields = Object.keys(shape);
  return fields.length === 0 ? '' : `\n\nIt carries ${listed(fields.map((field) => `\`${field}\``))}.`;
}

const rights = { r: 'read', w: 'write', x: 'execute', u: 'user' } as const;

/** A word that a parameter takes: a protection, an access, a member of an enumeration. */
export function describeWord(word: string, type: ValueType): string {
  switch (type.kind) {
    case 'protection':
      return `\`${word}\`, protection: ${isProtectionWord(word) && word !== 'none' ? listed([...word].map((letter) => rights[letter as keyof typeof rights])) : 'no access'}`;
    case 'access':
      return `\`${word}\`, access: ${rights[word as keyof typeof rights]}`;
    case 'enumeration':
    case 'flags': {
      const [member, value] = Object.entries(type.members).find(([name]) => standsFor(word, name)) ?? [word, 0];
      const stands = member === word ? '' : ` stands for \`${member}\`,`;
      const number = value < 0 ? String(value) : `0x${value.toString(16)}`;
      return `\`${word}\`${stands === '' ? ',' : stands} ${type.kind === 'flags' ? 'flag' : 'value'} \`${number}\` of ${type.name}`;
    }
    default:
      return `\`${word}\`: ${type.kind}`;
  }
}
