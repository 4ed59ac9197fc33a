/** How much memory the processes of a recording need at once, over its whole time. */
import type { MemoryNeed } from '../../session/scenario/sized-machine.ts';
import type { RecordedMemory } from './recorded-memory.ts';

interface Share {
  touched: number;
  mapped: number;
  /** Promised once more at each fork: both sides may have to copy all that they share. */
  forked: number;
}

export class MemoryUse {
  private readonly shares = new Map<number, Share>();
  private readonly sum: Share = { touched: 0, mapped: 0, forked: 0 };
  private readonly peak = { touched: 0, promised: 0 };

  get most(): MemoryNeed {
    return this.peak;
  }

  /** A process, by index of its log, has come so far. `mayMap`: what it has mapped may have changed. */
  note(process: number, memory: RecordedMemory, mayMap: boolean): void {
    const share = this.shares.get(process) ?? { touched: 0, mapped: 0, forked: 0 };
    this.shares.set(process, share);
    const { touchedBytes } = memory;
    const mappedBytes = mayMap ? memory.mappedBytes : share.mapped;
    this.sum.touched += touchedBytes - share.touched;
    this.sum.mapped += mappedBytes - share.mapped;
    share.touched = touchedBytes;
    share.mapped = mappedBytes;
    this.peak.touched = Math.max(this.peak.touched, this.sum.touched);
    this.peak.promised = Math.max(this.peak.promised, this.sum.mapped + this.sum.forked);
  }

  fork(parent: number, child: number, memory: RecordedMemory): void {
    const share = this.shares.get(parent);
    if (share !== undefined) {
      share.forked += share.mapped;
      this.sum.forked += share.mapped;
    }
    this.note(child, memory, true);
  }

  end(process: number): void {
    const share = this.shares.get(process);
    if (share === undefined) return;
    this.shares.delete(process);
    this.sum.touched -= share.touched;
    this.sum.mapped -= share.mapped;
    this.sum.forked -= share.forked;
  }
}
