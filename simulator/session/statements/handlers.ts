/** Runs the handler that the file has for its own kernel: in the activity that trapped, its levels on top of the activity's own. */
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import type { MmuFault } from '../../hardware/machine.ts';
import type { EntryView } from '../../hardware/page-table-walker.ts';
import { exactAddress } from '../../hardware/virtual-address.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { HostedCode } from '../../execution/hosted-code.ts';
import { entryRecord } from '../calls/translation-observations.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { DefDeclaration } from '../scenario/scenario.ts';
import { callDepth, follow, nextIn, passIn, scopesOf } from '../state/control.ts';
import { AtStatement, microStep, type Run } from '../state/run.ts';
import { blockFrame, type ControlFrame } from '../state/script.ts';
import { kindOf, type Value } from '../state/values.ts';
import { progressOf, scopesOfBlock } from './block-progress.ts';
import { DEEPEST_CALLS } from './interpreter.ts';
import { performInRounds } from './told-statement.ts';

export function handlersOf(run: Run): HostedCode {
  return {
    *handleFault(here, fault, entry) {
      const handler = run.program.defs.faultHandler;
      if (handler === null) return undefined;
      return errorOf(yield* runHandler(run, here, handler, valuesOf(run, fault, entry)), handler);
    },
  };
}

const accessLetters = ['r', 'w', 'x'] as const;

function valuesOf(run: Run, { va, access }: MmuFault, entry: EntryView | null): readonly Value[] {
  const address = exactAddress(va, addressBitsOf(run.machine));
  return [address, accessLetters[access] ?? 'r', entryRecord(run, entry)];
}

/** To its end or its `return`; between its statements others may run, and somebody may look. */
function* runHandler(
  run: Run,
  here: Activation,
  handler: DefDeclaration,
  values: readonly Value[],
): KernelGenerator<Value> {
  const { program, script } = run;
  const { activity } = here;
  const progress = progressOf(activity);
  const control = progress?.control ?? script.control;
  requireDepth(control, handler);
  const scope = new Map(handler.parameters.map(({ name }, index) => [name, values[index] ?? null]));
  const frame = blockFrame(program.blocks.numberOf(handler.body), { kind: 'handler', name: handler.name, scope });
  const floor = control.length;
  const { line } = activity;
  const interrupted = progress?.statement ?? null;
  control.push(frame);
  for (let next = nextIn(program, control, floor); control.length > floor; next = nextIn(program, control, floor)) {
    script.rounds += 1;
    if (next === null || next === 'round') {
      here.label = '';
      if (microStep(run, here)) yield;
      continue;
    }
    activity.line = next.range.line;
    if (progress !== null) progress.statement = next;
    here.label = AtStatement.before;
    if (microStep(run, here)) yield;
    here.label = AtStatement.begun;
    passIn(control);
    const scopes = progress === null ? scopesOf(script) : scopesOfBlock(progress);
    const context = { run, here, scopes, isInterleaved: progress !== null };
    follow(program, control, yield* performInRounds(context, control, next));
  }
  here.label = '';
  activity.line = line;
  if (progress !== null) progress.statement = interrupted;
  return frame.answer;
}

/** A handler that faults itself is entered again. */
function requireDepth(control: readonly ControlFrame[], { name, range }: DefDeclaration): void {
  if (callDepth(control) < DEEPEST_CALLS) return;
  const message = `the handler ${name} faults inside itself: at most ${String(DEEPEST_CALLS)} calls may be inside each other`;
  throw new ScenarioFailure('WALK245', message, range);
}

const refusals: ReadonlySet<Value> = new Set(['SEGV', 'FAULT', 'BUS', 'OOM', 'NO_MEMORY', 'ENOMEM']);

function errorOf(answer: Value, { name, range }: DefDeclaration): string | null {
  if (answer === null) return null;
  if (typeof answer === 'string' && refusals.has(answer)) return answer;
  const what = typeof answer === 'string' ? `“${answer}”` : kindOf(answer);
  const message = `the handler ${name} answers ${what}: it ends without a value when the access is to be tried again, and refuses it with "SEGV", "BUS" or "OOM"`;
  throw new ScenarioFailure('WALK225', message, range);
}
