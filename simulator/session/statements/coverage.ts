import type { Candidate } from '../state/preemption-search.ts';

/** Which interleavings were tried. Those with fewer preemptions come first, so all but the last number of them are complete. */
export class Coverage {
  tried = 0;
  private preemptions = 0;
  /** Tried with the highest number of preemptions so far. */
  private triedOfLast = 0;

  add({ preemptions }: Candidate): void {
    if (preemptions > this.preemptions) {
      this.preemptions = preemptions;
      this.triedOfLast = 0;
    }
    this.tried += 1;
    this.triedOfLast += 1;
  }

  /** `next`: the interleaving that would have been tried next; null where there is none. */
  inWords(next: Candidate | null): string {
    const tried = this.tried.toLocaleString('en');
    if (next === null) return `${tried} of ${tried} interleavings covered`;
    const last = this.preemptions;
    const parts: string[] = [];
    const isLastComplete = next.bound > last;
    if (isLastComplete || last > 0) parts.push(`all ${withAtMost(isLastComplete ? last : last - 1)}`);
    if (!isLastComplete) parts.push(`${this.triedOfLast.toLocaleString('en')} of those ${withExactly(last)}`);
    return `${tried} ${this.tried === 1 ? 'interleaving' : 'interleavings'} covered: ${parts.join(', and ')}`;
  }
}

function withAtMost(preemptions: number): string {
  if (preemptions === 0) return withExactly(0);
  return `with at most ${String(preemptions)} ${preemptions === 1 ? 'preemption' : 'preemptions'}`;
}

function withExactly(preemptions: number): string {
  return preemptions === 0 ? 'without preemptions' : `with ${String(preemptions)}`;
}
