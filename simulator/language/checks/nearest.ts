/** The known name that somebody may have meant. */

/** As an ending of a message: ` Did you mean \`mmap\`?`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = [...known];
  const nearest = nearestName(name, names) ?? beginningWith(name, names);
  return nearest === null ? '' : ` Did you mean \`${nearest}\`?`;
}

/** The only name that begins so. */
function beginningWith(name: string, known: readonly string[]): string | null {
  const [first, second] = name.length < 3 ? [] : known.filter((one) => one.startsWith(name));
  return first !== undefined && second === undefined ? first : null;
}

/** Comparisons of names while one file is checked: a file that is wrong everywhere is not worth more. */
const mostComparisons = 200_000;

export class Suggestions {
  private left = mostComparisons;

  /** The names to compare with, as long as that costs little; then none. */
  among(known: () => readonly string[]): readonly string[] {
    if (this.left <= 0) return [];
    const names = known();
    this.left -= names.length;
    return names;
  }
}

export function nearestName(name: string, known: Iterable<string>): string | null {
  // In a name of two letters every other one is near.
  const limit = name.length < 3 ? 0 : Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let least = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least || (distance === least && best !== null && candidate < best && distance <= limit)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
