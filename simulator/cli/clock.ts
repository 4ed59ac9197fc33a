/** Milliseconds of this computer's steady clock: for bounds on time and for progress, never for what is simulated. */
export function now(): number {
  return performance.now();
}
