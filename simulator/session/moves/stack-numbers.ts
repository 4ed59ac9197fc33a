import type { Activation } from '../../execution/activation.ts';
import type { Run } from '../state/run.ts';

export const FRAMES_PER_THREAD = 100_000;
/** Above the kernel's own: they nest less deeply. */
const FIRST_CALL = 900;

/** For threads that a statement in progress has made: the run numbers them at its end. */
const FIRST_UNNUMBERED = 100_000;

/** Numbers that a debugger knows threads and frames by: threads keep theirs, frames have theirs until the next move. */
export class StackNumbers {
  private readonly run: () => Pick<Run, 'script' | 'kernel'>;
  private readonly frames = new Map<number, Activation>();

  constructor(run: () => Pick<Run, 'script' | 'kernel'>) {
    this.run = run;
  }

  /** Of a thread or server by its stable name. The same at the same position, however the run came there. */
  thread(agent: string): number {
    const { script, kernel } = this.run();
    return script.agents.get(agent) ?? FIRST_UNNUMBERED + kernel.threads().findIndex(({ name }) => name === agent);
  }

  agent(id: number): string | null {
    const { script, kernel } = this.run();
    if (id >= FIRST_UNNUMBERED) return kernel.threads()[id - FIRST_UNNUMBERED]?.name ?? null;
    for (const [agent, known] of script.agents) if (known === id) return agent;
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
