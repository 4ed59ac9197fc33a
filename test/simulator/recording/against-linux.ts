/** What Linux said of the recorded programs, and what a replay shows of the same region. */
import { strict as assert } from 'node:assert';
import type { Harness } from './harness.ts';
import { type Truth, truthOf } from './recordings.ts';

export const PAGE = 4096;
export const REGION = 0x480_1000;

export interface Expected {
  readonly faults?: number;
  readonly mappings?: number;
  readonly resident?: number;
  readonly shared?: number;
}

/** What Linux said, with the differences that this kernel has. */
export function truth(name: string, who: string, label: string, differences: Expected = {}): Expected {
  const said = truthOf(name).find((line) => line.who === who && line.label === label);
  assert.ok(said !== undefined, `${name}: no truth for ${who} ${label}`);
  for (const [key, value] of Object.entries(differences))
    assert.notEqual(said[key as keyof Truth], value, `${label} ${key} is no difference`);
  const { faults, mappings, resident, shared } = { ...said, ...differences };
  return JSON.parse(JSON.stringify({ faults, mappings, resident, shared })) as Expected;
}

/** Resident pages of the region, and those whose frame the other process also maps. */
export function region(harness: Harness, index: number, pages: number): Expected {
  const own = harness.frames(index, REGION, pages * PAGE);
  const others = new Set<number>();
  for (let other = 0; other < harness.state.processes.length; other++) {
    if (other === index) continue;
    for (const frame of harness.frames(other, REGION, pages * PAGE).values()) others.add(frame);
  }
  const { kernel } = harness.run;
  const process = harness.process(index);
  const places = Array.from({ length: pages }, (_, page) => harness.addressOf(index, REGION + page * PAGE)).filter(
    (place) => place !== null,
  );
  const mappings = kernel
    .regions(process, process.cluster)
    .filter((view) => places.some((place) => view.start <= place && place < view.end));
  return {
    mappings: mappings.length,
    resident: own.size,
    shared: [...own.values()].filter((frame) => others.has(frame)).length,
  };
}

/** Faults of a process in the region up to a line of a log. */
export function faults(harness: Harness, index: number, pages: number, file: string, line: number): Expected {
  const { page, cow } = harness.faultsIn(index, REGION, pages * PAGE, () => {
    harness.runTo(file, line);
  });
  return { faults: page + cow };
}
