/** Signatures of what every scenario can call whatever the kernel: walk language sections 6 and 7. */
import type { FunctionInfo, Parameter, ValueType } from '../execution/function-info.ts';
import { countedNames } from '../hardware/event-shapes.ts';

const address: ValueType = { kind: 'address' };
/** Accesses take an address as it is written: the MMU refuses what is not canonical, and messages name it. */
const exactAddress: ValueType = { kind: 'address', exact: true };
const size: ValueType = { kind: 'size' };
const integer: ValueType = { kind: 'integer' };
const boolean: ValueType = { kind: 'boolean' };
const string: ValueType = { kind: 'string' };
const any: ValueType = { kind: 'any' };
const place: ValueType = { kind: 'place' };
const process: ValueType = { kind: 'process' };
const protection: ValueType = { kind: 'protection' };
const accessKind: ValueType = { kind: 'access' };

const optional = (name: string, type: ValueType, doc?: string): Parameter => ({
  name,
  type,
  optional: true,
  ...(doc === undefined ? {} : { doc }),
});
const required = (name: string, type: ValueType, doc?: string): Parameter => ({
  name,
  type,
  ...(doc === undefined ? {} : { doc }),
});
const asKernel = optional(
  'as',
  { kind: 'enumeration', name: 'privilege', members: { user: 0, kernel: 1 }, closed: true },
  'kernel: a supervisor access',
);

const accessSize: Parameter = {
  ...optional('size', integer, '1, 2, 4 or 8; default the machine’s word'),
  values: [1, 2, 4, 8],
};

function operation(
  name: string,
  doc: string,
  parameters: readonly Parameter[],
  errors: readonly string[],
  result?: ValueType,
): FunctionInfo {
  return { name, section: '6', doc, parameters, errors, steps: {}, ...(result === undefined ? {} : { result }) };
}

const accessErrors = ['SEGV', 'BUS', 'OOM'] as const;

export const commonOperations: readonly FunctionInfo[] = [
  operation(
    'mmap',
    'Maps memory and gives its address; the kernel chooses the place unless told.',
    [
      required('length', { kind: 'size', any: true }),
      required('prot', protection),
      optional(
        'kind',
        { kind: 'enumeration', name: 'mapping', members: { anon: 0, file: 1, shared: 2, remote: 3 }, closed: true },
        'default anon (private)',
      ),
      optional('file', string, 'name of a file of the simulated file system'),
      optional('offset', { kind: 'offset' }, 'bytes into the file'),
      optional('at', address, 'demands that place: an occupied or unusable one fails'),
      optional('hint', address, 'suggests a place'),
      optional('replace', boolean, 'with at: unmaps first where the kernel can'),
      optional('cluster', place, 'cluster of the pages, with kind: remote'),
    ],
    ['EINVAL', 'ENOMEM', 'NOT_SUPPORTED'],
    address,
  ),
  operation(
    'munmap',
    'Removes a mapping or a part of one.',
    [required('addr', address), required('length', size)],
    ['EINVAL', 'ENOMEM'],
  ),
  operation(
    'mprotect',
    'Changes the protection of a range.',
    [required('addr', address), required('length', size), required('prot', protection)],
    ['EINVAL', 'ENOMEM', 'NOT_SUPPORTED'],
  ),
  operation(
    'brk',
    'Moves the end of the heap; brk(0) gives the current one.',
    [required('addr', address)],
    ['EINVAL', 'ENOMEM', 'NOT_SUPPORTED'],
    address,
  ),
  operation('fork', 'Forks the current process.', [optional('at', place)], ['ENOMEM', 'NOT_SUPPORTED'], process),
  operation(
    'exec',
    'Replaces the image of the current process; the block goes on as the new image.',
    [required('image', { kind: 'any', of: ['string', 'record'] }, 'a path "/bin/NAME" or { code: SIZE, data: SIZE }')],
    ['ENOENT', 'ENOMEM', 'NOT_SUPPORTED'],
  ),
  operation(
    'exit',
    'Ends the process with all its threads in every cluster.',
    [{ name: 'code', type: integer, default: 0 }],
    [],
  ),
  operation('thread_exit', 'Ends the current thread.', [], []),
  operation(
    'wait',
    'wait() lets the kernel bury an ended child; wait(TIME) lets the machine run that long while the current thread sleeps.',
    [optional('time', { kind: 'time' })],
    [],
    process,
  ),
  operation(
    'read',
    'One load (two if it crosses a page); little-endian.',
    [required('addr', exactAddress), accessSize, asKernel],
    accessErrors,
    integer,
  ),
  operation(
    'write',
    'One store, of an integer or of the bytes of a string.',
    [
      required('addr', exactAddress),
      required('value', { kind: 'any', of: ['integer', 'string', 'boolean'] }),
      accessSize,
      asKernel,
    ],
    accessErrors,
  ),
  operation('fetch', 'One instruction fetch.', [required('addr', exactAddress), asKernel], accessErrors),
  operation(
    'text',
    'Reads bytes as a string.',
    [required('addr', exactAddress), required('length', size), asKernel],
    accessErrors,
    string,
  ),
  operation(
    'touch',
    'One access a page.',
    [required('addr', exactAddress), required('length', size), required('access', accessKind), asKernel],
    accessErrors,
  ),
  operation(
    'scan',
    'One access every stride bytes; with w the byte found is written back.',
    [
      required('addr', exactAddress),
      required('length', size),
      required('access', accessKind),
      { name: 'stride', type: size, default: 64 },
      asKernel,
    ],
    accessErrors,
  ),
];

function observation(
  name: string,
  doc: string,
  parameters: readonly Parameter[],
  result: ValueType,
  section = '7',
): FunctionInfo {
  return { name, section, doc, parameters, errors: [], steps: {}, result };
}

const raw: ValueType = { kind: 'u64' };
const list: ValueType = { kind: 'any', of: ['list'] };
const stringOrList: ValueType = { kind: 'any', of: ['string', 'list'] };

/** They touch neither machine nor kernel, but a second call gives another value. */
export const scenarioFunctions: readonly FunctionInfo[] = [
  {
    name: 'random',
    section: '13.2',
    doc: 'An integer from 0 to N − 1, by chance from the machine’s seed.',
    parameters: [required('n', { kind: 'u64' }, 'how many values there are')],
    result: integer,
    errors: [],
    steps: {},
  },
  ...(['lock', 'unlock'] as const).map((name) => ({
    name,
    section: '13.3',
    doc:
      name === 'lock'
        ? 'Takes a mutex, as soon as nobody holds it.'
        : 'Gives a mutex back, which the current thread must hold.',
    parameters: [required('mutex', { kind: 'any', of: ['mutex'] })],
    errors: [],
    steps: {},
  })),
];

/** They change nothing, not even a TLB. */
export const observations: readonly FunctionInfo[] = [
  observation(
    'pte',
    'The page-table entry of an address: .present .readable .writable .executable .user .cow .accessed .dirty .big .global .ppn .cluster .raw',
    [required('addr', address), optional('at', place), optional('of', process)],
    any,
  ),
  observation(
    'translate',
    'The physical address, or none.',
    [required('addr', address), optional('of', process), optional('at', place)],
    any,
  ),
  observation(
    'region',
    'The region that holds an address: .start .end .length .prot .kind .name, or none.',
    [required('addr', address), optional('of', process)],
    any,
  ),
  observation('regions', 'How many regions a process has.', [optional('of', process)], integer),
  observation(
    'frame',
    'A physical frame: .refs .forks .state .cluster .order',
    [required('ppn', { kind: 'ppn' })],
    any,
  ),
  observation('free', 'Frames that the next allocations could take.', [optional('at', place)], integer),
  observation(
    'tlb',
    'The TLB entry of an address: .present .ppn .writable .executable .user .global',
    [required('addr', address), optional('at', place)],
    any,
  ),
  observation(
    'count',
    'How often an event has happened since the start.',
    [required('event', string), optional('of', process), optional('at', place)],
    integer,
  ),
  observation('cycles', 'The clock of a core.', [optional('at', place)], integer),
  observation('rpcs', 'The N-th RPC: .name .client .server .parent .args', [required('n', integer)], any),
  observation('root', 'vm-region: a handle to the root region of a process.', [required('process', process)], any),
  observation(
    'output',
    'What a call, a kernel-debugger command line or "dump NAME" prints.',
    [required('command', any)],
    string,
  ),
  observation(
    'failed',
    'An out-parameter that the last failed call wrote all the same.',
    [required('name', string)],
    any,
  ),
  observation(
    'contains',
    'Does the string contain the other one, or the list such an element?',
    [required('text', stringOrList), required('part', any)],
    boolean,
  ),
  observation(
    'walk',
    'The way of the walker for an address: .levels .physical .size .fault; each level has .level .name .index .table .address .raw .present .next',
    [
      required('addr', address),
      optional('access', accessKind, 'r, w or x; default r'),
      asKernel,
      optional('of', process),
      optional('at', place),
    ],
    any,
    '13.1',
  ),
  observation(
    'table',
    'The physical address of the root table, or none.',
    [optional('of', process), optional('at', place)],
    any,
    '13.1',
  ),
  observation(
    'physical',
    'What physical memory holds at an address, little-endian, or none where there is no memory.',
    [required('pa', raw), accessSize],
    any,
    '13.1',
  ),
  observation(
    'entry',
    'A word of a page table, decoded: the members that pte has.',
    [
      required('raw', raw),
      optional('level', integer, 'of the table that it stands in; 1, the default, for pages of 4 KiB'),
    ],
    any,
    '13.1',
  ),
  observation(
    'index',
    'The position of the first such element in the list, or none.',
    [required('list', list), required('element', any)],
    any,
    '13.2',
  ),
  observation('sum', 'The sum of a list of integers; 0 for an empty one.', [required('list', list)], integer, '13.2'),
  observation('min', 'The smallest integer of the list.', [required('list', list)], integer, '13.2'),
  observation('max', 'The largest integer of the list.', [required('list', list)], integer, '13.2'),
  observation(
    'hex',
    'The integer as a string in hexadecimal: `0x2a`, with digits: 4 `0x002a`.',
    [required('n', { kind: 'u64' }), optional('digits', integer, 'at least so many digits after 0x')],
    string,
    '13.2',
  ),
  observation('length', 'Length of a string in bytes, or of a list.', [required('text', stringOrList)], integer),
];

/** Defs of these names are the operations of a kernel that the scenario itself is. */
const definable: ReadonlySet<string> = new Set(['mmap', 'munmap', 'mprotect', 'brk', 'fork', 'exit', 'wait']);

export function isOwnOperation(name: string): boolean {
  return definable.has(name);
}

/** Events that every kernel counts: section 7. `rpc:NAME` and a kernel's own come from its descriptor. */
export const commonEvents: readonly string[] = countedNames;

/** Injection kinds that every kernel knows: section 4. */
export const commonInjections = {
  'page-alloc': 'A call of the frame allocator finds no free frames, whatever it asked for.',
  'object-alloc': 'The kernel finds no memory for one of its own descriptors.',
  'file-read': 'Reading a page of a file fails.',
  'file-write': 'Writing a page of a file fails.',
} as const satisfies Readonly<Record<string, string>>;

/** Walk language 6: what kernels spell in their own ways is one name for all of them. */
const otherSpellings: Readonly<Record<string, string>> = { NO_MEMORY: 'ENOMEM', ERR_NO_MEMORY: 'ENOMEM' };

/** A kernel's own name means its own reason only, even where another kernel uses it as well. */
export function posixSpelling({ errors }: { readonly errors: readonly string[] }, name: string): string {
  return errors.includes(name) || !Object.hasOwn(otherSpellings, name) ? name : (otherSpellings[name] ?? name);
}
