/** Blocks that another block has cut off, by ending their thread or process: an outcome, which a note tells. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import { callsIn, isEndingCall } from '../scenario/statement-calls.ts';
import { diagnostic } from '../scenario/scenario-failure.ts';
import type { Diagnostic, SourceRange, Statement } from '../scenario/scenario.ts';
import type { Run } from '../state/run.ts';
import { endedName } from '../state/thread-end.ts';

const CUT_OFF = 'WALK232';

/** At the first statement that did not run, or did not come to its end. */
export function noteCutOff(run: Run, thread: ThreadObject, range: SourceRange, what: 'not run' | 'not finished'): void {
  const message = `${endedName(thread)} was ended by another block, so this statement was ${what}`;
  run.script.diagnostics.push(diagnostic(CUT_OFF, 'information', message, range));
}

/** Does a statement end the thread that performs it, as far as its text tells? */
export function endsItsThread(statement: Statement): boolean {
  return statement.kind === 'expect-kills' || callsIn(statement).some(isEndingCall);
}

/** The notes of several interleavings: each once, with how many made it. */
export class CutOffs {
  private readonly notes = new Map<string, { readonly note: Diagnostic; count: number }>();
  /** Findings that there were before. */
  private readonly before: number;

  constructor({ script }: Run) {
    this.before = script.diagnostics.length;
  }

  add({ script }: Run): void {
    for (const note of script.diagnostics.slice(this.before).filter(isNote)) {
      const { line, column } = note.range;
      const key = `${String(line)}:${String(column)} ${note.message}`;
      const known = this.notes.get(key);
      if (known === undefined) this.notes.set(key, { note, count: 1 });
      else known.count += 1;
    }
  }

  /** In place of the run's own. */
  tell({ script }: Run, interleavings: number): void {
    script.diagnostics = script.diagnostics.filter((known, index) => index < this.before || !isNote(known));
    for (const { note, count } of this.notes.values()) {
      const share = `in ${String(count)} of ${String(interleavings)} interleavings`;
      script.diagnostics.push({ ...note, message: `${note.message}, ${share}` });
    }
  }
}

function isNote({ code }: Diagnostic): boolean {
  return code === CUT_OFF;
}
