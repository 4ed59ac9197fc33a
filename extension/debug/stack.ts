import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SimulationFrame } from '../../simulator/session/stop.ts';
import type { Arguments } from './arguments.ts';
import { toClient } from './client-format.ts';
import type { Debuggee } from './debuggee.ts';
import { unknownSource, unknownThread } from './errors.ts';
import type { Program } from './launch.ts';
import type { Handler } from './handlers.ts';
import { basename } from './output.ts';

export const stackHandlers: Readonly<Record<string, Handler>> = {
  threads(debuggee, { command }) {
    const { simulation } = debuggee.requireSimulation(command);
    return { threads: simulation.threads().map(({ id, name }) => ({ id, name })) };
  },
  stackTrace,
  source,
  loadedSources(debuggee, { command }) {
    const { program } = debuggee.requireSimulation(command);
    return { sources: [programSource(program), ...debuggee.listings.all()] };
  },
};

function stackTrace(debuggee: Debuggee, args: Arguments): DebugProtocol.StackTraceResponse['body'] {
  const { simulation, program } = debuggee.requireStopped(args.command);
  const id = args.integer('threadId');
  if (!simulation.threads().some((thread) => thread.id === id)) throw unknownThread(id);
  const frames = simulation.stack(id);
  const start = args.optionalInteger('startFrame', 0) ?? 0;
  const levels = args.optionalInteger('levels', 0) ?? 0;
  const shown = frames.slice(start, levels === 0 ? undefined : start + levels);
  return { stackFrames: shown.map((frame) => frameBody(debuggee, program, frame)), totalFrames: frames.length };
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
  return {
    id: frame.id,
    name: statementAt(program, frame),
    source: programSource(program),
    ...toClient(format, frame.line, frame.column),
  };
}

/** The beginning of the statement as it is written: the thread's name stands above it already. */
function statementAt({ text }: Program, { line, column, name }: SimulationFrame): string {
  const whole = text.split('\n', line).at(line - 1) ?? '';
  const written = whole.slice(column - 1).trim();
  const short = written.replace(/\s*\/\/.*$/, '').replace(/\s*\{$/, '');
  if (short === '') return name;
  return short.length > LONGEST_NAME ? `${short.slice(0, LONGEST_NAME - 1)}…` : short;
}

const LONGEST_NAME = 60;

/** Source reference of a recording's log; listings count from 1. */
const LOG_REFERENCE = 1_000_000;

function programSource({ path, isLog }: Pick<Program, 'path' | 'isLog'>): DebugProtocol.Source {
  return { name: basename(path), path, ...(isLog ? { sourceReference: LOG_REFERENCE } : {}) };
}

function source(debuggee: Debuggee, args: Arguments): DebugProtocol.SourceResponse['body'] {
  const { program } = debuggee.requireSimulation(args.command);
  const named = args.fields['source'] === undefined ? undefined : args.record('source');
  const reference = args.optionalInteger('sourceReference', 0) ?? named?.optionalInteger('sourceReference', 0) ?? 0;
  if (reference === LOG_REFERENCE && program.isLog) return { content: program.text };
  if (reference !== 0) return { content: debuggee.listings.text(reference), mimeType: 'text/x-markdown' };
  const path = named?.optionalString('path') ?? '';
  if (path !== program.path) throw unknownSource(path === '' ? reference : path);
  return { content: program.text };
}
