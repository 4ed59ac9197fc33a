/** A hand-made comparison of four kernels: every outcome, sign and number that the panel can draw. */
import type {
  CellModel,
  ColumnModel,
  CompareStatus,
  Comparison,
  Counts,
  EventModel,
  RowModel,
  SideModel,
} from '../../media/protocol/comparison.ts';
import type { ToPanel } from '../../media/protocol/messages.ts';

const machine = { preset: 'i386', mesh: [1, 1] as const, cores: 1, memory: 1 << 24, paging: 'x86-32', pageSize: 4096 };

function column(name: string, counts: Counts, cycles: number): ColumnModel {
  return {
    name,
    kernel: name,
    state: 'ended',
    halt: null,
    machine,
    totals: {
      counts,
      frames: { boot: 310, peak: 842, end: 312 },
      tableFrames: { peak: 5, end: 0 },
      cycles,
      steps: 4000,
      statements: 9,
    },
    emulated: 0,
  };
}

const halt = {
  code: 'WALK221',
  message: 'vm-region has no fork: an address space is cloned by a loader',
  line: 5,
  column: 17,
};

function cell(counts: Counts, cycles: number, more: Partial<CellModel> = {}): CellModel {
  return { runs: 1, counts, soFar: counts, cycles, framesInUse: 600, tableFrames: 4, isHalt: false, ...more };
}

const event: EventModel = {
  name: 'page-copy',
  text: '4,096 bytes copied from frame 0x105 to frame 0x220',
  thread: 'app',
  cycle: 81_210,
  step: 3121,
  line: 5,
  functions: [
    { name: 'dup_page', section: '9.2', label: '4', text: 'copy the page through the quick mapping' },
    { name: 'vms_dup', section: '9.1', label: '2b', text: 'duplicate each resident page of a writable region' },
  ],
};

function side(happened: readonly string[], more: Partial<SideModel> = {}): SideModel {
  return { line: 5, happened, episodes: 1, event: null, halt: null, ...more };
}

const touched = { 'page-fault': 256, 'page-zero': 256, 'page-alloc': 257, 'pte-set': 256, 'tlb-miss': 256 };
const rows: RowModel[] = [
  {
    line: 1,
    cells: [
      cell({ 'region-create': 3 }, 4100),
      cell({ 'region-create': 5 }, 6100),
      cell({}, 3000),
      cell({ 'region-create': 4 }, 2000),
    ],
    parts: [],
  },
  {
    line: 3,
    cells: Array.from({ length: 4 }, (_, index) => cell({ 'region-create': 1 }, 300 + index * 200)),
    parts: [],
  },
  { line: 4, cells: Array.from({ length: 4 }, (_, index) => cell(touched, 60_000 - index * 9000)), parts: [] },
  {
    line: 5,
    cells: [
      cell({ 'pte-set': 512, 'region-create': 4 }, 21_000),
      cell({}, 10, { isHalt: true }),
      cell({ 'pte-set': 256, 'region-create': 6 }, 18_000),
      cell({ 'page-copy': 256, 'pte-set': 256, 'region-create': 4 }, 96_000),
    ],
    parts: [1, 3],
  },
  {
    line: 8,
    cells: [
      cell({ 'cow-fault': 1, 'page-copy': 1, 'pte-set': 1 }, 900),
      null,
      cell({ 'cow-fault': 1, 'page-copy': 1, 'pte-set': 1 }, 800),
      cell({}, 40, { runs: 3 }),
    ],
    parts: [3],
  },
];

export const comparison: Comparison = {
  version: 1,
  moreRows: 0,
  moreStatements: 0,
  file: '/tmp/fork.walk',
  ok: false,
  columns: [
    column('almos-mkh', { ...touched, 'page-copy': 1, 'cow-fault': 2, rpc: 3 }, 91_000),
    { ...column('vm-region', touched, 64_000), state: 'stopped', halt },
    column('haiku', { ...touched, 'page-copy': 1, 'cow-fault': 1 }, 72_000),
    column('lunaix', { ...touched, 'page-copy': 256 }, 140_000),
  ],
  rows,
  partings: [
    {
      column: 1,
      statement: 4,
      line: 5,
      kind: 'halt',
      episode: 1,
      summary: 'vm-region stops',
      sides: [side([]), side([], { halt })],
    },
    {
      column: 3,
      statement: 4,
      line: 5,
      kind: 'event',
      episode: 1,
      summary: 'almos-mkh: pte-set; lunaix: page-copy, pte-set',
      sides: [side(['region-create', 'pte-set']), side(['region-create', 'page-copy', 'pte-set'], { event })],
    },
  ],
  compared: 9,
};

export const sources = [
  'process app { code 4 pages  data 2 pages }',
  'as app {',
  '    let buf = mmap(1MiB, rw)',
  '    touch(buf, 1MiB, w)      // every page',
  '    let child = fork()',
  '}',
  'as child {',
  '    write(buf, 42)',
  '}',
];

export const request = { file: 'file:///tmp/fork.walk', kernels: ['almos-mkh', 'vm-region', 'haiku', 'lunaix'] };

export const done: CompareStatus = { state: 'done', request, comparison, sources };

export function told(status: CompareStatus = done): ToPanel {
  return { type: 'compare', status };
}
