/** Finds the first statement that two runs perform differently, and tells each side's reasons by running up to there again. */
import type { Simulation } from '../../session/moves/simulation.ts';
import { noBreaks } from '../../session/moves/stop.ts';
import { eventText } from '../event-text.ts';
import {
  countedOf,
  EpisodeBuilder,
  firstDifference,
  isCompared,
  kindNames,
  kindsOf,
  type ComparedEvent,
} from './behaviour.ts';
import type { Column } from './column.ts';
import type { EventModel, PartingModel, SideModel } from './models.ts';
import { closedUnits, type Recorder, type Units } from './recorder.ts';

/** Events of one statement that are looked at again. */
const MOST_EVENTS = 400_000;
const MOST_FUNCTIONS = 12;

type Run = NonNullable<Column['run']>;

/** Null where both runs did the same, as far as they were recorded. */
export function findParting(first: Column, column: Column, index: number): PartingModel | null {
  if (first.run === null || column.run === null) return null;
  const statement = firstOther(first.run.recorder, column.run.recorder);
  const sides = [first, column] as const;
  const haltAt = sides.map(({ model, run }) =>
    model.halt === null ? Infinity : (run as Run).recorder.statements.length - 1,
  );
  const halt = Math.min(...haltAt);
  if (haltAt[0] !== haltAt[1] && halt <= (statement ?? Infinity)) return haltParting(sides, index, halt);
  return statement === null ? null : eventParting(sides, index, statement);
}

/** Index of the first statement that differs; a run that has ended early is no difference here. */
function firstOther(one: Recorder, other: Recorder): number | null {
  const count = Math.min(one.statements.length, other.statements.length);
  for (let index = 0; index < count; index++) {
    const [left, right] = [one.statements[index], other.statements[index]];
    if (left?.line !== right?.line || left?.behaviour !== right?.behaviour) return index;
  }
  return null;
}

type Sides = readonly [Column, Column];

function haltParting(sides: Sides, column: number, statement: number): PartingModel {
  const told = sides.map((side) => sideOf(side, statement, null)) as unknown as [SideModel, SideModel];
  const stopped = sides.findIndex(
    ({ model, run }) => model.halt !== null && run?.recorder.statements.length === statement + 1,
  );
  const { model } = sides[stopped] as Column;
  const line = model.halt?.line ?? 0;
  const summary = `${model.name} stops: ${model.halt?.message ?? ''}`;
  return { column, statement, line, kind: 'halt', episode: 1, summary, sides: told };
}

function eventParting(sides: Sides, column: number, statement: number): PartingModel {
  const records = sides.map(({ run }) => (run as Run).recorder.statements[statement]);
  const line = records[1]?.line ?? 0;
  const names = sides.map(({ model }) => model.name);
  if (records[0]?.line !== line) {
    const told = sides.map((side) => sideOf(side, statement, null)) as unknown as [SideModel, SideModel];
    const summary = `${String(names[0])} goes on with line ${String(records[0]?.line)}, ${String(names[1])} with line ${String(line)}`;
    return { column, statement, line, kind: 'flow', episode: 1, summary, sides: told };
  }
  const replays = sides.map(({ run }) => replay(run as Run, statement)) as [Replayed, Replayed];
  const where = differenceOf(replays[0].units, replays[1].units);
  const told = sides.map((side, index) => sideOf(side, statement, whereOf(replays, index, where))) as unknown as [
    SideModel,
    SideModel,
  ];
  const isCount = where.kinds.includes(null);
  const isInner = (sides[0].run as Run).recorder.options.innerLines.has(where.line);
  return {
    column,
    statement,
    line: isInner ? where.line : line,
    kind: isCount ? 'count' : 'event',
    episode: where.episode + 1,
    summary: isCount ? countSummary(names, told) : eventSummary(names, told, where),
    sides: told,
  };
}

function countSummary(names: readonly string[], sides: readonly [SideModel, SideModel]): string {
  const texts = sides.map(({ episodes }, index) => `${String(names[index])} takes ${trapsText(episodes)}`);
  return texts.join(', ');
}

function trapsText(count: number): string {
  return count === 0 ? 'no trap' : count === 1 ? '1 trap or call' : `${String(count)} traps`;
}

function eventSummary(names: readonly string[], sides: readonly [SideModel, SideModel], where: Where): string {
  const number = where.episode === 0 ? '' : ` (in trap ${String(where.episode + 1)})`;
  const texts = sides.map(({ happened }, index) => `${String(names[index])}: ${happened.join(', ') || 'nothing'}`);
  return texts.join('; ') + number;
}

interface Where {
  /** Line of the unit. */
  readonly line: number;
  readonly episode: number;
  readonly kinds: readonly [number | null, number | null];
}

function differenceOf(one: Units, other: Units): Where {
  const lines = [...new Set([...one.keys(), ...other.keys()])].sort((left, right) => left - right);
  for (const line of lines) {
    const found = firstDifference(one.get(line) ?? [], other.get(line) ?? []);
    if (found !== null) return { line, ...found };
  }
  throw new Error('internal: a statement that differed did the same when it ran again');
}

/** One side of a difference: its episode's events, and what the other side did. */
interface SideWhere {
  readonly replayed: Replayed;
  readonly events: readonly ComparedEvent[];
  readonly episodes: number;
  readonly others: number | null;
}

function whereOf(replays: readonly [Replayed, Replayed], index: number, where: Where): SideWhere {
  const replayed = replays[index] as Replayed;
  const runs = replayed.units.get(where.line) ?? [];
  return {
    replayed,
    events: episodeAt(replayed, where),
    episodes: runs.reduce((sum, { count }) => sum + count, 0),
    others: where.kinds[1 - index] ?? null,
  };
}

function sideOf({ model, run }: Column, statement: number, where: SideWhere | null): SideModel {
  const { recorder, simulation } = run as Run;
  const isLast = recorder.statements.length === statement + 1;
  const halt = isLast ? model.halt : null;
  const line = recorder.statements[statement]?.line ?? model.halt?.line ?? 0;
  if (where === null) return { line, happened: [], episodes: 0, event: null, halt };
  const counted = countedOf(where.events);
  const others: readonly string[] = kindNames(where.others ?? 0);
  const event = counted.find(({ name }) => !others.includes(name)) ?? null;
  return {
    line,
    happened: kindNames(kindsOf(where.events)),
    episodes: where.episodes,
    event: event === null ? null : eventModel(simulation, statement, where.replayed.startStep, event),
    halt,
  };
}

interface Replayed {
  readonly events: readonly ComparedEvent[];
  readonly units: Units;
  readonly forkLines: ReadonlySet<number>;
  /** Micro-steps before the statement. */
  readonly startStep: number;
}

/** Runs one statement again and listens to every event of it. */
function replay({ simulation, recorder }: Run, statement: number): Replayed {
  simulation.seek({ statement, step: 0 });
  const startStep = simulation.clock().step;
  const events: ComparedEvent[] = [];
  const stopListening = simulation.onEvents((batch) => {
    for (const event of batch) if (events.length < MOST_EVENTS && isCompared(event)) events.push(event);
  });
  const breakpoints = { ...noBreaks, watch: (): boolean => simulation.position.statement > statement };
  while (simulation.advance({ kind: 'continue', breakpoints }, Number.MAX_SAFE_INTEGER).reason === 'budget');
  stopListening();
  const { forkLines } = recorder.options;
  return { events, units: unitsOf(events, forkLines), forkLines, startStep };
}

function unitsOf(events: readonly ComparedEvent[], forkLines: ReadonlySet<number>): Units {
  const builders = new Map<number, EpisodeBuilder>();
  for (const event of events) {
    const builder = builders.get(event.line) ?? new EpisodeBuilder(forkLines.has(event.line));
    builders.set(event.line, builder);
    builder.add(event);
  }
  return closedUnits(builders);
}

/** The events of the n-th episode of a line; none where there are fewer. */
function episodeAt({ events, forkLines }: Replayed, { line, episode }: Where): readonly ComparedEvent[] {
  const builder = new EpisodeBuilder(forkLines.has(line), episode);
  for (const event of events) if (event.line === line) builder.add(event);
  builder.close();
  return builder.kept;
}

function eventModel(simulation: Simulation, statement: number, startStep: number, event: ComparedEvent): EventModel {
  simulation.seek({ statement, step: Math.max(0, event.step - startStep) });
  const frames = simulation.stack(simulation.currentThreadId).filter(({ kind }) => kind === 'kernel');
  const { machine } = simulation.world;
  return {
    name: event.name,
    text: eventText({ machine }, event),
    thread: event.thread,
    cycle: event.cycle,
    step: event.step,
    line: event.line,
    functions: frames.slice(0, MOST_FUNCTIONS).map(({ name, info, label = '' }) => ({
      name,
      section: info?.section ?? '',
      label,
      text: info?.steps[label] ?? '',
    })),
  };
}
