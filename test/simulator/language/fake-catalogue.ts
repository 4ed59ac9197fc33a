/** Two small kernels for tests of the language: `toy` with a bit of everything, `other` to be a stranger. */
import type { FunctionInfo } from '../../../simulator/execution/function-info.ts';
import { presets, validateConfig } from '../../../simulator/hardware/machine-config.ts';
import type { CatalogueKernel, KernelCatalogue, MachineConfig } from '../../../simulator/language/catalogue.ts';

const wiring = {
  kind: 'enumeration',
  name: 'region_wiring',
  members: { REGION_WIRING_LAZY: 0, REGION_WIRING_WIRED_CONTIG: 1 },
} as const;

const functions: readonly FunctionInfo[] = [
  {
    name: 'toy_map',
    aliases: ['toy_mmap'],
    section: '5.1',
    doc: 'Maps a page.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'vpn', type: { kind: 'vpn' } },
      { name: 'wiring', type: wiring, default: 0 },
      { name: 'flags', type: { kind: 'flags', name: 'toy_flags', members: { TOY_A: 1, TOY_B: 2 } }, default: 0 },
      { name: 'where', type: { kind: 'place' }, optional: true },
    ],
    result: { kind: 'integer' },
    outputs: [{ name: 'ppn', type: { kind: 'ppn' } }],
    errors: ['TOY_NO_MEMORY'],
    steps: { '1': 'Look the page up.', '2': 'Map it.' },
  },
  {
    name: 'toy_vector',
    section: '5.2',
    doc: 'Reads a vector of ranges.',
    parameters: [
      {
        name: 'ranges',
        type: { kind: 'list', of: { kind: 'record', fields: [{ name: 'wiring', type: wiring }] } },
      },
      { name: 'name', type: { kind: 'string' } },
    ],
    errors: [],
    steps: {},
  },
];

function kernel(name: string, own: readonly FunctionInfo[], rest: Partial<CatalogueKernel> = {}): CatalogueKernel {
  return {
    name,
    title: name,
    summary: '',
    regionNoun: 'region',
    presets: ['tsar'],
    pagings: ['tsar'],
    functions: own.map((info) => Object.assign(function* () {}, { info })),
    constants: {},
    options: [],
    events: {},
    injections: {},
    daemons: {},
    lacks: {},
    notSupported: 'NOT_SUPPORTED',
    errorAliases: {},
    errors: [],
    objectTypes: [],
    globals: {},
    hasFreeBlocks: false,
    defaultConfig: () => presets.tsar,
    checkConfig: (config: MachineConfig) =>
      config.memoryBytes < 1024 * 1024 ? [{ setting: 'memory', message: 'it needs 1MiB to boot' }] : [],
    ...rest,
  };
}

const toy = kernel('toy', functions, {
  constants: { TOY_A: 1, TOY_B: 2, TOY_LIMIT: 100 },
  options: [
    { name: 'quota', type: 'integer', min: 1, max: 10, default: 4, doc: 'Pages of a process.' },
    { name: 'heap', type: 'size', default: 4096, doc: 'Bytes of the heap.' },
    { name: 'period', type: 'time', max: 1000, default: 100, doc: 'Sleep of the daemon.' },
    { name: 'fork', type: 'word', words: ['clone', 'cow'], default: 'cow', doc: 'How fork copies.' },
    { name: 'sweeper', type: 'switch', default: 'off', doc: 'The daemon.' },
  ],
  events: { 'toy-event': {}, 'rpc:TOY_GET': {} },
  injections: { 'toy-alloc': 'The toy allocator has nothing left.' },
  daemons: { sweeper: 'Sweeps.' },
  errorAliases: { OOM: ['TOY_NO_MEMORY'] },
  errors: ['TOY_NO_MEMORY', 'TOY_BAD'],
  globals: { nr_pages: 'Pages in all.' },
});

const stranger: FunctionInfo = {
  name: 'other_map',
  section: '1',
  doc: 'Maps.',
  parameters: [],
  errors: [],
  steps: {},
};
const other = kernel('other', [stranger], {
  constants: { OTHER_LIMIT: 5 },
  presets: ['i386'],
  pagings: ['x86-32'],
  defaultConfig: () => presets.i386,
});

export const fakeCatalogue: KernelCatalogue = { kernels: [toy, other], presets, validateMachine: validateConfig };
