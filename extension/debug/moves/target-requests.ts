/** Moves to a place that is chosen from a list: functions to step into, lines to go to, the beginning of a frame. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Entry } from '../../../simulator/session/moves/entries-ahead.ts';
import type { Breaks } from '../../../simulator/session/moves/stop.ts';
import { noBreaks } from '../../../simulator/session/moves/stop.ts';
import { fileKey } from '../breakpoints/breakpoints.ts';
import type { Arguments } from '../protocol/arguments.ts';
import { fromClientLine, toClient } from '../protocol/client-format.ts';
import type { Debuggee } from '../debuggee.ts';
import { unknownFrame, unknownTarget } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';
import { requireSubject } from '../views/variables.ts';
import { reportOf, type StopReport } from './stop-report.ts';

export const targetHandlers: Readonly<Record<string, Handler>> = { stepInTargets, gotoTargets, goto, restartFrame };

/** Micro-steps in one slice of a search. */
const SLICE_STEPS = 20_000;

function stepInTargets(debuggee: Debuggee, args: Arguments): DebugProtocol.StepInTargetsResponse['body'] {
  const { simulation } = debuggee.requireStopped(args.command);
  requireSubject(debuggee, args.command, args.integer('frameId'));
  debuggee.entries = simulation.entriesAhead();
  const own = simulation.threads().find(({ id }) => id === simulation.currentThreadId)?.name ?? '';
  return { targets: debuggee.entries.map((entry, id) => ({ id, label: labelOf(entry, own) })) };
}

/** `vmm_handle_page_fault for the write at 0x2000000`, `rpc_thread_func on rpc 1,0 #1`. */
function labelOf({ name, agent, access, stop }: Entry, own: string): string {
  const where = agent === own ? '' : ` on ${agent}`;
  if (name === null) return `${agent}: ${stop.description.replace(/^Paused on step$/, 'its next statement')}`;
  return `${name}${access === null ? '' : ` for the ${access}`}${where}`;
}

/** A step into one of the targets. */
export function stepInto(debuggee: Debuggee, targetId: number, thread: number): void {
  const { simulation } = debuggee.requireStopped('stepIn');
  const entry = debuggee.entries[targetId];
  if (entry === undefined) throw unknownTarget(targetId);
  debuggee.runner.drive(
    () => {
      simulation.seek(entry.position);
      return { ...reportOf(entry.stop), thread: simulation.currentThreadId };
    },
    true,
    thread,
  );
}

/** Of a line there are the next time that the run comes to it and the last time that it did. */
function gotoTargets(debuggee: Debuggee, args: Arguments): DebugProtocol.GotoTargetsResponse['body'] {
  const { program } = debuggee.requireStopped(args.command);
  const source = args.record('source');
  const file = fileKey(debuggee.host.realPath(source.optionalString('path') ?? source.optionalString('name') ?? ''));
  const line = fromClientLine(debuggee.format, args.integer('line'));
  const known = program.sources.find((one) => fileKey(one.file) === file);
  const location = known?.locations.find((one) => one.line >= line);
  debuggee.gotoLines = [];
  if (known === undefined || location === undefined) return { targets: [] };
  debuggee.gotoLines = [
    { file: known.file, line: location.line, isBack: false },
    { file: known.file, line: location.line, isBack: true },
  ];
  return {
    targets: debuggee.gotoLines.map(({ isBack }, id) => ({
      id,
      label: `line ${String(location.line)}, the ${isBack ? 'last time before' : 'next time'}`,
      ...toClient(debuggee.format, location.line, location.column),
    })),
  };
}

/** Time travel: the state is the one of a run that was stopped there. */
function goto(debuggee: Debuggee, args: Arguments): void {
  const { simulation } = debuggee.requireStopped(args.command);
  const id = args.integer('targetId');
  const target = debuggee.gotoLines[id];
  if (target === undefined) throw unknownTarget(id);
  const { file, line, isBack } = target;
  const breakpoints: Breaks = { ...noBreaks, lines: [{ id: 0, line, file }] };
  const origin = simulation.position;
  const way = isBack ? simulation.reverse({ kind: 'continue', breakpoints }) : null;
  debuggee.runner.drive(() => {
    const isGivenUp = debuggee.runner.isPausing;
    const stop = isGivenUp
      ? { reason: 'end' as const }
      : (way?.advance(SLICE_STEPS) ?? simulation.advance({ kind: 'continue', breakpoints }, SLICE_STEPS));
    if (stop.reason === 'budget') return null;
    if (stop.reason === 'breakpoint') return arrival(simulation.currentThreadId, `Paused where it was asked to`);
    simulation.seek(origin);
    const when = isBack ? 'was not at' : 'does not come to';
    return arrival(simulation.currentThreadId, `Stayed here: the run ${when} line ${String(line)} from here`);
  }, true);
}

function arrival(thread: number, description: string): StopReport {
  return { reason: 'goto', description, thread };
}

function restartFrame(debuggee: Debuggee, args: Arguments): void {
  const { simulation } = debuggee.requireStopped(args.command);
  const frameId = args.integer('frameId');
  const { frame } = requireSubject(debuggee, args.command, frameId);
  const above = simulation.framesAbove(frame);
  if (frame !== null && above === null) throw unknownFrame(frameId);
  debuggee.runner.drive(() => {
    const stop = simulation.returnToEntry(above);
    return { ...reportOf(stop), reason: 'restart', thread: simulation.currentThreadId };
  }, true);
}
