/** 7.8 to 7.10, 4.47: page scrubber, pageout daemon, page daemon and the commit printer, in simulated time. */
import { cycles, setCycles } from '../../../hardware/core.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { printLine } from '../../../hardware/terminal.ts';
import { tell } from '../../../hardware/trace-event.ts';
import { setCause } from '../../../execution/cause.ts';
import type { Engine } from '../../../execution/engine.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { MAX_COMMIT_INTERVAL, PAGE_DAEMON_INTERVAL, SCRUBBER_INTERVAL } from '../base/constants.ts';
import { type DaemonName, type HaikuState, type Here, type Steps } from '../base/state.ts';
import { scrub } from './scrubber.ts';
import { pageout } from './pageout.ts';
import { pageDaemon } from './page-daemon.ts';

export const daemonDocs: Readonly<Record<DaemonName, string>> = {
  'page-scrubber': 'Zeroes free pages ahead of time, so that an allocation of a clear page need not.',
  'pageout-daemon': 'Writes modified pages that no region maps back to their file.',
  'page-daemon': 'Trims working sets when memory is short: unmaps pages that were not accessed since its last pass.',
  'max-commit': 'Prints the amount of committed memory whenever it has changed.',
};

/** In the order of their turns. */
export const daemonNames = Object.keys(daemonDocs) as readonly DaemonName[];

/** Microseconds of a sleep; 0: it waits for modified_pages_available. */
const intervals: Readonly<Record<DaemonName, number>> = {
  'page-scrubber': SCRUBBER_INTERVAL,
  'pageout-daemon': 0,
  'page-daemon': PAGE_DAEMON_INTERVAL,
  'max-commit': MAX_COMMIT_INTERVAL,
};

/** 7.13: kernel threads of core 0. A turn takes no time of its own sleep: the next one is due an interval after this one was. */
export function attachDaemons(engine: Engine<HaikuState>): void {
  const { kernelState: state, machine } = engine;
  const perUs = machine.config.cost.CYCLES_PER_US;
  engine.timers = {
    next(): number | null {
      let least: number | null = null;
      for (const name of daemonNames) {
        const due = dueOf(state, name, engine.now());
        // A cycle early: what falls due when a sleeper wakes is done before it does.
        if (due !== null && (least === null || due - 1 < least)) least = due - 1;
      }
      return least;
    },
    fire(cycle: number): void {
      for (const name of daemonNames) {
        const daemon = state.daemons[name];
        const due = dueOf(state, name, cycle);
        if (due === null || due - 1 > cycle) continue;
        daemon.busy = true;
        if (daemon.due >= 0) daemon.due += intervals[name] * perUs;
        engine.spawn({ agent: name, core: 0, owner: 0, thread: null, line: 0 }, (here) => turn(here, name, due));
      }
    },
  };
}

function dueOf({ daemons, modified_pages_available }: HaikuState, name: DaemonName, at: number): number | null {
  const { on, busy, due } = daemons[name];
  if (!on || busy) return null;
  if (due >= 0) return due;
  return modified_pages_available.count > 0 ? at + 1 : null;
}

/** Switched on, a daemon begins as at boot, with its first sleep; switched off, it stops before its next turn. */
export function setDaemon(engine: Engine<HaikuState>, name: DaemonName, on: boolean): void {
  const { kernelState: state, machine } = engine;
  const daemon = state.daemons[name];
  if (daemon.on === on) return;
  if (on) startDaemon(state, machine, name, Math.max(engine.now(), clockOf(engine)));
  else Object.assign(daemon, { on, due: -1 });
}

/** `now` in cycles. */
export function startDaemon(state: HaikuState, machine: Machine, name: DaemonName, now: number): void {
  const interval = intervals[name] * machine.config.cost.CYCLES_PER_US;
  Object.assign(state.daemons[name], { on: true, due: interval > 0 ? now + interval : -1 });
  if (name === 'max-commit') state.oldmax = -1;
}

function clockOf({ machine }: Engine<HaikuState>): number {
  let latest = 0;
  for (let core = 0; core < machine.memory.map.cores; core++) latest = Math.max(latest, cycles(machine, core));
  return latest;
}

function* turn(here: Here, name: DaemonName, due: number): Steps<void> {
  setCause(here.activity, tell(here.machine, 'daemon', here.cluster, { name, due }));
  if (cycles(here.machine, here.core) < due) setCycles(here.machine, here.core, due);
  here.engine.idleUntil = Math.max(here.engine.idleUntil, due - 1);
  if (name === 'page-scrubber') yield* scrub(here, undefined);
  else if (name === 'pageout-daemon') yield* pageout(here, undefined);
  else if (name === 'page-daemon') yield* pageDaemon(here, { at: timeOf(here, due) });
  else yield* printCommit(here, undefined);
  here.kernel.daemons[name].busy = false;
}

function timeOf(here: Here, cycle: number): number {
  return Math.floor(cycle / here.machine.config.cost.CYCLES_PER_US);
}

/** The sleep of a second lies before each turn. */
const printCommit = kernelFunction(
  {
    name: 'vm_thread_dump_max_commit',
    section: '4.47',
    doc: 'Prints max_commit whenever it has changed.',
    parameters: [],
    errors: [],
    steps: { 1: 'max_commit differs from what was seen last: print it', 2: 'remember it' },
  },
  function* (here: Here): Steps<void> {
    const { kernel, machine } = here;
    if (here.step('1')) yield;
    if (kernel.max_commit !== kernel.oldmax) printLine(machine, `max_commit 0x${kernel.max_commit.toString(16)}`);
    if (here.step('2')) yield;
    kernel.oldmax = kernel.max_commit;
  },
);
