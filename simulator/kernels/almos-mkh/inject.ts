import { type AlmosState } from './state.ts';

/** An armed failure: of the operations of its kind, the (after + 1)-th fails as if the resource were exhausted. */
export interface Injection {
  readonly kind: string;
  /** Null: anywhere. */
  readonly cluster: number | null;
  after: number;
}

/** Counts one operation. True if it has to fail; that uses the injection up. */
export function mustFail(state: AlmosState, kind: string, cluster: number): boolean {
  if (state.injections.length === 0) return false;
  let failing: Injection | null = null;
  for (const injection of state.injections) {
    if (injection.kind !== kind || (injection.cluster !== null && injection.cluster !== cluster)) continue;
    if (injection.after > 0) injection.after -= 1;
    else failing ??= injection;
  }
  if (failing !== null) state.injections = state.injections.filter((injection) => injection !== failing);
  return failing !== null;
}
