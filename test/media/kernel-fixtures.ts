/** Hand-made views of a kernel: every shape, tone and mark that the kernel panel can draw. */
import type {
  InspectContext,
  KernelViewModel,
  KernelViewsModel,
  ProcessChoice,
  ViewNode,
} from '../../media/protocol/messages.ts';

const init: ProcessChoice = { name: 'init', pid: 1, alive: true, tables: [] };
const child: ProcessChoice = { name: 'child', pid: 2, alive: true, tables: [] };
const context: InspectContext = {
  kernel: 'lunaix',
  paging: 'x86-32',
  addressBits: 32,
  clusters: 1,
  process: init,
  cluster: { index: 0, x: 0, y: 0 },
  role: '',
  processes: [init, child],
  current: 'init',
  stop: 7,
};

function node(id: string, label: string, detail: string, children: readonly ViewNode[] = []): ViewNode {
  return { id, label, detail, tone: 'normal', children };
}

export const tree: KernelViewModel & { shape: 'tree' } = {
  shape: 'tree',
  id: 'region-tree',
  title: 'Region tree',
  note: 'A region holds regions and mappings; a right that is masked away above is gone for all below.',
  more: 0,
  nodes: [
    node('r0', 'root', 'RWX · 0000 1000 – 7fff f000 · refs 2', [
      {
        ...node('r1', 'heap', 'RW · mask RW · 2 mappings', [
          { ...node('m1', 'map 0040 0000', 'object 7, offset 0'), tone: 'shared' },
          { ...node('m2', 'map 0041 0000', 'retired, kept for its handle'), tone: 'dead' },
        ]),
        tone: 'warning',
      },
      { ...node('r2', 'stack', 'RW · guard below'), tone: 'muted' },
    ]),
    { ...node('r9', 'detached', 'no parent'), tone: 'changed' },
  ],
  marks: { m1: 'new', r1: 'changed' },
  gone: ['map 0042 0000 object 8, offset 0'],
};

export const table: KernelViewModel & { shape: 'table' } = {
  shape: 'table',
  id: 'page-queues',
  title: 'Page queues',
  note: 'Where the page daemon looks for pages, the coldest first.',
  more: 12,
  columns: [
    { title: 'queue', align: 'left' },
    { title: 'pages', align: 'right' },
    { title: 'first', align: 'left' },
  ],
  rows: [
    { id: 'free', tone: 'muted', cells: ['free', '3,812', '0x00108'] },
    { id: 'active', tone: 'normal', cells: ['active', '17', '0x00102'] },
    { id: 'modified', tone: 'warning', cells: ['modified', '2', '0x00107'] },
  ],
  marks: { active: 'changed' },
  gone: [],
};

export const strip: KernelViewModel & { shape: 'strip' } = {
  shape: 'strip',
  id: 'mounts',
  title: 'Recursive mapping and mounts',
  note: 'The page directory maps itself at the top; other address spaces appear in the slots below.',
  more: 0,
  start: 0xffc00000,
  end: 2 ** 32,
  unit: 'address',
  segments: [
    { start: 0xffc00000, end: 0xffc01000, label: 'page table 0', detail: 'of this space', tone: 'normal' },
    { start: 0xfff00000, end: 0xfff80000, label: 'remote window', detail: 'of child', tone: 'shared' },
    { start: 0xfffff000, end: 2 ** 32, label: 'page directory', detail: 'itself', tone: 'changed' },
  ],
  marks: { [String(0xfff00000)]: 'new' },
  gone: [],
};

export const kernelViews: KernelViewsModel = {
  clusters: [],
  around: 0,
  context,
  hasViews: true,
  views: [tree, table, strip],
};
