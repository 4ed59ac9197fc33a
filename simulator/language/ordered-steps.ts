import type { FunctionInfo } from '../execution/function-info.ts';

type Steps = readonly (readonly [label: string, text: string])[];

const known = new WeakMap<FunctionInfo['steps'], Steps>();

/** Labels and texts in the order of the labels. An object has integer-like keys first: `1, 2, 4, 3a`. */
export function orderedSteps({ steps }: Pick<FunctionInfo, 'steps'>): Steps {
  const found = known.get(steps);
  if (found !== undefined) return found;
  const ordered = Object.entries(steps).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  known.set(steps, ordered);
  return ordered;
}
