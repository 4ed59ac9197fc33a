/**
 * What there is to tell of a run, and what each event says: one map from the kind of an event to its fields. The types of
 * emitters and readers, and the check that the tests make of every event, come from it.
 */
import type { Access } from './access.ts';
import type { FaultKind } from './access-status.ts';
import type { PhysicalAddress, Ppn, VirtualAddress, Vpn } from './word.ts';

/** What a field means, and so how it is shown. */
export interface FieldTypes {
  readonly address: VirtualAddress;
  readonly physical: PhysicalAddress;
  readonly vpn: Vpn;
  readonly ppn: Ppn;
  /** A whole entry of a page table, as `raw` of `pte` gives it. */
  readonly entry: bigint;
  /** Indexes in the machine. */
  readonly cluster: number;
  readonly core: number;
  /** Counter owner of a process; 0 is the kernel. */
  readonly process: number;
  readonly access: Access;
  readonly fault: FaultKind;
  readonly bytes: number;
  readonly count: number;
  /** A word of 32 bits, or flags: shown in hexadecimal. */
  readonly word: number;
  readonly flag: boolean;
  readonly text: string;
}

/** With `?` the value may be null. */
export type FieldType = keyof FieldTypes | `${keyof FieldTypes}?`;
export type EventShape = Readonly<Record<string, FieldType>>;
export type EventShapes = Readonly<Record<string, EventShape>>;

export type FieldValue = FieldTypes[keyof FieldTypes] | null;
type ValueOf<T extends FieldType> = T extends `${infer K extends keyof FieldTypes}?`
  ? FieldTypes[K] | null
  : FieldTypes[T & keyof FieldTypes];
export type FieldsOf<S extends EventShape> = { readonly [K in keyof S]: ValueOf<S[K]> };

const trapped = { va: 'address', access: 'access' } as const;
const block = { ppn: 'ppn', pages: 'count' } as const;
const filePage = { file: 'text', index: 'count', ppn: 'ppn' } as const;
const message = { rpc: 'text', id: 'count', client: 'cluster', server: 'cluster' } as const;
const table = { ...block, process: 'process?', root: 'ppn', level: 'count', start: 'address', end: 'address' } as const;
const range = { process: 'process', start: 'address', end: 'address' } as const;
/** `root` is the (first) frame of the root table. */
const mapping = { vpn: 'vpn', pages: 'count', ppn: 'ppn', root: 'ppn' } as const;

/** Counted, by the names that scenarios count by (walk language 7); the order gives their numbers. */
export const countedShapes = {
  access: { va: 'address', access: 'access', user: 'flag', pa: 'physical' },
  'tlb-hit': { vpn: 'vpn' },
  'tlb-miss': { vpn: 'vpn' },
  /** `levels`: how many tables were read. */
  'page-walk': { vpn: 'vpn', levels: 'count', found: 'flag' },
  'page-fault': trapped,
  'false-fault': { va: 'address' },
  'cow-fault': trapped,
  /** `reason` is the kernel's own name for it. */
  segv: { ...trapped, error: 'text', reason: 'text' },
  'page-alloc': block,
  'page-free': block,
  'page-zero': { ppn: 'ppn' },
  'page-copy': { from: 'ppn', to: 'ppn' },
  /** Leaf entries; `before` is 0 where nothing was. */
  'pte-set': { ...mapping, before: 'entry', after: 'entry' },
  /** `ppn` is the frame that was mapped. */
  'pte-clear': { ...mapping, before: 'entry' },
  /** Of one page of whatever size, of `pages` of them, or of everything (`vpn` null); `global` entries too, or not. */
  'tlb-flush': { core: 'core', vpn: 'vpn?', pages: 'count', side: 'text', global: 'flag' },
  /** Asked: the request stands in the server's queue. */
  rpc: message,
  'lock-wait': { lock: 'text', mode: 'text', holder: 'text' },
  'region-create': range,
  'region-remove': range,
  /** The part behind the cut, from now on a region of its own. */
  'region-split': range,
  'mapper-miss': { file: 'text', index: 'count' },
  'remote-access': { to: 'cluster' },
  'page-out': filePage,
  'page-in': filePage,
  /** `call` is null for an access. */
  oom: { call: 'text?', error: 'text' },
} as const satisfies EventShapes;

/** Told to whoever listens, and not counted: moments between which something lasts, and marks. */
export const momentShapes = {
  /** A statement begins: inside interleaved blocks each of them, and the block itself. Its end has it as cause. */
  statement: { kind: 'text', file: 'text', column: 'count' },
  'statement-end': {},
  /** A daemon's turn begins, at the cycle at which it was due. */
  daemon: { name: 'text', due: 'count' },
  /** The MMU has refused an access, `code` being what its exception register says: its outcome, a page-fault, cow-fault or segv, has this event as cause. */
  trap: { ...trapped, user: 'flag', fault: 'fault', code: 'word', level: 'count' },
  /** The server has taken the request from its queue; it has written the answer. */
  'rpc-begun': message,
  'rpc-answered': message,
  /**
   * A frame becomes a page table, or is one no more: what it translates, of whose address space. `process` is null while no
   * process has that root; 0 where the table is the kernel's. `level` counts down to 1, where the entries of small pages are.
   */
  'table-alloc': table,
  'table-free': table,
  'lock-acquired': { lock: 'text', mode: 'text', waited: 'flag' },
  'lock-released': { lock: 'text', mode: 'text' },
  /** A call of a recording that is replayed, by its line in the log. */
  'recorded-call': { call: 'text', line: 'count' },
  emulated: { call: 'text', line: 'count?', how: 'text' },
} as const satisfies EventShapes;

export const eventShapes = { ...countedShapes, ...momentShapes } as const;

export type CountedName = keyof typeof countedShapes;
export type MomentName = keyof typeof momentShapes;
export type EventName = CountedName | MomentName;
export type FieldsOfEvent<N extends EventName> = FieldsOf<(typeof eventShapes)[N]>;

/** By number. */
export const countedNames = Object.keys(countedShapes) as readonly CountedName[];
