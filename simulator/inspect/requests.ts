/** Answers the custom debug requests: checks what was asked, reads the stopped simulation, gives plain data. */
import { addressBitsOf } from '../hardware/layouts/formats.ts';
import { framesPerCluster } from '../hardware/physical-memory.ts';
import { machineAddress } from '../hardware/virtual-address.ts';
import { PAGE_SIZE } from '../hardware/word.ts';
import { addressSpace } from './address-space.ts';
import { clusterOf, currentCluster, type Target } from './context.ts';
import { frameDetail } from './frame-detail.ts';
import { frameMap } from './frame-map.ts';
import { frames } from './frames.ts';
import { History, type Inspectable } from './history.ts';
import { InspectError } from './inspect-error.ts';
import { kernelViews } from './kernel-views.ts';
import { machine as machineModel } from './machine.ts';
import type { PageTableFilter } from './models.ts';
import type { Inspection } from './inspection.ts';
import { page } from './page.ts';
import { pageTable } from './page-table.ts';
import { runState } from './state-json.ts';
import { isTimelineCommand, timelineCommands, TimelineRequests } from './timeline/requests.ts';
import { translate } from './translate.ts';
import type { Simulation } from '../session/moves/simulation.ts';

export { InspectError } from './inspect-error.ts';
export type { Inspectable } from './history.ts';

/** Bounds of a single answer. */
const MOST_ROWS = 4096;
const MOST_BUCKETS = 4096;
const MOST_FRAMES = 4096;

type Args = Readonly<Record<string, unknown>>;

const handlers: Readonly<Record<string, (inspection: Inspection, args: Args) => object>> = {
  addressSpace: (inspection, args) =>
    addressSpace(inspection, target(args), {
      start: address(inspection, args, 'start', endOfAddresses(inspection) - 1, 0),
      end: endAddress(inspection, args),
      buckets: integer(args, 'buckets', 1, MOST_BUCKETS, 256),
    }),
  pageTable: (inspection, args) =>
    pageTable(inspection, target(args), {
      start: integer(args, 'start', 0, Number.MAX_SAFE_INTEGER, 0),
      count: integer(args, 'count', 0, MOST_ROWS, 256),
      filter: filterOf(args),
      find: args['find'] === undefined ? null : address(inspection, args, 'find', endOfAddresses(inspection) - 1),
    }),
  page: (inspection, args) =>
    page(inspection, target(args), integer(args, 'vpn', 0, endOfAddresses(inspection) / PAGE_SIZE - 1)),
  translate: (inspection, args) =>
    translate(inspection, target(args), address(inspection, args, 'address', endOfAddresses(inspection) - 1)),
  frames: (inspection, args) =>
    frames(
      inspection,
      clusterOf(inspection, place(args, 'cluster') ?? 0),
      integer(args, 'start', 0, Number.MAX_SAFE_INTEGER, 0),
      integer(args, 'count', 0, MOST_FRAMES, 256),
    ),
  frameMap: (inspection, args) =>
    frameMap(inspection, clusterOf(inspection, place(args, 'cluster') ?? currentCluster(inspection)), {
      perRow: integer(args, 'perRow', 1, 256, 16),
      start: integer(args, 'start', 0, Number.MAX_SAFE_INTEGER, 0),
      count: integer(args, 'count', 0, MOST_ROWS, 64),
      find: args['find'] === undefined ? null : integer(args, 'find', 0, framesPerCluster(inspection.machine) - 1),
    }),
  frame: (inspection, args) =>
    frameDetail(
      inspection,
      clusterOf(inspection, place(args, 'cluster') ?? 0),
      integer(args, 'page', 0, framesPerCluster(inspection.machine) - 1),
    ),
  machine: (inspection, args) => {
    const cluster = place(args, 'cluster');
    return machineModel(inspection, cluster === null ? null : clusterOf(inspection, cluster));
  },
  kernelViews: (inspection, args) => {
    const around = place(args, 'around');
    return kernelViews(inspection, target(args), around === null ? null : clusterOf(inspection, around));
  },
};

/** Names of the requests, without the debug protocol's `pagewalk/`. */
export const inspectCommands: readonly string[] = [...Object.keys(handlers), ...timelineCommands, 'state'];

/** Answers for one simulation. What it remembers of earlier stops lives and ends with it. */
export class Inspector {
  private readonly simulation: Inspectable;
  private history: History | null = null;
  private readonly timeline: TimelineRequests | null;

  /** `again` makes the same run once more, at its beginning: the timeline is recorded on it. */
  constructor(simulation: Inspectable, again: (() => Simulation) | null = null) {
    this.simulation = simulation;
    this.timeline = again === null ? null : new TimelineRequests(again);
  }

  /** Throws an `InspectError` where the question is wrong. */
  answer(command: string, args: unknown): object {
    if (command === 'state') return state(this.simulation);
    if (isTimelineCommand(command)) {
      if (this.timeline === null) throw new InspectError('what is inspected here has no timeline');
      this.history ??= new History(this.simulation);
      const { stop } = this.history.inspection();
      return this.timeline.answer(command, argsOf(args), { stop, position: this.simulation.clock?.().step ?? 0 });
    }
    const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined;
    if (handler === undefined)
      throw new InspectError(`there is no request '${command}'; known are ${inspectCommands.join(', ')}`);
    this.history ??= new History(this.simulation);
    return handler(this.history.inspection(), argsOf(args));
  }

  /**
   * To be told at every stop: without it, changes are marked since the last stop at which somebody asked. Costs nothing
   * while nobody has.
   */
  noteStop(): void {
    this.history?.noteStop();
  }
}

/** The object of `run --json`, of the run so far; without the list of all frames, which has a request of its own. */
function state({ kernel, world }: Inspectable): object {
  const { machine: hardware, kernelState, script } = world;
  if (script === undefined) throw new InspectError('what is inspected here runs no scenario');
  return runState({ kernel, world: { machine: hardware, kernelState, script } });
}

function argsOf(args: unknown): Args {
  if (args === undefined || args === null) return {};
  if (typeof args !== 'object' || Array.isArray(args)) throw new InspectError('the arguments have to be an object');
  return args as Args;
}

function target(args: Args): Target {
  const process = args['process'] ?? null;
  if (process !== null && typeof process !== 'string' && typeof process !== 'number') {
    throw new InspectError('process has to be a name or a pid');
  }
  return { process, cluster: place(args, 'cluster') };
}

function place(args: Args, name: string): number | string | null {
  const value = args[name] ?? null;
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new InspectError(`${name} has to be "x,y" or an index`);
}

function integer(args: Args, name: string, least: number, most: number, otherwise?: number): number {
  const value = args[name] ?? otherwise;
  if (value === undefined) throw new InspectError(`${name} is missing`);
  const number = typeof value === 'string' && /^(0x[\da-f]+|\d+)$/i.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InspectError(`${name} has to be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`);
}

const ADDRESS_TEXT = /^(0x[\da-f]+|\d+)$/i;

/** As text in the 64-bit form that people write, as a number as the machine counts. */
function address({ machine }: Inspection, args: Args, name: string, most: number, otherwise?: number): number {
  const value = args[name];
  if (typeof value !== 'string' || !ADDRESS_TEXT.test(value)) return integer(args, name, 0, most, otherwise);
  const number = machineAddress(BigInt(value), addressBitsOf(machine));
  if (number <= most) return number;
  throw new InspectError(`${name} has to be an address of this machine, not ${value}`);
}

/** The first address behind a range: that of the lower half is no address itself. */
function endAddress(inspection: Inspection, args: Args): number {
  const value = args['end'];
  if (typeof value !== 'string' || !ADDRESS_TEXT.test(value) || BigInt(value) === 0n)
    return integer(args, 'end', 0, endOfAddresses(inspection), endOfAddresses(inspection));
  return address(inspection, { end: String(BigInt(value) - 1n) }, 'end', endOfAddresses(inspection) - 1) + 1;
}

/** One more than the machine's highest address. */
function endOfAddresses({ machine }: Inspection): number {
  return 2 ** addressBitsOf(machine);
}

const filters: readonly PageTableFilter[] = ['present', 'all', 'cow', 'dirty', 'elsewhere', 'changed'];

function filterOf(args: Args): PageTableFilter {
  const wanted = args['filter'] ?? 'present';
  const filter = filters.find((name) => name === wanted);
  if (filter === undefined)
    throw new InspectError(`filter has to be one of ${filters.join(', ')}, not ${JSON.stringify(wanted)}`);
  return filter;
}
