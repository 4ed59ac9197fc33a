/** One kernel's run of the file that is compared. */
import type { Kernel } from '../../kernels/bound-kernel.ts';
import { countOf } from '../../hardware/counters.ts';
import { statementsIn } from '../../session/scenario/named-files.ts';
import { callsIn } from '../../session/scenario/statement-calls.ts';
import { innerBlocks } from '../../session/scenario/program.ts';
import type { Diagnostic, Scenario, SourceRange, Statement } from '../../session/scenario/scenario.ts';
import type { Replayer } from '../../session/state/replayer.ts';
import { Simulation, type SimulationSettings } from '../../session/moves/simulation.ts';
import { noBreaks } from '../../session/moves/stop.ts';
import { latestCycle, machineJson } from '../state-json.ts';
import { countedEvents, type ColumnModel, type Halt } from './models.ts';
import { framesInUse, Recorder, type RecorderOptions } from './recorder.ts';
import { tableFramesInUse } from './table-frames.ts';

/** What is to run: `program` is null where the file was refused for this kernel. */
export interface Contender {
  readonly name: string;
  readonly kernel: string;
  readonly program: (SimulationSettings & { readonly scenario: Scenario; readonly kernel: Kernel }) | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Column {
  readonly model: ColumnModel;
  readonly run: { readonly simulation: Simulation; readonly recorder: Recorder } | null;
}

/** Told between slices of a run; may stop it at a bound, or throw. */
export type Look = (column: string, simulation: Simulation) => void;

/** Micro-steps of a slice: their events are held in memory. */
const SLICE = 5000;

export function runColumn(contender: Contender, look: Look): Column {
  const { name, program } = contender;
  if (program === null) return refused(contender, contender.diagnostics);
  const created = Simulation.create(program);
  if ('diagnostics' in created) return refused(contender, created.diagnostics);
  const { simulation } = created;
  const recorder = record(simulation, program, () => {
    look(name, simulation);
  });
  return { model: columnModel(contender, simulation, recorder), run: { simulation, recorder } };
}

function refused({ name, kernel }: Contender, diagnostics: readonly Diagnostic[]): Column {
  const halt = haltOf(diagnostics);
  if (halt === null) throw new Error(`internal: ${name} was refused without a reason`);
  const model: ColumnModel = { name, kernel, state: 'refused', halt, machine: null, totals: null, emulated: 0 };
  return { model, run: null };
}

function record(
  simulation: Simulation,
  { scenario, test, replayer = null }: SimulationSettings,
  look: () => void,
): Recorder {
  // So that the first statement is known.
  simulation.seek({ statement: 0, step: 0 });
  const statements = [...scenario.body, ...(scenario.tests.find(({ name }) => name === test)?.body ?? [])];
  let line = simulation.stack(simulation.currentThreadId)[0]?.line ?? 1;
  const inner = replayedBy(statements, scenario.file, replayer);
  const recorder = new Recorder(simulation, line, {
    ...linesOf([...statements, ...inner]),
    mostStatements: simulation.program.bounds.compareStatements,
  });
  const watch = (range: SourceRange): false => {
    const isOwn = range.file === scenario.file;
    // A step of a recording that a scenario replays belongs to the line that replays it.
    if (isOwn) ({ line } = range);
    recorder.boundary(line, simulation, isOwn);
    return false;
  };
  const breakpoints = { ...noBreaks, watch };
  const stopListening = simulation.onEvents((events) => {
    recorder.events(events);
  });
  while (!simulation.isAtEnd && simulation.advance({ kind: 'continue', breakpoints }, SLICE).reason !== 'end') {
    recorder.glance(simulation);
    look();
  }
  stopListening();
  recorder.finish(simulation);
  return recorder;
}

/** The steps of a recording that is the file itself: its lines are the file's. */
function replayedBy(statements: readonly Statement[], file: string, replayer: Replayer | null): readonly Statement[] {
  const [first] = statements;
  if (replayer === null || first?.kind !== 'replay') return [];
  return replayer.begin(first).steps.filter(({ range }) => range.file === file);
}

function linesOf(statements: readonly Statement[]): Omit<RecorderOptions, 'mostStatements'> {
  const silentLines = new Set<number>();
  const innerLines = new Set<number>();
  const forkLines = new Set<number>();
  for (const statement of statementsIn(statements)) {
    if (statement.kind === 'process' || statement.kind === 'thread') silentLines.add(statement.range.line);
    if (statement.kind === 'replay-step') {
      if (statement.makes === 'process') silentLines.add(statement.range.line);
      if (statement.makes === 'fork') forkLines.add(statement.range.line);
    }
    if (callsIn(statement).includes('exec')) silentLines.add(statement.range.line);
    if (callsIn(statement).includes('fork')) forkLines.add(statement.range.line);
    const isInterleaved = statement.kind === 'parallel' || statement.kind === 'explore';
    if (!isInterleaved) continue;
    for (const { range } of statementsIn(innerBlocks(statement).flat())) innerLines.add(range.line);
  }
  return { silentLines, innerLines, forkLines };
}

function columnModel({ name, kernel }: Contender, simulation: Simulation, recorder: Recorder): ColumnModel {
  const { machine, script } = simulation.world;
  const halt = haltOf(script.diagnostics);
  const counts = countedEvents.map((event) => [event, countOf(machine, event)] as const);
  const tableFrames = tableFramesInUse(machine, simulation.kernel);
  const inUse = framesInUse(machine, simulation.kernel);
  return {
    name,
    kernel,
    state: halt === null ? 'ended' : 'stopped',
    halt,
    machine: machineJson(machine.config),
    totals: {
      counts: Object.fromEntries(counts.filter(([, count]) => count > 0)),
      frames: { boot: recorder.bootFrames, peak: Math.max(recorder.peakFrames, inUse), end: inUse },
      tableFrames: { peak: Math.max(recorder.peakTableFrames, tableFrames), end: tableFrames },
      cycles: latestCycle(machine),
      steps: script.steps,
      statements: script.statements,
    },
    emulated: script.emulated.length,
  };
}

function haltOf(diagnostics: readonly Diagnostic[]): Halt | null {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error === undefined) return null;
  const { line, column } = error.range;
  return { code: error.code, message: error.message, line, column };
}
