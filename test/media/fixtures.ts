/** A hand-made picture of an address space: every mark, gap and kind that the panels can draw. */
import {
  CellFlag,
  type AddressSpaceModel,
  type BitModel,
  type CellModel,
  type ClusterName,
  type EntryModel,
  type InspectContext,
  type PageModel,
  type PageTableModel,
  type PageTableRow,
  type ProcessChoice,
  type RegionKind,
  type RegionModel,
  type Request,
  type TranslateModel,
} from '../../media/protocol/messages.ts';

import { kernelViews } from './kernel-fixtures.ts';

const home: ClusterName = { index: 2, x: 1, y: 0 };
const reference: ClusterName = { index: 0, x: 0, y: 0 };
const far: ClusterName = { index: 3, x: 1, y: 1 };

const shell: ProcessChoice = {
  name: 'shell',
  pid: 1,
  alive: true,
  tables: [
    { cluster: reference, role: 'reference' },
    { cluster: home, role: 'copy' },
  ],
};
const child: ProcessChoice = {
  name: 'child',
  pid: 0x110001,
  alive: true,
  tables: [{ cluster: far, role: 'reference' }],
};

export const context: InspectContext = {
  kernel: 'almos-mkh',
  paging: 'tsar',
  addressBits: 32,
  clusters: 4,
  process: shell,
  cluster: home,
  role: 'copy',
  processes: [shell, child],
  current: 'shell',
  stop: 7,
};

const { present, writable, accessed, dirty, cow, elsewhere, shared, changed } = CellFlag;
const touched = present | accessed;
const written = touched | writable | dirty;

function region(
  facts: Pick<RegionModel, 'name' | 'kind' | 'start' | 'end' | 'protection' | 'note'> & { cluster?: ClusterName },
  flags: Readonly<Record<number, number>>,
): RegionModel {
  const pages = (facts.end - facts.start) / 4096;
  const first = facts.start / 4096;
  const marks = Object.entries(flags).map(([page, value]) => ({ page: Number(page), value }));
  const count = (flag: number) => marks.filter(({ value }) => (value & flag) !== 0).length;
  const cells: CellModel[] =
    pages > 64
      ? [
          { vpn: first, pages: pages - 2, resident: 0, flags: 0 },
          ...[pages - 2, pages - 1].map((page) => ({
            vpn: first + page,
            pages: 1,
            resident: 1,
            flags: flags[page] ?? 0,
          })),
        ]
      : Array.from({ length: pages }, (_, page) => {
          const value = flags[page] ?? 0;
          return { vpn: first + page, pages: 1, resident: value & 1, flags: value };
        });
  return {
    cluster: null,
    ...facts,
    pages,
    resident: count(present),
    shared: count(shared),
    cow: count(cow),
    changed: count(changed),
    guard: facts.kind === 'stack' ? { start: facts.start - 4096, end: facts.start } : null,
    bucketPages: 1,
    cells,
  };
}

function all(pages: number, flags: number): Record<number, number> {
  return Object.fromEntries(Array.from({ length: pages }, (_, page) => [page, flags]));
}

const regions: RegionModel[] = [
  region(
    { name: 'kentry', kind: 'code', start: 0x4000, end: 0x8000, protection: 'r-x', note: 'identity' },
    all(4, touched),
  ),
  region({ name: 'args', kind: 'data', start: 0x8000, end: 0xc000, protection: 'rw-', note: '' }, {}),
  region({ name: 'envs', kind: 'data', start: 0xc000, end: 0x14000, protection: 'rw-', note: '' }, {}),
  region(
    { name: 'code', kind: 'code', start: 0x400000, end: 0x402000, protection: 'r-x', note: 'own copy of 1,0' },
    { 0: touched },
  ),
  region(
    { name: 'data', kind: 'data', start: 0x402000, end: 0x406000, protection: 'rw-', note: 'spread by page' },
    { 0: written | elsewhere, 2: touched | cow | elsewhere | shared },
  ),
  region(
    { name: 'anon 1', kind: 'anon', start: 0x2000000, end: 0x2018000, protection: 'rw-', note: '', cluster: home },
    {
      0: touched | cow | shared,
      1: touched | cow | shared,
      2: written | changed,
      3: touched | cow | shared,
      4: touched | cow,
      5: written,
      6: written,
      7: written,
      8: written,
      9: touched | cow | elsewhere | shared,
      10: touched | cow | elsewhere,
      11: changed,
    },
  ),
  region(
    { name: 'log', kind: 'file', start: 0x2018000, end: 0x201c000, protection: 'rw-', note: 'mapper 1,1' },
    { 0: touched | elsewhere | shared, 1: touched | elsewhere },
  ),
  region(
    { name: 'stack 0', kind: 'stack', start: 0xc0001000, end: 0xc0100000, protection: 'rw-', note: '' },
    { 253: touched, 254: written },
  ),
];

const order: RegionKind[] = ['code', 'data', 'anon', 'file', 'stack'];

export const addressSpace: AddressSpaceModel = {
  context,
  regions,
  totals: order.map((kind) => {
    const own = regions.filter((one) => one.kind === kind);
    const sum = (value: (one: RegionModel) => number) => own.reduce((total, one) => total + value(one), 0);
    return {
      kind,
      reserved: sum((one) => one.end - one.start),
      resident: sum((one) => one.resident) * 4096,
      shared: sum((one) => one.shared) * 4096,
    };
  }),
  changed: 2,
};

const names = ['V', 'L', 'R', 'C', 'W', 'X', 'U', 'G', 'D', 'COW'];
const bits = (set: string, now: string[] = []): BitModel[] =>
  names.map((name) => ({ name, set: set.split(' ').includes(name), changed: now.includes(name) }));

function entryRow(
  vpn: number,
  words: string,
  set: string,
  ppn: number,
  cluster: ClusterName,
  own: RegionModel,
): PageTableRow {
  return {
    kind: 'entry',
    index: vpn % 512,
    vpn,
    entry: {
      address: 0x10_0010_7000 + (vpn % 512) * 8,
      level: 2,
      present: true,
      words: words.split(' '),
      bits: bits(set),
      ppn,
      frameCluster: cluster,
      pages: 1,
      flags: present,
    },
    previous: null,
    region: { name: own.name, kind: own.kind },
    others: [],
  };
}

const [kentry, , , code, data, anon, log, stack] = regions as [
  RegionModel, RegionModel, RegionModel, RegionModel, RegionModel, RegionModel, RegionModel, RegionModel,
]; // prettier-ignore

function head(title: string, address: number, count: number): PageTableRow {
  return { kind: 'table', title, level: 2, address, cluster: home, present: count };
}

function changedRow(): PageTableRow {
  const row = entryRow(0x2002, 'AD400000 01000109', 'V L C W U D', 0x1000109, home, anon) as PageTableRow & {
    kind: 'entry';
  };
  return {
    ...row,
    entry: { ...row.entry, bits: bits('V L C W U D', ['L', 'W', 'D', 'COW']), flags: written | changed },
    previous: { present: true, words: ['89000001', '01000106'], ppn: 0x1000106, frameCluster: home },
  };
}

function wasEntry(): EntryModel {
  return (entryRow(0x2002, '89000001 01000106', 'V C U COW', 0x1000106, home, anon) as PageTableRow & { kind: 'entry' })
    .entry;
}

const rows: PageTableRow[] = [
  head('PT1[0x000] → PT2', 0x10_0010_1000, 4),
  ...[4, 5, 6, 7].map((vpn) =>
    entryRow(vpn, `8B800000 0100000${String(vpn)}`, 'V C X U G', 0x1000000 + vpn, home, kentry),
  ),
  head('PT1[0x002] → PT2', 0x10_0010_8000, 3),
  entryRow(0x400, '8B000000 01000107', 'V C X U', 0x1000107, home, code),
  entryRow(0x402, 'AD400000 00000100', 'V L C W U D', 0x100, reference, data),
  entryRow(0x404, '99000001 00000107', 'V R C U COW', 0x107, reference, data),
  head('PT1[0x010] → PT2', 0x10_0010_7000, 10),
  entryRow(0x2000, '89000001 01000105', 'V C U COW', 0x1000105, home, anon),
  entryRow(0x2001, '89000001 0100010A', 'V C U COW', 0x100010a, home, anon),
  { kind: 'was', index: 2, vpn: 0x2002, entry: wasEntry() },
  changedRow(),
  entryRow(0x2003, '89000001 0100010B', 'V C U COW', 0x100010b, home, anon),
  entryRow(0x2005, 'AD400000 0100010D', 'V L C W U D', 0x100010d, home, anon),
  entryRow(0x2009, '99000001 01100140', 'V R C U COW', 0x1100140, far, anon),
  entryRow(0x2018, '8D000000 01100141', 'V C W U', 0x1100141, far, log),
  head('PT1[0x600] → PT2', 0x10_0010_5000, 2),
  entryRow(0xc00fe, 'AD000000 0100010E', 'V L C W U', 0x100010e, home, stack),
  entryRow(0xc00ff, 'AD400000 01000104', 'V L C W U D', 0x1000104, home, stack),
];

export const pageTable: PageTableModel = {
  context,
  format: 'TSAR, two levels',
  root: 'PTPR 0x00800081',
  filter: 'present',
  counts: { present: 16, all: 2048, cow: 5, dirty: 4, elsewhere: 4, changed: 2 },
  tables: 4,
  total: rows.length,
  start: 0,
  rows,
  found: null,
  firstChanged: rows.findIndex((row) => row.kind === 'entry' && row.previous !== null),
};

export const translation: TranslateModel = {
  context,
  address: 0x2002abc,
  fields: [
    { name: 'IX1', doc: 'entry of PT1', highBit: 31, lowBit: 21, value: 0x10 },
    { name: 'IX2', doc: 'entry of PT2', highBit: 20, lowBit: 12, value: 0x2 },
    { name: 'offset', doc: 'in the page', highBit: 11, lowBit: 0, value: 0xabc },
  ],
  walk: [
    { table: 'PT1', index: 0x10, address: 0x10_0010_2040, words: ['D0000107'], outcome: 'table' },
    { table: 'PT2', index: 2, address: 0x10_0010_7010, words: ['AD400000', '01000109'], outcome: 'page' },
  ],
  physical: 0x10_0010_9abc,
  frameCluster: home,
};

export function pageOf(vpn: number): PageModel & { sources: Record<number, string> } {
  const own = regions.find((one) => vpn >= one.start / 4096 && vpn < one.end / 4096) ?? null;
  const row = rows.find((one) => one.kind === 'entry' && one.vpn === vpn) as
    (PageTableRow & { kind: 'entry' }) | undefined;
  const cause = (event: string, text: string, line: number, cycle: number) => ({
    event,
    text,
    line,
    step: cycle,
    cycle,
    thread: 'T1',
  });
  return {
    context,
    vpn,
    region: own,
    entry: row?.entry ?? null,
    previous: row?.previous ?? null,
    frame:
      row === undefined
        ? null
        : {
            ppn: row.entry.ppn,
            page: row.entry.ppn & 0xfffff,
            cluster: row.entry.frameCluster ?? home,
            state: 'user',
            content: 'data',
            refs: 1,
            forks: 0,
            order: 0,
            mappedBy: [
              { process: 'shell', cluster: reference, vpn, writable: true, cow: false },
              { process: 'shell', cluster: home, vpn, writable: true, cow: false },
            ],
          },
    guard: false,
    why:
      row?.previous === undefined || row.previous === null
        ? []
        : [
            cause('pte-set', 'before: entry set to frame 0x1000106 in the tables of 0,0 and 1,0', 11, 41_250),
            cause('cow-fault', 'write to 0x02002000 by T1 on core 1,0,0 traps', 14, 52_310),
            cause('rpc', 'RPC VMM_GET_PTE 1,0 → 0,0', 14, 52_760),
            cause('page-alloc', 'frame 0x1000109 taken from cluster 1,0', 14, 53_010),
            cause('page-copy', '4,096 bytes copied from frame 0x1000106 to 0x1000109', 14, 55_570),
            cause('pte-set', 'entry set to frame 0x1000109 in the tables of 0,0 and 1,0', 14, 55_640),
            cause('cow-fault', 'copy-on-write resolved: the access is made again', 14, 55_900),
          ],
    sources: { 14: 'write(buf + 0x2000, 42)', 11: 'let child = fork(at: (1,1))' },
  };
}

/** Answers as a stopped session would. */
export function answerFixture(request: Request): Promise<unknown> {
  const args = request.args as { vpn?: number; expression?: string; address?: number };
  switch (request.command) {
    case 'addressSpace':
      return Promise.resolve(addressSpace);
    case 'pageTable':
      return Promise.resolve(pageTable);
    case 'page':
      return Promise.resolve(pageOf(args.vpn ?? 0));
    case 'translate':
      return Promise.resolve({ ...translation, address: args.address ?? 0 });
    case 'kernelViews':
      return Promise.resolve(kernelViews);
    case 'evaluate':
      if (args.expression === 'buf') return Promise.resolve({ address: 0x2000000 });
      return Promise.reject(new Error(`'${args.expression ?? ''}' is not known`));
    default:
      return Promise.reject(new Error(`no fixture for ${request.command}`));
  }
}
