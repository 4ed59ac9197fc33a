/** Errors that a kernel explains: which numbered step answers them, and why, for the message of the call that fails. */
import type { Activation } from './activation.ts';
import type { ErrorReason } from './activity.ts';

/**
 * Gives the error, for `return refuse(here, 'EINVAL', 'the length is 0');`. Where nothing is said, kernelFunction notes
 * the error by itself when the function returns; then the step's text is the reason.
 */
export function refuse<E extends string, K>(
  here: Activation<K>,
  error: E,
  message: string,
  kind: ErrorReason['kind'] = 'argument',
): E {
  here.activity.reason = { kind, error, message };
  noteOrigin(here, error, here.label);
  return error;
}

/** Called where a kernel function has answered an error. A callee that answered the same one is where it comes from. */
export function noteAnswer(here: Activation, error: string): void {
  const { activity } = here;
  if (activity.origin?.error === error && comesFrom(activity.originator, here)) return;
  noteOrigin(here, error, stepOf(here, error));
}

function noteOrigin(here: Activation, error: string, step: string): void {
  const { activity, info } = here;
  activity.origin = step === '' ? null : { error, function: info.name, step, text: info.steps[step] ?? '' };
  activity.originator = here;
}

function comesFrom(originator: Activation | null, here: Activation): boolean {
  for (let at = originator; at !== null; at = at.caller) if (at === here) return true;
  return false;
}

/** The step that was begun last, unless another one alone has the error in its text: what follows then only cleans up. */
function stepOf({ label, info }: Activation, error: string): string {
  const isAnswer = (text: string | undefined): boolean => text?.includes(error) === true;
  if (isAnswer(info.steps[label])) return label;
  const others = Object.entries(info.steps).filter(([, text]) => isAnswer(text));
  return others.length === 1 ? (others[0] as [string, string])[0] : label;
}
