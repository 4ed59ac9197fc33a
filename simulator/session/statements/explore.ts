/** `explore`: the interleavings of the blocks, each re-executed from the same world, those with fewer preemptions first. */
import { integer, evaluate } from '../calls/evaluate.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import { inKernelsWords } from '../scenario/kernel-note.ts';
import { diagnostic, ScenarioFailure } from '../scenario/scenario-failure.ts';
import { scopesOf } from '../state/control.ts';
import { inRounds, report, roundsIn } from '../state/findings.ts';
import { searchByPreemptions, type Candidate, type PreemptionSearch } from '../state/preemption-search.ts';
import { createRun, settle, type Run } from '../state/run.ts';
import { scheduleText } from '../state/schedule-text.ts';
import { restoreWorld, saveWorld, type SavedWorld } from '../state/snapshot.ts';
import { Coverage } from './coverage.ts';
import { CutOffs } from './cut-off.ts';
import { labelled, noteUnmet } from './expectations.ts';
import { isFailureNamed } from './failure-names.ts';
import { threadsOf } from './interleaved.ts';
import { Interleaving, type Explore, type StartInner } from './interleaving.ts';

/** How many interleavings are tried where the statement does not say. */
export const DEFAULT_INTERLEAVINGS = 1000;

/** Failures that are none of the interleaving itself: a bug of ours, a bound. */
const keptCodes = ['WALK215', 'WALK220'] as const;

/** An exploration in progress. Not state. */
export class Exploration {
  private readonly statement: Explore;
  private readonly origin: Run;
  private readonly startInner: StartInner;
  private readonly start: SavedWorld;
  private readonly most: number;
  private readonly search: PreemptionSearch = searchByPreemptions();
  private readonly coverage = new Coverage();
  private readonly cutOffs: CutOffs;
  private candidate: Candidate | null;
  private current: Interleaving | null = null;
  private first: Interleaving | null = null;
  /** The first that does not fail: the run goes on from its world. */
  private sound: Interleaving | null = null;
  /** The first failure that is not the expected one. */
  private other: string | null = null;
  /** Micro-steps of the interleavings that have ended. */
  private spentBefore = 0;
  /** Copies of the world that were made. */
  copies = 1;

  constructor(run: Run, statement: Explore, startInner: StartInner) {
    this.statement = statement;
    this.origin = run;
    this.startInner = startInner;
    this.cutOffs = new CutOffs(run);
    this.most = mostInterleavings(run, statement);
    threadsOf(run, statement.blocks);
    settle(run);
    this.start = saveWorld(run.world);
    this.candidate = this.search.next([]).value ?? null;
  }

  /** Micro-steps of all interleavings so far. */
  get spent(): number {
    return this.spentBefore + (this.current?.steps ?? 0);
  }

  /** Not inside an interleaving. */
  get isBetween(): boolean {
    return this.current === null;
  }

  /** Goes on for about so many micro-steps, at most to the end of one interleaving. At its own end, the run that goes on. */
  advance(budget: number): Run | null {
    const { candidate } = this;
    if (candidate === null) throw new Error('internal: an exploration that has ended goes on');
    const current = (this.current ??= this.begin(candidate));
    if (!current.advance(budget)) return null;
    this.spentBefore += current.steps;
    this.current = null;
    return this.conclude(candidate, current);
  }

  private begin({ schedule }: Candidate): Interleaving {
    this.copies += 1;
    const run = createRun(this.origin.program, restoreWorld(this.start), this.origin.replayer);
    return new Interleaving(run, this.statement, schedule, this.startInner);
  }

  private conclude(candidate: Candidate, ended: Interleaving): Run | null {
    if (candidate.preemptions === candidate.bound) {
      this.coverage.add(candidate);
      this.cutOffs.add(ended.run);
      this.first ??= ended;
      const { failure } = ended;
      if (failure === null) this.sound ??= ended;
      else if (this.isExpected(failure)) return this.meet(ended, failure);
      else if (this.statement.fails === null || isKept(failure)) return this.fail(ended, failure);
      else this.other ??= this.inWords(ended, failure);
    }
    this.candidate = this.search.next(ended.decisions).value ?? null;
    if (this.candidate !== null && this.coverage.tried < this.most) return null;
    return this.finish();
  }

  private isExpected(failure: ScenarioFailure): boolean {
    const { fails } = this.statement;
    return fails !== null && isFailureNamed(this.origin.kernel, failure, fails);
  }

  /** Which interleaving fails, why, and how to see it again. */
  private inWords({ schedule }: Interleaving, failure: ScenarioFailure, fails = 'fails'): string {
    const replay = `parallel seed ${scheduleText(schedule)} replays it`;
    const message = inKernelsWords(this.origin.program, failure.code, failure.message);
    const why = inRounds(message, failure.rounds);
    return `interleaving ${this.coverage.tried.toLocaleString('en')} ${fails}: ${why}; ${replay}`;
  }

  private fail(ended: Interleaving, failure: ScenarioFailure): Run {
    const { script } = ended.run;
    const code = keptCodes.find((one) => one === failure.code) ?? 'WALK227';
    const related = [{ message: 'explored here', range: this.statement.range }];
    script.diagnostics.push(diagnostic(code, 'error', this.inWords(ended, failure), failure.range, related));
    script.ended = true;
    return ended.run;
  }

  /** The run goes on from the first interleaving; where even that failed, as it was expected to, from there. */
  private meet(ended: Interleaving, failure: ScenarioFailure): Run {
    if (this.sound === null) ended.forgetErrors();
    const { run } = this.sound ?? ended;
    const { range, fails } = this.statement;
    const message = this.inWords(ended, failure, `fails with ${fails ?? ''}, as expected`);
    run.script.passed += 1;
    report(run, diagnostic('WALK228', 'information', message, range), roundsIn(run.script.control));
    return run;
  }

  private finish(): Run {
    const { run } = (this.sound ?? this.first) as Interleaving;
    this.cutOffs.tell(run, this.coverage.tried);
    this.noteCoverage(run);
    if (this.statement.fails !== null) this.reportUnmet(run, this.statement.fails);
    return run;
  }

  private reportUnmet(run: Run, fails: string): void {
    const others = this.other === null ? '' : `; ${this.other}`;
    const tried = `${this.coverage.tried.toLocaleString('en')} that ${this.candidate === null ? 'there are' : 'were tried'}`;
    const message = `expected an interleaving to fail with ${fails}, but none of the ${tried} does${others}`;
    const unmet = labelled(this.statement, new ScenarioFailure('WALK206', message, this.statement.range));
    run.wanted = this.origin.wanted;
    noteUnmet(run, unmet);
    report(run, unmet.toDiagnostic(), roundsIn(run.script.control));
    if (this.sound === null) run.script.ended = true;
  }

  /** What was covered so far. */
  noteCoverage(run: Run): void {
    const message = this.coverage.inWords(this.candidate);
    report(run, diagnostic('WALK228', 'information', message, this.statement.range), roundsIn(run.script.control));
  }
}

/** Reported whatever is expected. */
function isKept({ code }: ScenarioFailure): boolean {
  return keptCodes.some((kept) => kept === code);
}

function mostInterleavings(run: Run, { upTo }: Explore): number {
  if (upTo === null) return DEFAULT_INTERLEAVINGS;
  const most = integer(evaluate(observingEvaluation(run, null, scopesOf(run.script)), upTo), upTo);
  if (most >= 1n) return Number(most);
  const message = `explore up to ${String(most)}: at least 1 interleaving has to be tried`;
  throw new ScenarioFailure('WALK225', message, upTo.range);
}
