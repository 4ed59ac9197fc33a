/** Finds what the order needs to know of the accesses of every log: the one pass over all of them. */
import type { MemoryCall } from '../logs/memory-call.ts';
import type { LogEvent, ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import { RecordingError } from '../logs/recording-error.ts';
import { type Bounds, boundText, raiseHint, standardBounds } from '../../session/scenario/bounds.ts';
import { type LogExcerpts, TouchList } from '../logs/touch-list.ts';
import { RecordedMemory } from './recorded-memory.ts';
import { effectOf, layoutOf } from './replay-plan.ts';
import { LONGEST_RUN } from './turns.ts';

const found = new WeakMap<Recording, readonly LogExcerpts[]>();

/**
 * By index of the log. A recording that was written with them has them already. Throws a RecordingError where a process has
 * more mappings than the bounds allow.
 */
export function excerptsOf(recording: Recording, bounds: Bounds = standardBounds): readonly LogExcerpts[] {
  const known = recording.excerpts ?? found.get(recording);
  if (known !== undefined) return known;
  const excerpts = findExcerpts(recording, bounds);
  found.set(recording, excerpts);
  return excerpts;
}

function findExcerpts(recording: Recording, bounds: Bounds): LogExcerpts[] {
  const inherited = new Map<number, RecordedMemory>();
  return recording.processes.map((log) => {
    const layout = layoutOf(recording, log);
    const memory = layout === null ? inherited.get(log.pid) : RecordedMemory.of(layout);
    if (memory === undefined) throw new Error(`internal: ${log.file} has neither a layout nor a parent`);
    return excerptsOfLog(log, memory, inherited, bounds);
  });
}

/** Addresses have 48 bits: a call beyond them was never granted. */
const MOST_ADDRESS = 2 ** 48;

function refuseOutside({ file }: ProcessLog, { line }: LogEvent, effect: MemoryCall): void {
  const ends: number[] = [];
  if ('address' in effect) ends.push(effect.address + ('length' in effect ? effect.length : 0));
  if (effect.kind === 'mremap') ends.push(effect.from + effect.oldLength, effect.to + effect.newLength);
  if (effect.kind === 'brk') ends.push(effect.end);
  if (effect.kind === 'shmget') ends.push(effect.length);
  if (ends.every((end) => end <= MOST_ADDRESS)) return;
  throw new RecordingError(
    { file, line },
    `${effect.kind} of memory that no address reaches (addresses have 48 bits): the recording is damaged`,
  );
}

function failTooMany({ file }: ProcessLog, line: number, bounds: Bounds): never {
  const most = boundText('recordedMappings', bounds.recordedMappings);
  throw new RecordingError(
    { file, line },
    `more than ${most} mappings at once; record a smaller program, or ${raiseHint('recordedMappings', bounds)}`,
  );
}

function excerptsOfLog(
  log: ProcessLog,
  memory: RecordedMemory,
  inherited: Map<number, RecordedMemory>,
  bounds: Bounds,
): LogExcerpts {
  const touches = new TouchList();
  const starts = new TouchList();
  const { accesses } = log;
  let from = 0;
  const passAccesses = (to: number): void => {
    for (let at = memory.touches.next(accesses, from, to); at < to; at = memory.touches.next(accesses, at + 1, to))
      touches.addFrom(accesses, at);
    for (let at = from; at < to; at += LONGEST_RUN) starts.addFrom(accesses, at);
    from = to;
  };
  for (const event of log.events) {
    passAccesses(event.at);
    const effect = effectOf(log, event)?.effect;
    if (effect?.kind === 'fork') inherited.set(effect.child, memory.fork());
    if (effect === undefined) continue;
    refuseOutside(log, event, effect);
    memory.apply(effect);
    if (memory.mappings > bounds.recordedMappings) failTooMany(log, event.line, bounds);
  }
  passAccesses(accesses.length);
  return { touches, starts };
}
