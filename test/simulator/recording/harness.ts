/** Drives a replay step by step on a real kernel, for tests that look at it on the way. */
import { createMachine } from '../../../simulator/hardware/machine.ts';
import type { MachineConfig } from '../../../simulator/hardware/machine-config.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { isEvent } from '../../../simulator/hardware/trace-event.ts';
import { inspectEntry } from '../../../simulator/hardware/page-table-walker.ts';
import type { ProcessObject } from '../../../simulator/kernels/kernel.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { findPiece } from '../../../simulator/recording/order/address-map.ts';
import type { Recording } from '../../../simulator/recording/logs/recording.ts';
import { Replay, type ReplayStep } from '../../../simulator/recording/replay/replay.ts';
import {
  createReplayState,
  defaultSettings,
  type ReplaySettings,
  type ReplayState,
} from '../../../simulator/recording/order/replay-state.ts';
import { scenarioOfRecording } from '../../../simulator/recording/replay/replayer.ts';
import { prepareProgram } from '../../../simulator/session/scenario/configuration.ts';
import { createRun, type Run } from '../../../simulator/session/state/run.ts';
import { createScript } from '../../../simulator/session/state/script.ts';

export interface ReplayOptions {
  readonly kernel: Kernel;
  readonly settings?: Partial<ReplaySettings>;
  readonly config?: Partial<MachineConfig>;
}

export class Harness {
  readonly run: Run;
  readonly replay: Replay;
  readonly state: ReplayState;

  constructor(recording: Recording, options: ReplayOptions) {
    const { kernel } = options;
    const prepared = prepareProgram({ scenario: scenarioOfRecording(recording.name), kernel, assets: {} });
    if (!('program' in prepared)) throw new Error(prepared.diagnostics.map(({ message }) => message).join('; '));
    const config = { ...prepared.program.config, ...options.config };
    const machine = createMachine(config);
    const kernelState = kernel.boot(machine, prepared.program.options);
    this.run = createRun({ ...prepared.program, config }, { machine, kernelState, script: createScript(0) });
    this.replay = new Replay(recording);
    this.state = createReplayState(recording.name, { ...defaultSettings, ...options.settings });
  }

  /** Performs one step, up to a position at most; null at the end. */
  step(limit = Infinity): ReplayStep | null {
    const next = this.replay.next(this.state, limit);
    if (next === null) return null;
    const { engine } = this.run;
    const { thread } = next;
    const where = {
      agent: thread?.name ?? 'kernel',
      core: thread?.core ?? 0,
      owner: thread?.process.owner ?? 0,
      thread,
      line: next.range.line,
    };
    const activity = engine.spawn(where, (inner) => this.replay.run(this.run, inner, this.state, limit));
    while (activity.state === 'running') {
      const advance = engine.advance();
      if (advance.kind === 'deadlock' || advance.kind === 'idle')
        throw new Error(`the step at line ${String(next.range.line)} came to a ${advance.kind}`);
    }
    if (activity.state === 'failed') throw activity.error;
    return next;
  }

  /** Runs to the end; gives the steps in the order in which they ran. */
  finish(): ReplayStep[] {
    const steps: ReplayStep[] = [];
    for (let step = this.step(); step !== null; step = this.step()) steps.push(step);
    return steps;
  }

  /** Runs up to the step that begins on or after a line of a log, without performing it. */
  runTo(file: string, line: number): void {
    for (let next = this.replay.next(this.state); next !== null; next = this.replay.next(this.state)) {
      if (next.range.file === file && next.range.line >= line) return;
      this.step();
    }
  }

  count(event: string, process?: ProcessObject): number {
    return countOf(this.run.machine, event, process === undefined ? {} : { owner: process.owner });
  }

  process(index: number): ProcessObject {
    const process = this.state.processes[index]?.process ?? null;
    if (process === null) throw new Error(`process ${String(index)} has not been created`);
    return process;
  }

  /** Where a recorded address of a process is now. */
  addressOf(index: number, recorded: number): number | null {
    const map = this.state.processes[index]?.map;
    const piece = map === undefined ? null : findPiece(map, recorded);
    return piece === null || piece.base === null ? null : piece.base + recorded - piece.start;
  }

  /** Frames of the resident pages of recorded addresses, by page; the reference table's, which knows them all. */
  frames(index: number, start: number, length: number): Map<number, number> {
    const { kernel, machine } = this.run;
    const process = this.process(index);
    const tables = process.alive ? kernel.tables(process) : [];
    const frames = new Map<number, number>();
    for (let page = 0; page < length; page += 4096) {
      const address = this.addressOf(index, start + page);
      if (address === null) continue;
      for (const { root } of tables) {
        const entry = inspectEntry(machine, root, address);
        if (entry?.present === true) frames.set(page / 4096, entry.ppn);
      }
    }
    return frames;
  }

  /** How often a trap of one kind hit recorded addresses while `body` ran. */
  faultsIn(
    index: number,
    start: number,
    length: number,
    body: () => void,
  ): { page: number; cow: number; segv: number } {
    const { trace } = this.run.machine;
    trace.on = true;
    const before = trace.events.length;
    body();
    trace.on = false;
    const base = this.addressOf(index, start);
    const { owner } = this.process(index);
    const events = trace.events
      .splice(before)
      .filter((event) => isEvent(event, 'page-fault', 'cow-fault', 'segv'))
      .filter((event) => event.owner === owner && base !== null)
      .filter(({ fields: { va } }) => va >= (base ?? 0) && va < (base ?? 0) + length);
    const count = (name: string): number => events.filter((event) => event.name === name).length;
    return { page: count('page-fault'), cow: count('cow-fault'), segv: count('segv') };
  }
}
