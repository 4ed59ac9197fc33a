/** Where the source files of a recording are on this computer, and whether they are the ones that were recorded. */
import path from 'node:path';
import type { SourceFile } from '../recording/logs/walkrec-layout.ts';
import { hashOf } from './source-lines.ts';
import { readRegular } from './regular-file.ts';
import type { Bounds } from '../session/scenario/bounds.ts';

export interface FoundSource {
  /** As the recording names it. */
  readonly recorded: string;
  /** Where it is; where it is missing, where it should be. */
  readonly place: string;
  /** `changed`: another text stands there than was recorded; `missing`: nothing does. */
  readonly state: 'same' | 'changed' | 'missing';
  /** Null where it is missing. */
  readonly text: string | null;
}

/** From what a recorded path begins with to where that is now; the longest beginning counts. */
export type SourceMap = Readonly<Record<string, string>>;

/** `recording`: its file, beside which relative paths are looked for, and files that have moved with it. */
export async function findSources(
  recording: string,
  sources: readonly SourceFile[],
  map: SourceMap,
  bounds: Bounds,
): Promise<FoundSource[]> {
  return Promise.all(sources.map((source) => findSource(path.dirname(recording), source, map, bounds)));
}

async function findSource(folder: string, source: SourceFile, map: SourceMap, bounds: Bounds): Promise<FoundSource> {
  const recorded = source.path;
  const mapped = mappedPath(recorded, map);
  const places = [...(mapped === null ? [] : [mapped]), recorded, path.basename(recorded)];
  let changed: FoundSource | null = null;
  for (const place of new Set(places.map((one) => path.resolve(folder, one)))) {
    const bytes = await readRegular(place, { name: 'scenarioSize', bounds }).catch(() => null);
    if (bytes === null) continue;
    const isSame = source.sha256 === null || hashOf(bytes) === source.sha256;
    const text = new TextDecoder().decode(bytes);
    if (isSame) return { recorded, place, state: 'same', text };
    changed ??= { recorded, place, state: 'changed', text };
  }
  return changed ?? { recorded, place: path.resolve(folder, mapped ?? recorded), state: 'missing', text: null };
}

function mappedPath(recorded: string, map: SourceMap): string | null {
  const [from, to] =
    Object.entries(map)
      .filter(([start]) => start !== '' && recorded.startsWith(start))
      .sort(([left], [right]) => right.length - left.length)[0] ?? [];
  return from === undefined || to === undefined ? null : to + recorded.slice(from.length);
}
