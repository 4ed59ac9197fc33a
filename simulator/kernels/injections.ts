/** Failures that scenarios arm, the same in every kernel: `inject` of section 4 of the walk language. */

/** Plain data in a kernel's state. */
export interface Injection {
  readonly kind: string;
  /** Null: anywhere. */
  readonly cluster: number | null;
  /** How many operations of the kind still succeed. */
  after: number;
}

interface Injectable {
  injections: Injection[];
}

/**
 * Asked by every operation that can be made to fail, of one kind or of several names for it: counts it, and says whether
 * it is the one. One failure uses up one injection.
 */
export function mustFail(state: Injectable, kind: string | readonly string[], cluster: number): boolean {
  if (state.injections.length === 0) return false;
  let failing: Injection | null = null;
  for (const injection of state.injections) {
    const isMeant = typeof kind === 'string' ? injection.kind === kind : kind.includes(injection.kind);
    if (!isMeant || (injection.cluster !== null && injection.cluster !== cluster)) continue;
    if (injection.after > 0) injection.after -= 1;
    else failing ??= injection;
  }
  if (failing !== null) state.injections = state.injections.filter((injection) => injection !== failing);
  return failing !== null;
}

/** The part of `Kernel` that scenarios arm failures with. */
export const injectionControls = {
  inject: (state: Injectable, injection: Injection): void => {
    state.injections.push({ ...injection });
  },
  clearInjections: (state: Injectable): void => {
    state.injections = [];
  },
  pendingInjections: (state: Injectable): string[] => state.injections.map(({ kind }) => kind),
};
