import { chosenKernel } from '../../../simulator/session/scenario/scenario-kernels.ts';
import { defaultKernel, findKernel, kernels } from '../../../simulator/kernels/registry.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { replayOrder } from '../../../simulator/recording/order/replay-order.ts';
import { defaultSettings, type ReplaySettings } from '../../../simulator/recording/order/replay-state.ts';
import {
  RecordingReplayer,
  type RecordingSource,
  scenarioOfRecording,
} from '../../../simulator/recording/replay/replayer.ts';
import { type Bounds, boundsFrom, standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import type { Diagnostic, Scenario } from '../../../simulator/session/scenario/scenario.ts';
import { Simulation } from '../../../simulator/session/moves/simulation.ts';
import type { Arguments } from '../protocol/arguments.ts';
import { expectingLines } from '../breakpoints/breakpoints.ts';
import { cannotRead, launchFailed } from '../protocol/errors.ts';
import type { AdapterHost } from '../protocol/host.ts';
import type { LaunchedFile } from './launched-text.ts';
import type { FoundSource, SourceMap } from '../../../simulator/files/find-sources.ts';
import { namedFiles } from '../../../simulator/session/scenario/named-files.ts';
import { cSources, recordedFiles, type RecordedFiles, recordingPlace, sourceNames } from './c-sources.ts';
import { programSources, type ProgramSource } from './program-sources.ts';

/** A launch request's settings, checked. */
export interface LaunchSettings {
  readonly program: string;
  readonly kernel?: string;
  readonly machine?: string;
  readonly seed?: number;
  readonly test?: string;
  readonly stopOnEntry: boolean;
  readonly replay: ReplaySettings;
  readonly noDebug: boolean;
  readonly bounds: Bounds;
  /** Recordings that know the source of their program are stepped by its lines, others by those of their view. */
  readonly stepBy: 'line' | 'access';
  readonly sourceMap: SourceMap;
}

/** What a session debugs, read from disk. */
export interface Program {
  readonly path: string;
  /** Null for a recording, whose lines are those of its view. */
  readonly launched: LaunchedFile | null;
  /** The texts that its frames stand in. */
  readonly sources: readonly ProgramSource[];
  readonly scenario: Scenario;
  readonly kernel: Kernel;
  readonly replayer: RecordingReplayer | null;
  /** A recording that was launched is stepped by the lines of its program's source. */
  readonly steppedBySource: boolean;
  /** Source files of recorded programs that are not there, or have another text. */
  readonly lostSources: readonly FoundSource[];
  /** Lines where an error is what should happen. */
  readonly expectingLines: ReadonlySet<number>;
  /** A new simulation of it, at its beginning: with one of its tests, or of what stands outside them. */
  readonly start: (test?: string) => Simulation;
  /** The same run once more, with its events from the kernel's boot on: for what is told of the whole of it. */
  readonly startTraced: (test?: string) => Simulation;
}

/** Told of every finding about the program, before a launch fails or after it succeeds. */
export type Report = (diagnostic: Diagnostic) => void;

export function readSettings(args: Arguments): LaunchSettings {
  const kernel = args.optionalString('kernel');
  const machine = args.optionalString('machine');
  const seed = args.optionalInteger('seed', 0);
  const test = args.optionalString('test');
  return {
    program: args.string('program'),
    ...(kernel === undefined ? {} : { kernel }),
    ...(machine === undefined ? {} : { machine }),
    ...(seed === undefined ? {} : { seed }),
    ...(test === undefined ? {} : { test }),
    stopOnEntry: args.boolean('stopOnEntry', true),
    replay: { ...orderOf(args), strict: args.boolean('strict', false) },
    noDebug: args.boolean('noDebug', false),
    bounds: readBounds(args),
    stepBy: readStepBy(args),
    sourceMap: readSourceMap(args),
  };
}

/** `bounds: { "steps": 1000 }`; sizes in bytes. */
function readBounds(args: Arguments): Bounds {
  if (args.fields['bounds'] === undefined) return standardBounds;
  const given = args.record('bounds');
  return boundsFrom('bounds', (name) => given.optionalInteger(name, 1) ?? standardBounds[name]);
}

function readStepBy(args: Arguments): LaunchSettings['stepBy'] {
  const text = args.optionalString('stepBy') ?? 'line';
  if (text === 'line' || text === 'access') return text;
  throw args.wrong('stepBy', 'line or access');
}

function readSourceMap(args: Arguments): SourceMap {
  if (args.fields['sourceMap'] === undefined) return {};
  const { fields } = args.record('sourceMap');
  for (const to of Object.values(fields))
    if (typeof to !== 'string') throw args.wrong('sourceMap', 'an object whose values are paths');
  return fields as SourceMap;
}

/** `child-first`, `parent-first`, `round-robin` or `round-robin N`. */
function orderOf(args: Arguments): Pick<ReplaySettings, 'order' | 'quantum'> {
  const order = replayOrder(args.optionalString('order') ?? defaultSettings.order);
  if (order === null) throw args.wrong('order', 'child-first, parent-first or round-robin N');
  return order;
}

export async function loadProgram(host: AdapterHost, settings: LaunchSettings, report: Report): Promise<Program> {
  const path = settings.program;
  const { bounds } = settings;
  const { scenario, launched } = (await host.isRecording(path))
    ? { scenario: scenarioOfRecording(path), launched: null }
    : await readScenario(host, path, bounds, report);
  checkTest(scenario, settings);
  const kernel = kernelOf(scenario, settings);
  const { assets, recordings, problems } = await host.readInputs(scenario, bounds);
  problems.forEach(report);
  if (problems.length > 0) throw failure(path, problems);
  const files = settings.stepBy === 'line' ? await findFiles(host, settings, scenario, recordings) : [];
  const replayer =
    recordings === null ? null : new RecordingReplayer(recordings, settings.replay, undefined, sourceNames(files));
  const sources = programSources({ text: launched?.text ?? '', scenario }, replayer, cSources(files));
  const create = (test: string | undefined, isTraced: boolean): Simulation => {
    const created = Simulation.create({
      ...settings,
      limits: bounds,
      scenario,
      kernel,
      isDefaultKernel: scenario.kernel === null && settings.kernel === undefined,
      assets,
      test,
      replayer,
      isTraced,
    });
    if ('simulation' in created) return created.simulation;
    created.diagnostics.forEach(report);
    throw failure(path, created.diagnostics);
  };
  const start = (test?: string): Simulation => {
    const simulation = create(test, false);
    // So that its call stack shows the first statement already.
    simulation.seek({ statement: 0, step: 0 });
    return simulation;
  };
  return {
    path,
    launched,
    sources,
    scenario,
    kernel,
    replayer,
    steppedBySource: launched === null && files.length > 0,
    lostSources: files.flatMap(({ found, lines }) =>
      found.filter(({ state }, file) => state !== 'same' && (lines[file]?.length ?? 0) > 0),
    ),
    expectingLines: expectingLines(scenario),
    start,
    startTraced: (test) => create(test, true),
  };
}

/** Of every recording that tells its program's source. */
async function findFiles(
  host: AdapterHost,
  { program, sourceMap, bounds }: LaunchSettings,
  scenario: Scenario,
  recordings: RecordingSource | null,
): Promise<RecordedFiles[]> {
  const all: RecordedFiles[] = [];
  if (recordings === null) return all;
  for (const name of namedFiles(scenario).recordings.keys()) {
    const recording = recordings(name);
    const place = recordingPlace(program, name);
    const found = await host.findSources(place, recording.sources?.files ?? [], sourceMap, bounds);
    const files = recordedFiles(name, recording, found);
    if (files !== null) all.push(files);
  }
  return all;
}

async function readScenario(
  host: AdapterHost,
  path: string,
  bounds: Bounds,
  report: Report,
): Promise<{ scenario: Scenario; launched: LaunchedFile }> {
  const text = await host.readScenario(path, bounds).catch((error: unknown) => {
    throw cannotRead(path, error instanceof Error ? error.message : String(error));
  });
  const { scenario, diagnostics } = parseScenario(text, path, { bounds });
  diagnostics.forEach(report);
  if (scenario === null) throw failure(path, diagnostics);
  return { scenario, launched: { file: scenario.file, text } };
}

function failure(path: string, diagnostics: readonly Diagnostic[]): Error {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const rest = errors.length > 1 ? ` (and ${String(errors.length - 1)} more, see the debug console)` : '';
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (first === undefined) return launchFailed(`${name} cannot run.`);
  const { file, line } = first.range;
  return launchFailed(`${name}, line ${String(line)}: ${first.message}${rest}`, line > 0 ? { file, line } : null);
}

function checkTest(scenario: Scenario, { test }: LaunchSettings): void {
  if (test === undefined || scenario.tests.some(({ name }) => name === test)) return;
  const names = scenario.tests.map(({ name }) => `"${name}"`).join(', ');
  throw launchFailed(
    `There is no test "${test}"; ${names === '' ? 'the file has no tests' : `the file has ${names}`}.`,
  );
}

function kernelOf(scenario: Scenario, settings: LaunchSettings): Kernel {
  const name = chosenKernel(scenario, settings.kernel);
  const kernel = name === undefined ? defaultKernel : findKernel(name);
  if (kernel !== null) return kernel;
  throw launchFailed(`There is no kernel ${String(name)}; there are ${kernels.map((known) => known.name).join(', ')}.`);
}
