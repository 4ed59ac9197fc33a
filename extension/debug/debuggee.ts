import { Inspector } from '../../simulator/inspect/requests.ts';
import type { Entry } from '../../simulator/session/moves/entries-ahead.ts';
import type { Diagnostic } from '../../simulator/session/scenario/scenario.ts';
import type { Simulation } from '../../simulator/session/moves/simulation.ts';
import type { LineBreakpoint } from './breakpoints/breakpoints.ts';
import { BreakpointSet } from './breakpoints/breakpoint-set.ts';
import { defaultFormat, type ClientFormat } from './protocol/client-format.ts';
import { cancelled, hasEnded, notLaunched, notStopped } from './protocol/errors.ts';
import type { AdapterHost } from './protocol/host.ts';
import { LaunchedText } from './program/launched-text.ts';
import { ListingSources } from './program/listing-sources.ts';
import { loadProgram, type LaunchSettings, type Program } from './program/launch.ts';
import { Output } from './program/output.ts';
import { Runner } from './moves/runner.ts';
import { VariableStore } from './protocol/variable-store.ts';

/**
 * 1 fresh → loading: launch
 * 2 loading → ready: the program is read; breakpoints may come
 * 3 ready → running | stopped: configurationDone
 * 4 running ↔ stopped: moves, pauses, stops
 * 5 any → ended: failure, end of the scenario, terminate, disconnect
 */
export type Phase = 'fresh' | 'loading' | 'ready' | 'running' | 'stopped' | 'ended';

export type Send = (event: string, body?: object) => void;

/** One debug session: the program, its simulation, and what the client has asked for. */
export class Debuggee {
  readonly host: AdapterHost;
  readonly send: Send;
  readonly output: Output;
  readonly breakpoints: BreakpointSet;
  readonly variables = new VariableStore();
  readonly listings = new ListingSources();
  readonly launchedText: LaunchedText;
  /** Memory that the client has read, by reference: it is told when that may have changed. */
  readonly seenMemory = new Map<string, { readonly offset: number; readonly count: number }>();
  /** What the client was offered to step into, and to go to, at this stop. */
  entries: readonly Entry[] = [];
  gotoLines: readonly { readonly file: string; readonly line: number; readonly isBack: boolean }[] = [];
  readonly runner: Runner;
  format: ClientFormat = defaultFormat;
  phase: Phase = 'fresh';
  /** How integers are shown in the answer to the request that is being handled; null for both where they are large. */
  valueFormat: 'hex' | 'decimal' | null = null;
  /** Number of the request that is being handled; null while none is. */
  request: number | null = null;
  /** The client has sent its breakpoints. */
  isConfigured = false;
  settings: LaunchSettings | null = null;
  program: Program | null = null;
  simulation: Simulation | null = null;
  /** Answers what panels ask of the simulation; knows its stops and events. */
  inspector: Inspector | null = null;

  /** The test that runs now. */
  test: string | null = null;
  private pendingTests: string[] = [];

  constructor(host: AdapterHost, send: Send) {
    this.host = host;
    this.breakpoints = new BreakpointSet((file) => host.realPath(file));
    this.send = (event, body) => {
      if (this.phase !== 'ended' || event === 'terminated' || event === 'exited') send(event, body);
    };
    this.output = new Output(this);
    this.launchedText = new LaunchedText(this);
    this.runner = new Runner(this);
  }

  /** Reads the program and makes its simulation; what was there before stays if that fails. */
  async load(settings: LaunchSettings): Promise<void> {
    const report = (diagnostic: Diagnostic): void => {
      this.output.diagnostic(diagnostic);
    };
    const program = await loadProgram(this.host, settings, report);
    const simulation = program.start(settings.test);
    if (this.phase === 'ended') throw cancelled();
    this.settings = settings;
    this.program = program;
    this.adopt(simulation, () => program.startTraced(settings.test));
    this.output.restart();
    this.test = settings.test ?? null;
    // Running a file runs its tests as well; debugging one is asked for by its name.
    this.pendingTests =
      settings.noDebug && settings.test === undefined ? program.scenario.tests.map(({ name }) => name) : [];
    this.breakpoints.forgetHits();
    this.variables.clear();
    this.listings.setKernel(program.kernel);
    this.launchedText.launch(program.launched);
    this.moveBreakpoints();
  }

  /** Finds the lines of all breakpoints anew, and gives those that have moved. */
  placeBreakpoints(): readonly LineBreakpoint[] {
    const { program, breakpoints, launchedText } = this;
    if (program === null) return [];
    const listings = breakpoints.lines.files().flatMap((file) => this.listings.breakable(file) ?? []);
    return breakpoints.lines.place([...program.sources, ...listings], (file) => launchedText.changeOf(file));
  }

  /** The same, where the client does not ask and has to be told. */
  moveBreakpoints(): void {
    for (const moved of this.placeBreakpoints()) {
      this.send('breakpoint', { reason: 'changed', breakpoint: this.breakpoints.describe(moved, this.format) });
    }
  }

  /** Starts moving once the program is there and the client has sent its breakpoints. */
  begin(): void {
    const { settings } = this;
    if (this.phase !== 'ready' || !this.isConfigured || settings === null) return;
    if (!settings.stopOnEntry || settings.noDebug) this.runner.start();
    else this.runner.enter();
  }

  /** Puts the next test in place of what has ended, if one is left. It says again nothing of what the file said. */
  startNextTest(): boolean {
    const { program, simulation } = this;
    const next = this.pendingTests.shift();
    if (next === undefined || program === null || simulation === null) return false;
    this.test = next;
    this.adopt(program.start(next), () => program.startTraced(next));
    this.output.restartForTest();
    return true;
  }

  /** `again` makes the same run once more: for what is told of the whole of it. */
  private adopt(simulation: Simulation, again: () => Simulation): void {
    this.simulation = simulation;
    this.inspector = new Inspector(simulation, again);
  }

  end(): void {
    this.phase = 'ended';
    this.runner.halt('the session has ended');
  }

  /** Asked again after waiting: the client may have ended the session meanwhile. */
  hasEnded(): boolean {
    return this.phase === 'ended';
  }

  /** The simulation, moving or not. */
  requireSimulation(command: string): { simulation: Simulation; program: Program } {
    const { simulation, program, phase } = this;
    if (phase === 'ended') throw hasEnded(command);
    if (simulation === null || program === null) throw notLaunched(command);
    return { simulation, program };
  }

  /** The simulation, if it stands still. */
  requireStopped(command: string): { simulation: Simulation; program: Program } {
    const required = this.requireSimulation(command);
    if (this.phase !== 'stopped') throw notStopped(command);
    return required;
  }
}
