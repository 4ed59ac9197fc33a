/** Where a thread stands that does nothing now: before the statement that is next for it, or behind its last one. */
import { scopesOf } from '../state/control.ts';
import type { Run } from '../state/run.ts';
import type { Statement } from '../scenario/scenario.ts';
import type { ControlFrame } from '../state/script.ts';
import { threadFor } from '../statements/statements.ts';
import { KERNEL_AGENT } from '../statements/pending-statement.ts';

/** The first statement ahead that runs as the thread, as far as the text tells; null if there is none. */
export function nextStatementOf(run: Run, agent: string): Statement | null {
  const { script, program } = run;
  if (script.ended) return null;
  for (let level = script.control.length - 1; level >= 0; level--) {
    const frame = script.control[level] as ControlFrame;
    if (frame.kind === 'replay') {
      const step = run.replayer?.nextStepOf(frame.replay, agent) ?? null;
      if (step !== null) return step;
      continue;
    }
    const block = program.blocks.at(frame.block);
    const as = script.control.slice(0, level + 1).findLast(({ kind }) => kind === 'as');
    const who = as?.thread?.name ?? KERNEL_AGENT;
    // A `while` is performed again at the end of its block.
    const next = frame.next - (script.control[level + 1]?.kind === 'while' ? 1 : 0);
    const isLastRound = frame.at + frame.step >= frame.to;
    const found = firstOf(run, block.slice(next), who, agent) ?? (isLastRound ? null : firstOf(run, block, who, agent));
    if (found !== null) return found;
  }
  return null;
}

/** `who` runs these statements; a block inside may be somebody else's. */
function firstOf(run: Run, statements: readonly Statement[], who: string, agent: string): Statement | null {
  for (const statement of statements) {
    const found = firstIn(run, statement, who, agent);
    if (found !== null) return found;
  }
  return null;
}

function firstIn(run: Run, statement: Statement, who: string, agent: string): Statement | null {
  switch (statement.kind) {
    case 'as':
      return firstOf(run, statement.body, agentOf(run, statement.who), agent);
    case 'parallel':
    case 'explore':
      return firstOfBlocks(run, statement.blocks, agent);
    case 'for':
    case 'for-list':
    case 'repeat':
    case 'while':
      return who === agent ? statement : firstOf(run, statement.body, who, agent);
    case 'if':
    case 'on':
      if (who === agent) return statement;
      return firstOf(run, [...statement.then, ...(statement.else ?? [])], who, agent);
    default:
      return who === agent ? statement : null;
  }
}

function firstOfBlocks(
  run: Run,
  blocks: readonly { readonly who: string; readonly body: readonly Statement[] }[],
  agent: string,
): Statement | null {
  for (const { who, body } of blocks) {
    const found = firstOf(run, body, agentOf(run, who), agent);
    if (found !== null) return found;
  }
  return null;
}

/** The thread that `as WHO` means; a name that is not bound yet will be a process's or thread's own. */
function agentOf(run: Run, who: string): string {
  const value = scopesOf(run.script)
    .find((scope) => scope.has(who))
    ?.get(who);
  return (value === undefined ? null : threadFor(run, value))?.name ?? who;
}
