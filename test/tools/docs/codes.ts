import { diagnosticCodes as staticCodes } from '../../../simulator/language/diagnostic-codes.ts';
import { diagnosticCodes as liveCodes } from '../../../simulator/session/scenario/diagnostic-codes.ts';

export interface CodeText {
  readonly title: string;
  readonly explanation: string;
  readonly group: 'text' | 'run';
}

type Codes = Readonly<Record<string, { readonly title: string; readonly explanation: string }>>;

/** Every diagnostic code, in the order of the numbers. */
export const allCodes: ReadonlyMap<string, CodeText> = new Map(
  [...ofGroup(staticCodes, 'text'), ...ofGroup(liveCodes, 'run')].sort(([a], [b]) => a.localeCompare(b)),
);

function ofGroup(codes: Codes, group: CodeText['group']): [string, CodeText][] {
  return Object.entries(codes).map(([code, { title, explanation }]) => [code, { title, explanation, group }]);
}
