/**
 * Every bound that keeps a file from using up time, memory or disk: one table that the flags of the command line, the
 * settings of the editor, the checks themselves and docs/bounds.md are made from.
 */

export interface BoundInfo {
  readonly unit: 'count' | 'bytes' | 'seconds';
  /** Where somebody asked for the run. */
  readonly standard: number;
  /** While somebody types. */
  readonly live: number;
  /** What is bounded: a phrase without an article, for help, settings and the page. */
  readonly subject: string;
  /** What happens beyond it: one sentence. */
  readonly effect: string;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

const table = {
  steps: {
    unit: 'count',
    standard: 1_000_000_000,
    live: 2_000_000,
    subject: 'micro-steps of one run, all interleavings of `explore` included',
    effect: 'The run stops with an error.',
  },
  statements: {
    unit: 'count',
    standard: 5_000_000,
    live: 100_000,
    subject: 'statements and rounds of loops of one run',
    effect: 'The run stops with an error.',
  },
  hostMemory: {
    unit: 'bytes',
    standard: 4 * GiB,
    live: GiB,
    subject: 'memory of this computer that the objects of one run take up',
    effect: 'The run stops with an error. Four fifths of the heap that Node allows are a bound as well.',
  },
  output: {
    unit: 'count',
    standard: 10_000,
    live: 1000,
    subject: 'lines that one run prints',
    effect: 'Further lines are only counted.',
  },
  outputSize: {
    unit: 'bytes',
    standard: 4 * MiB,
    live: 256 * KiB,
    subject: 'size of all lines that one run prints',
    effect: 'Further lines are only counted.',
  },
  interleavingSteps: {
    unit: 'count',
    standard: 5_000_000,
    live: 5_000_000,
    subject: 'micro-steps of one interleaving of `explore`',
    effect: 'The interleaving fails.',
  },
  stringLength: {
    unit: 'count',
    standard: MiB,
    live: MiB,
    subject: 'characters of one string',
    effect: 'The statement fails; where the text alone shows it, the file is refused.',
  },
  listLength: {
    unit: 'count',
    standard: 100_000,
    live: 100_000,
    subject: 'elements of one list and fields of one record, those of inner ones included',
    effect: 'The statement fails; where the text alone shows it, the file is refused.',
  },
  findings: {
    unit: 'count',
    standard: 1000,
    live: 1000,
    subject: 'findings about the text of one file',
    effect: 'Further findings are only counted; errors come first.',
  },
  endedProcesses: {
    unit: 'count',
    standard: 100,
    live: 100,
    subject: 'processes that have ended and are still shown in the state',
    effect: 'Those that ended first are only counted.',
  },
  endedEntries: {
    unit: 'count',
    standard: 200_000,
    live: 200_000,
    subject: 'page-table entries of processes that have ended and are still shown in the state',
    effect: 'Processes that ended first are only counted. The one that ended last is always kept.',
  },
  overwrites: {
    unit: 'count',
    standard: 100,
    live: 100,
    subject: 'places in a scenario that overwrote what is the kernel’s and are told apart',
    effect: 'Later places are not named where a rule of the kernel does not hold.',
  },
  overwriteChecks: {
    unit: 'count',
    standard: 100,
    live: 20,
    subject:
      'statements after each place that overwrote what is the kernel’s, after which the rules of the kernel are checked',
    effect: 'From then on they are checked at the end alone.',
  },
  leakFrames: {
    unit: 'count',
    standard: 262_144,
    live: 262_144,
    subject: 'frames of a machine that is searched for leaks at the end of a run',
    effect: 'A larger machine is not searched, and a note says so.',
  },
  seconds: {
    unit: 'seconds',
    standard: 300,
    live: 5,
    subject: 'time to read and run a file, all its tests included; fractions are allowed',
    effect: 'The run stops with an error. The debugger has no such bound: it can be paused.',
  },
  checkpoints: {
    unit: 'count',
    standard: 48,
    live: 48,
    subject: 'positions of a debug session that are kept to go back to',
    effect: 'Every second one is forgotten, and going back takes longer.',
  },
  listedFrames: {
    unit: 'count',
    standard: 1_048_576,
    live: 1_048_576,
    subject: 'frames of a machine that `pagewalk run --json --frames` lists',
    effect: 'The list is refused.',
  },
  compareRows: {
    unit: 'count',
    standard: 5000,
    live: 5000,
    subject: 'lines in a comparison of kernels',
    effect: 'Further lines are only counted.',
  },
  compareStatements: {
    unit: 'count',
    standard: 200_000,
    live: 200_000,
    subject: 'statements of each run whose behaviour a comparison of kernels compares',
    effect: 'Of further ones only the counts are compared, and the comparison says so.',
  },
  sweepRuns: {
    unit: 'count',
    standard: 100_000,
    live: 100_000,
    subject: 'runs of one sweep, and values of one setting in it',
    effect: 'The sweep is refused.',
  },
  programSize: {
    unit: 'bytes',
    standard: 256 * MiB,
    live: 256 * MiB,
    subject: 'size of the `code` and of the `data` of a process',
    effect: 'The file is refused.',
  },
  scenarioSize: {
    unit: 'bytes',
    standard: 8 * MiB,
    live: 8 * MiB,
    subject: 'size of a scenario',
    effect: 'The file is refused.',
  },
  fileSize: {
    unit: 'bytes',
    standard: 256 * MiB,
    live: 64 * MiB,
    subject: 'size of a file that a scenario names with `from` or `load`',
    effect: 'The file is refused.',
  },
  recordingSize: {
    unit: 'bytes',
    standard: 4 * GiB,
    live: 256 * MiB,
    subject: 'size of each file of a recording, after decompression',
    effect: 'Reading stops there, and the recording is refused.',
  },
  recordedAccesses: {
    unit: 'count',
    standard: 200_000_000,
    live: 20_000_000,
    subject: 'accesses in the log of one recorded process',
    effect: 'Reading stops there, and the recording is refused.',
  },
  recordedLines: {
    unit: 'count',
    standard: 1_000_000,
    live: 100_000,
    subject: 'lines in the log of one recorded process that are no accesses: its calls, mainly',
    effect: 'Reading stops there, and the recording is refused.',
  },
  recordedLayoutLines: {
    unit: 'count',
    standard: 100_000,
    live: 100_000,
    subject: 'lines of one memory layout of a recording',
    effect: 'Reading stops there, and the recording is refused.',
  },
  recordedMappings: {
    unit: 'count',
    standard: 65_530,
    live: 10_000,
    subject: 'mappings of one recorded process at once; the standard is what Linux allows',
    effect: 'The recording is refused.',
  },
  recordedVisits: {
    unit: 'count',
    standard: 1_000_000,
    live: 1_000_000,
    subject: 'changes from one line of source to another that a recording tells apart',
    effect: 'Everything after them is one step.',
  },
  recordedProcesses: {
    unit: 'count',
    standard: 1000,
    live: 100,
    subject: 'processes of a recording',
    effect: 'The recording is refused.',
  },
} as const satisfies Readonly<Record<string, BoundInfo>>;

export type BoundName = keyof typeof table;
/** A value of each, and the group of the editor's settings that they come from: `pagewalk.bounds` or `pagewalk.live`. */
export interface Bounds extends Readonly<Record<BoundName, number>> {
  readonly setting: 'bounds' | 'live';
}

export const boundTable: Readonly<Record<BoundName, BoundInfo>> = table;
export const boundNames = Object.keys(table) as readonly BoundName[];

/** Every bound from a function of its name. */
export function boundsFrom(setting: Bounds['setting'], value: (name: BoundName) => number): Bounds {
  const values = boundNames.map((name) => [name, value(name)]);
  return { ...(Object.fromEntries(values) as Record<BoundName, number>), setting };
}

export const standardBounds: Bounds = boundsFrom('bounds', (name) => boundTable[name].standard);
export const liveBounds: Bounds = boundsFrom('live', (name) => boundTable[name].live);

/** `--file-size`. */
export function boundFlag(name: BoundName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** How the user raises a bound that was passed: the end of a message. */
export function raiseHint(name: BoundName, { setting }: Pick<Bounds, 'setting'>): string {
  const there = `pagewalk.${setting}.${name} in the editor's settings`;
  return setting === 'live' ? `raise ${there}` : `raise the bound with ${boundFlag(name)}, or ${there}`;
}

/** What a message about a bound speaks of. */
export function boundedRun({ setting }: Pick<Bounds, 'setting'>): string {
  return setting === 'live' ? 'simulation while typing' : 'simulation';
}

/** What to do where simulation while typing has ended early: its bounds are low on purpose. */
export const liveAdvice = 'run the file to see the rest';

/** A bound's value as people write it: `64 MiB`, `1,000`. */
export function boundText(name: BoundName, value: number): string {
  const { unit } = boundTable[name];
  if (unit === 'bytes') return sizeText(value);
  const text = value.toLocaleString('en');
  return unit === 'seconds' ? `${text} second${value === 1 ? '' : 's'}` : text;
}

/** `64 MiB`, `1,000 bytes`: the largest unit that divides it. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', GiB],
    ['MiB', MiB],
    ['KiB', KiB],
  ] as const)
    if (bytes >= size && bytes % size === 0) return `${(bytes / size).toLocaleString('en')} ${unit}`;
  return `${bytes.toLocaleString('en')} bytes`;
}

/** A setting's value as a bound: sizes are set in MiB. Null for anything that is no bound. */
export function settingToBound(name: BoundName, value: unknown): number | null {
  const isSize = boundTable[name].unit === 'bytes';
  const most = isSize ? Number.MAX_SAFE_INTEGER / MiB : Number.MAX_SAFE_INTEGER;
  if (typeof value !== 'number' || !(value > 0) || value > most) return null;
  return isSize ? Math.ceil(value * MiB) : value;
}
