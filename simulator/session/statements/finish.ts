/** What is checked when a run has come to its end: left-overs as warnings, the kernel's own rules as errors. */
import { framesPerCluster, ppnAt } from '../../hardware/physical-memory.ts';
import { clusterCount } from '../../hardware/machine-config.ts';
import { forgottenText, knownProcesses } from '../state/ended-processes.ts';
import type { InvariantViolation } from '../../kernels/view.ts';
import { report } from '../state/findings.ts';
import { cutReason } from '../state/output.ts';
import type { Run } from '../state/run.ts';
import { boundText, raiseHint } from '../scenario/bounds.ts';
import { diagnostic } from '../scenario/scenario-failure.ts';
import type { Diagnostic, SourceRange, Statement } from '../scenario/scenario.ts';
import { pastViolation, violationDiagnostic, type FirstViolation } from './violations.ts';
import type { Script } from '../state/script.ts';

/** The end is in no loop, whatever the run was in when it stopped. */
const noRounds: readonly string[] = [];

/** `locate` finds when rules of the kernel first did not hold; it is asked where they do not. */
export function finishRun(
  run: Run,
  statements: readonly Statement[],
  whole: SourceRange,
  locate: () => FirstViolation | null,
): void {
  const { script, kernel, program } = run;
  const last = statements.at(-1)?.range ?? whole;
  const warn = (code: Parameters<typeof diagnostic>[0], message: string, range: SourceRange): void => {
    report(run, diagnostic(code, 'warning', message, range), noRounds);
  };
  for (const { kind, range } of pendingInjections(run))
    warn('WALK214', `the injected failure of ${kind} never happened`, range);
  kernel.clearInjections();
  kernel.returnFrames(script.reserved);
  script.reserved = [];
  const forgotten = forgottenText(script, program.bounds);
  if (forgotten !== null) script.diagnostics.push(diagnostic('WALK241', 'information', forgotten, last));
  const cut = cutReason(script, program.bounds);
  if (cut !== null) script.diagnostics.push(diagnostic('WALK242', 'information', cut, script.outputCut?.range ?? last));
  if (script.broken) {
    reportPast(run);
    return;
  }
  const held = kernel.heldByScenario();
  if (held.length > 0) warn('WALK213', `scenario holds ${held.join(', ')}`, last);
  else if (!hasErrors(script.diagnostics)) reportLeak(run, last);
  const violations = kernel.invariants();
  if (violations.length === 0) {
    reportPast(run);
    return;
  }
  const first = locate();
  const isOneEnough = false;
  for (const violation of firstOfEachRule(violations))
    report(run, violationDiagnostic(run, violation, first, last), noRounds, isOneEnough);
}

/** One overwritten table breaks a rule for each of its pages: the first is told, the others are counted. */
function firstOfEachRule(violations: readonly InvariantViolation[]): InvariantViolation[] {
  const byRule = Map.groupBy(violations, ({ invariant }) => invariant);
  return [...byRule].map(([invariant, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` (and ${others.length.toLocaleString('en')} more of ${invariant})`;
    return { invariant, message: `${first?.message ?? ''}${more}` };
  });
}

function reportPast(run: Run): void {
  const { brokenRule } = run.script;
  if (brokenRule !== null) report(run, pastViolation(run, brokenRule), noRounds);
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** Of several of a kind the earlier ones were used first. */
function pendingInjections({ kernel, script }: Run): Script['injections'] {
  const pending: Script['injections'] = [];
  const kinds = kernel.pendingInjections();
  for (const kind of new Set(kinds)) {
    const count = kinds.filter((one) => one === kind).length;
    pending.push(...script.injections.filter((one) => one.kind === kind).slice(-count));
  }
  return pending;
}

/** Only after the last exit: a living process may hold whatever it likes. */
function reportLeak(run: Run, range: SourceRange): void {
  const { kernel, machine, script } = run;
  const { bounds } = run.program;
  const processes = knownProcesses(kernel, script.endedProcesses);
  if (processes.length === 0 || processes.some(({ alive }) => alive)) return;
  const frames = framesPerCluster(machine);
  const clusters = clusterCount(machine.config);
  if (frames * clusters > bounds.leakFrames) {
    const [all, most] = [frames * clusters, bounds.leakFrames].map((count) => boundText('leakFrames', count));
    const unsearched = `the ${all} frames of this machine were not searched for leaks: at most ${most} are; ${raiseHint('leakFrames', bounds)}`;
    script.diagnostics.push(diagnostic('WALK244', 'information', unsearched, range));
    return;
  }
  const leaked: string[] = [];
  for (let cluster = 0; cluster < clusters; cluster++) {
    let count = 0;
    for (let page = 0; page < frames; page++) {
      if (kernel.frame(ppnAt(machine, cluster, page)).state === 'user') count++;
    }
    if (count > 0) leaked.push(`${String(count)} in cluster ${String(cluster)}`);
  }
  if (leaked.length === 0) return;
  const message = `all processes have ended, but user frames are still taken: ${leaked.join(', ')}`;
  report(run, diagnostic('WALK212', 'warning', message, range), noRounds);
}
