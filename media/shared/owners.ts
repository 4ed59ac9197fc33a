/** Short names and hues for the processes of a run, so that a frame or a core can be told apart at a glance. */
import type { RegionKind } from '../protocol/messages.ts';

/** Hues that differ from their neighbours, by their names in the theme. */
const hues: readonly RegionKind[] = ['code', 'data', 'heap', 'file', 'shared', 'remote', 'stack', 'device'];

/** The theme's hue of the process at that place in the list. */
export function hueOf(index: number): RegionKind {
  return hues[index % hues.length] as RegionKind;
}

/** For each name the shortest beginning that no other name has, of two letters at most; else its initial and a number. */
export function initials(names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const own = [1, 2]
      .map((length) => name.slice(0, length))
      .find((start) => !taken.has(start) && !names.some((other) => other !== name && other.startsWith(start)));
    const initial = own ?? numbered(name, taken);
    taken.add(initial);
    found.set(name, initial);
  }
  return found;
}

function numbered(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const text = `${name.slice(0, 1)}${String(number)}`;
    if (!taken.has(text)) return text;
  }
}
