import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SimulationFrame } from '../../../simulator/session/moves/stop.ts';
import type { Arguments } from '../protocol/arguments.ts';
import { FRAMES_PER_THREAD } from '../../../simulator/session/moves/stack-numbers.ts';
import type { Location } from '../breakpoints/breakpoints.ts';
import { toClient } from '../protocol/client-format.ts';
import type { Debuggee } from '../debuggee.ts';
import { unknownSource, unknownThread } from '../protocol/errors.ts';
import type { Program } from '../program/launch.ts';
import type { Handler } from '../handlers.ts';
import { type ProgramSource, sourceNamed, VIEW_MIME_TYPE, writtenAt } from '../program/program-sources.ts';

export const stackHandlers: Readonly<Record<string, Handler>> = {
  threads(debuggee, { command }) {
    const { simulation } = debuggee.requireSimulation(command);
    return { threads: simulation.threads().map(({ id, name }) => ({ id, name })) };
  },
  stackTrace,
  source,
  loadedSources(debuggee, { command }) {
    const { program } = debuggee.requireSimulation(command);
    const { launchedText, listings } = debuggee;
    return { sources: [...program.sources.map((one) => launchedText.source(one)), ...listings.all()] };
  },
};

function stackTrace(debuggee: Debuggee, args: Arguments): DebugProtocol.StackTraceResponse['body'] {
  const { simulation, program } = debuggee.requireStopped(args.command);
  const id = args.integer('threadId');
  if (!simulation.threads().some((thread) => thread.id === id)) throw unknownThread(id);
  const frames = framesOf(debuggee, program, id);
  const start = args.optionalInteger('startFrame', 0) ?? 0;
  const levels = args.optionalInteger('levels', 0) ?? 0;
  const shown = frames.slice(start, levels === 0 ? undefined : start + levels);
  return { stackFrames: shown, totalFrames: frames.length };
}

/**
 * Editors draw an arrow at a thread's first frame. Only who executes gets one: above the frames of every other thread stands
 * in words what it does, without a place. After the end nobody has one.
 */
function framesOf(debuggee: Debuggee, program: Program, thread: number): DebugProtocol.StackFrame[] {
  const { simulation } = debuggee.requireStopped('stackTrace');
  const frames = simulation.stack(thread).map((frame) => frameBody(debuggee, program, frame));
  if (simulation.isAtEnd && thread === simulation.currentThreadId)
    return frames
      .slice(-1)
      .map((frame) => ({ ...frame, ...endOf(debuggee, program, simulation.stack(thread).at(-1)) }));
  const rest = simulation.restOf(thread);
  if (rest === null) return frames;
  const note = { id: thread * FRAMES_PER_THREAD + NOTE, name: rest, line: 0, column: 0 };
  return [{ ...note, presentationHint: 'label' }, ...frames];
}

/** Behind the last line of the text: there is no line to mark, and the names of the frame can still be read. */
function endOf(
  { format }: Debuggee,
  program: Program,
  frame?: SimulationFrame,
): { name: string; line: number; column: number } {
  const { text } = sourceNamed(program.sources, frame?.file);
  return { name: 'the run has ended', ...toClient(format, text.split('\n').length + 1, 1) };
}

function frameBody(debuggee: Debuggee, program: Program, frame: SimulationFrame): DebugProtocol.StackFrame {
  const { listings, format } = debuggee;
  if (frame.kind === 'kernel' && frame.info !== undefined) {
    const label = frame.label ?? '';
    return {
      id: frame.id,
      name: label === '' ? frame.name : `${frame.name}, step ${label}`,
      source: listings.source(frame.info),
      ...toClient(format, listings.line(frame.info, label), 1),
    };
  }
  const source = sourceNamed(program.sources, frame.file);
  if (frame.source !== undefined)
    return {
      id: frame.id,
      name: frame.source.isInlined ? `${frame.source.function} (inlined)` : frame.source.function,
      source: debuggee.launchedText.source(source),
      ...toClient(format, frame.line, frame.column),
    };
  return {
    id: frame.id,
    name: frame.def === undefined ? statementAt(source, frame) : `${frame.def}: ${statementAt(source, frame)}`,
    source: debuggee.launchedText.source(source),
    ...toClient(format, frame.line, frame.column),
  };
}

/** The beginning of the statement as it is written: the thread's name stands above it already. */
function statementAt(source: ProgramSource, frame: SimulationFrame): string {
  const { line, column, endLine, endColumn, name } = frame;
  const written = writtenAt(source, line, column);
  const isOneLine = source.reference === 0 && endLine === line && endColumn > column;
  const own = isOneLine ? written.slice(0, endColumn - column) : written;
  const isBlock = endLine > line || source.locations.some((inner) => isInside(inner, frame));
  const short = own.replace(/\s*\/\/.*$/, '').replace(isBlock ? /\s*\{.*$/ : /\s*\{$/, '');
  if (short === '') return name;
  return short.length > LONGEST_NAME ? `${short.slice(0, LONGEST_NAME - 1)}…` : short;
}

/** A statement in a block that is written on one line. */
function isInside(inner: Location, { line, column, endLine, endColumn }: SimulationFrame): boolean {
  return inner.line === line && endLine === line && inner.column > column && inner.endColumn <= endColumn;
}

const LONGEST_NAME = 60;

/** Of the row in words: no frame of the simulation has this number. */
const NOTE = 899;

/** As VS Code names the type of the language `walk` by itself. */
const SCENARIO_MIME_TYPE = 'text/x-walk';

function source(debuggee: Debuggee, args: Arguments): DebugProtocol.SourceResponse['body'] {
  const { program } = debuggee.requireSimulation(args.command);
  const named = args.fields['source'] === undefined ? undefined : args.record('source');
  const reference = args.optionalInteger('sourceReference', 0) ?? named?.optionalInteger('sourceReference', 0) ?? 0;
  const view = program.sources.find((one) => one.reference === reference && reference !== 0);
  if (view !== undefined)
    return view.isRecorded === true ? { content: view.text } : { content: view.text, mimeType: VIEW_MIME_TYPE };
  const launched = debuggee.launchedText.text(reference);
  if (launched !== undefined) return { content: launched, mimeType: SCENARIO_MIME_TYPE };
  if (reference !== 0) return { content: debuggee.listings.text(reference), mimeType: 'text/x-markdown' };
  const path = named?.optionalString('path') ?? '';
  const written = program.sources.find((one) => one.file === path);
  if (written === undefined) throw unknownSource(path === '' ? reference : path);
  return { content: written.text };
}
