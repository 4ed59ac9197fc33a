/** Numbers of threads and kernel servers: a function of the run, not of who looked at it. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import type { Script } from './script.ts';

type Agents = Pick<Script, 'agents'>;

/** Gives the next number to an agent that has none. Called where the run itself meets it, so the order is the run's. */
export function noteAgent({ agents }: Agents, agent: string): void {
  if (!agents.has(agent)) agents.set(agent, agents.size + 1);
}

/** After a statement: threads that it has made, and that have done nothing yet. */
export function noteThreads(script: Agents, threads: readonly ThreadObject[]): void {
  for (const { name } of threads) noteAgent(script, name);
}
