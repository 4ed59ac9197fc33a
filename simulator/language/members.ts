/** Members of the values that every kernel has (sections 6 and 7): what they are, in one table for checks, completion and hover. */
import type { StaticKind } from './value-kinds.ts';

export interface MemberInfo {
  readonly kind: StaticKind;
  readonly doc: string;
}

type Members = Readonly<Record<string, MemberInfo>>;

const boolean = (doc: string): MemberInfo => ({ kind: 'boolean', doc });
const integer = (doc: string): MemberInfo => ({ kind: 'integer', doc });
const string = (doc: string): MemberInfo => ({ kind: 'string', doc });
const place = (doc: string): MemberInfo => ({ kind: 'place', doc });

const rights = {
  writable: boolean('may be written'),
  executable: boolean('may be executed'),
  user: boolean('accessible in user mode'),
} as const;

const length = { length: integer('how many elements, or characters') } as const;

/** Kinds that are missing here have no members, or members of the kernel’s own. */
export const membersOfKind: Readonly<Partial<Record<StaticKind, Members>>> = {
  entry: {
    present: boolean('the entry maps a page'),
    readable: boolean('may be read'),
    ...rights,
    cow: boolean('copy-on-write, as the kernel marks it'),
    accessed: boolean('the page was accessed (A)'),
    dirty: boolean('the page was written (D)'),
    big: boolean('maps a big page'),
    global: boolean('kept in TLBs when the page table changes'),
    ppn: integer('number of the physical page'),
    cluster: place('cluster of the frame, `none` where there is no memory'),
    raw: integer('the word as it stands in memory; a TSAR PTE2 is `word0 << 32 | word1`'),
  },
  region: {
    start: integer('first address'),
    end: integer('first address after it'),
    length: integer('bytes'),
    prot: { kind: 'protection', doc: 'protection of the region' },
    kind: {
      kind: 'word',
      doc: '`anon`, `file`, `shared`, `remote`, `device`, `null`, `stack`, `heap`, `code`, `data` or `kernel`',
    },
    name: string('name of the region'),
  },
  frame: {
    refs: integer('the kernel’s own count of references'),
    forks: integer('pending copies on almos-mkh, 0 elsewhere'),
    state: { kind: 'word', doc: 'the kernel’s own word for the state of the frame' },
    cluster: place('cluster of the frame'),
    order: integer('the frame was allocated in a block of 2^order frames'),
  },
  walk: {
    levels: {
      kind: 'list',
      doc: 'the entries that the walker reads, from the root down: `.level .name .index .table .address .raw .present .next`',
    },
    physical: { kind: 'unknown', doc: 'the physical address, or `none` where no page is found' },
    size: { kind: 'unknown', doc: 'bytes of the page that is found, or `none`' },
    fault: { kind: 'unknown', doc: '`none`, or "not-present", "protection", "reserved" or "address"' },
  },
  tlb: {
    present: boolean('the TLB holds the page'),
    ppn: integer('number of the physical page'),
    ...rights,
    global: boolean('kept when the page table changes'),
  },
  rpc: {
    name: string('name of the call'),
    client: place('cluster that asked'),
    server: place('cluster that answered'),
    parent: { kind: 'unknown', doc: 'number of the RPC that caused it, or `none`' },
    args: { kind: 'record', doc: 'arguments by name' },
  },
  process: {
    pid: integer('process identifier'),
    name: string('name in the scenario'),
    alive: boolean('the process has not ended'),
    exit: { kind: 'unknown', doc: 'exit code, the signal that killed it, or `none`' },
    parent: { kind: 'process', doc: 'the parent process, or `none`' },
    code: integer('start address of the code'),
    data: integer('start address of the data'),
    stack: integer('start address of the stack'),
  },
  thread: {
    name: string('name in the scenario'),
    alive: boolean('the thread has not ended'),
    process: { kind: 'process', doc: 'the process of the thread' },
    core: integer('number of its core in the whole machine'),
  },
  place: {
    x: integer('column of the cluster'),
    y: integer('row of the cluster'),
    core: integer('core in the cluster'),
  },
  protection: {
    read: boolean('grants reading'),
    write: boolean('grants writing'),
    execute: boolean('grants execution'),
    user: boolean('grants user mode'),
  },
  list: length,
  string: length,
};

/** What observations of such values give. */
const observed: Readonly<Record<string, StaticKind>> = {
  pte: 'entry',
  region: 'region',
  frame: 'frame',
  tlb: 'tlb',
  rpcs: 'rpc',
  translate: 'integer',
  walk: 'walk',
  entry: 'entry',
};

export function kindOfObservation(callee: string): StaticKind {
  return Object.hasOwn(observed, callee) ? (observed[callee] ?? 'unknown') : 'unknown';
}

/** Has a value of that kind further members, of the kernel’s own? */
export function hasOwnMembers(kind: StaticKind): boolean {
  return kind === 'process' || kind === 'thread';
}

export function memberOfKind(kind: StaticKind, member: string): MemberInfo | null {
  const members = membersOfKind[kind];
  return members !== undefined && Object.hasOwn(members, member) ? (members[member] ?? null) : null;
}
