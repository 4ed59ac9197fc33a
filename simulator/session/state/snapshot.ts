/** A world at one moment: plain data that shares unchanged memory pages and immutable bytes with other moments. */
import { createLinearMemory } from '../../hardware/linear-memory.ts';
import type { LinearMemory } from '../../hardware/linear-memory.ts';
import { memoryEquals, memorySnapshot, restoreMemory } from '../../hardware/memory-snapshot.ts';
import type { MemorySnapshot } from '../../hardware/memory-snapshot.ts';
import { copyGraph, firstDifference } from './graph.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import type { World } from './world.ts';

export interface SavedWorld {
  readonly graph: World;
  /** Stands in the graph where the memory was; never read. */
  readonly placeholder: LinearMemory;
  readonly memory: MemorySnapshot;
  /** How many were copied: what saving costs. */
  readonly objects: number;
}

/** What no run ever changes in place need not be copied. */
function sharedParts({ machine, script }: World): Map<object, object> {
  const shared = new Map<object, object>([[machine.config, machine.config]]);
  for (const file of machine.disk.files) {
    shared.set(file.contents, file.contents);
    for (const bytes of Object.values(file.written)) shared.set(bytes, bytes);
  }
  for (const range of rangesOf(script)) shared.set(range, range);
  for (const { rows, views, shared: frames } of script.endedProcesses)
    for (const part of [rows, views, frames]) shared.set(part, part);
  return shared;
}

/** They are the text's: a run that goes on from a copy finds the same ones in its statements. */
function* rangesOf({
  diagnostics,
  injections,
  overwrites,
  brokenRule,
  lastPlaces,
}: World['script']): Generator<SourceRange> {
  yield* lastPlaces.values();
  for (const { range } of injections) yield range;
  for (const { range } of overwrites) yield range;
  if (brokenRule !== null) yield brokenRule.range;
  for (const { range, related = [] } of diagnostics) {
    yield range;
    for (const other of related) yield other.range;
  }
}

export function saveWorld(world: World, previous?: SavedWorld): SavedWorld {
  const placeholder = previous?.placeholder ?? world.machine.memory;
  // What listeners have not been told yet stays theirs: no later run of a copy tells it again.
  const shared = sharedParts(world).set(world.machine.memory, placeholder).set(world.machine.trace.events, []);
  const graph = copyGraph(world, shared);
  return {
    graph,
    placeholder,
    memory: memorySnapshot(world.machine.memory, previous?.memory),
    objects: shared.size,
  };
}

/** A world of its own; the saved one stays as it is. */
export function restoreWorld({ graph, placeholder, memory }: SavedWorld): World {
  const fresh = createLinearMemory(graph.machine.config);
  restoreMemory(fresh, memory);
  return copyGraph(graph, sharedParts(graph).set(placeholder, fresh));
}

/** Path to the first difference between two worlds, or null. */
export function worldDifference(left: World, right: World): string | null {
  if (!memoryEquals(left.machine.memory, right.machine.memory)) return '.machine.memory: different bytes';
  const withoutMemory = (world: World): unknown => ({ ...world, machine: { ...world.machine, memory: null } });
  return firstDifference(withoutMemory(left), withoutMemory(right));
}
