/** What each line of a file, or of a recorded program's source, has cost: how often each event happened while it ran. */
import { countedNames } from '../../hardware/event-shapes.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { SourceRange } from '../../session/scenario/scenario.ts';

export interface LineFigures {
  readonly file: string;
  readonly line: number;
  /** How often it began. */
  readonly visits: number;
  /** By the name of the event; those that never happened are left out. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What is told of a line in the first place, with the words for it. */
export const lineCounters = [
  { name: 'page-fault', word: 'fault', words: 'faults' },
  { name: 'cow-fault', word: 'copy-on-write fault', words: 'copy-on-write faults' },
  { name: 'segv', word: 'refused access', words: 'refused accesses' },
  { name: 'page-copy', word: 'copy', words: 'copies' },
  { name: 'tlb-miss', word: 'TLB miss', words: 'TLB misses' },
  { name: 'remote-access', word: 'remote access', words: 'remote accesses' },
] as const;

interface Row {
  readonly file: string;
  readonly line: number;
  visits: number;
  readonly counts: Float64Array;
}

/** Told of every statement before it begins: what has happened since the last one belongs to that. */
export class LineCounter {
  private readonly rows = new Map<string, Row>();
  private readonly before = new Float64Array(countedNames.length);
  private readonly now = new Float64Array(countedNames.length);
  private current: Row | null = null;

  begin(machine: Machine, { file, line }: SourceRange): void {
    this.settle(machine);
    const key = `${String(line)} ${file}`;
    let row = this.rows.get(key);
    if (row === undefined) {
      row = { file, line, visits: 0, counts: new Float64Array(countedNames.length) };
      this.rows.set(key, row);
    }
    if (this.current !== row) row.visits++;
    this.current = row;
  }

  /** At the end of the run. In the order of files and lines. */
  finish(machine: Machine): LineFigures[] {
    this.settle(machine);
    return [...this.rows.values()]
      .sort((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line))
      .map(({ file, line, visits, counts }) => {
        const named = countedNames.flatMap((name, kind) => ((counts[kind] ?? 0) > 0 ? [[name, counts[kind]]] : []));
        return { file, line, visits, counts: Object.fromEntries(named) as Record<string, number> };
      });
  }

  private settle(machine: Machine): void {
    const { before, now, current } = this;
    totals(machine, now);
    if (current !== null)
      for (let kind = 0; kind < now.length; kind++)
        current.counts[kind] = (current.counts[kind] ?? 0) + (now[kind] ?? 0) - (before[kind] ?? 0);
    before.set(now);
  }
}

/** Over everyone and everywhere, by number of the kind. */
function totals({ counters }: Machine, into: Float64Array): void {
  const { byOwner, forgotten, clusters, stride } = counters;
  into.fill(0);
  const add = (row: Float64Array): void => {
    for (let cluster = 0; cluster < clusters; cluster++)
      for (let kind = 0; kind < into.length; kind++)
        into[kind] = (into[kind] ?? 0) + (row[cluster * stride + kind] ?? 0);
  };
  add(forgotten);
  for (const row of byOwner.values()) add(row);
}

/**
 * `4 faults, 1 copy`; empty where nothing of what is told in the first place happened. Faults of copy-on-write that all copied are
 * told as copies alone.
 */
export function figuresText({ counts }: LineFigures): string {
  const areCopies = (counts['page-copy'] ?? 0) === (counts['cow-fault'] ?? 0);
  return lineCounters
    .filter(({ name }) => name !== 'cow-fault' || !areCopies)
    .flatMap(({ name, word, words }) => {
      const count = counts[name] ?? 0;
      return count === 0 ? [] : [`${count.toLocaleString('en')} ${count === 1 ? word : words}`];
    })
    .join(', ');
}

/** The lines on which a counter is highest first; lines on which it is 0 are left out. */
export function hottest(lines: readonly LineFigures[], counter: string): LineFigures[] {
  const of = (one: LineFigures): number => (counter === 'visits' ? one.visits : (one.counts[counter] ?? 0));
  return lines.filter((one) => of(one) > 0).sort((one, other) => of(other) - of(one));
}
