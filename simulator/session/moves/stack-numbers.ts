import type { Activation } from '../../execution/activation.ts';

const FRAMES_PER_THREAD = 100_000;
/** Above the kernel's own: they nest less deeply. */
const FIRST_CALL = 900;

/** Numbers that a debugger knows threads and frames by: threads keep theirs, frames have theirs until the next move. */
export class StackNumbers {
  private readonly threads = new Map<string, number>();
  private readonly frames = new Map<number, Activation>();

  /** Of a thread or server by its stable name. */
  thread(agent: string): number {
    const known = this.threads.get(agent);
    if (known !== undefined) return known;
    this.threads.set(agent, this.threads.size + 1);
    return this.threads.size;
  }

  agent(id: number): string | null {
    for (const [agent, known] of this.threads) if (known === id) return agent;
    return null;
  }

  /** The frame at the bottom, which stands for the scenario's statement. */
  scenarioFrame(thread: number): number {
    return thread * FRAMES_PER_THREAD;
  }

  /** Of a call of a def, or of a function of a recorded program; the outermost is 0. */
  callFrame(thread: number, call: number): number {
    return thread * FRAMES_PER_THREAD + FIRST_CALL + call;
  }

  /** How many calls of defs lie below a frame of the scenario and at it; null for a kernel's frame. */
  callsAt(id: number): number | null {
    const place = id % FRAMES_PER_THREAD;
    if (place === 0) return 0;
    return place >= FIRST_CALL ? place - FIRST_CALL + 1 : null;
  }

  frame(frame: Activation, thread: number): number {
    let depth = 1;
    for (let caller = frame.caller; caller !== null; caller = caller.caller) depth += 1;
    const id = thread * FRAMES_PER_THREAD + depth;
    this.frames.set(id, frame);
    return id;
  }

  frameOf(id: number): Activation | null {
    return this.frames.get(id) ?? null;
  }

  agentOfFrame(id: number): string | null {
    return this.agent(Math.floor(id / FRAMES_PER_THREAD));
  }

  forgetFrames(): void {
    this.frames.clear();
  }
}
