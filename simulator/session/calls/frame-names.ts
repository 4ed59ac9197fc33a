/** The arguments of a kernel function by name, as values of the scenario's language. */
import type { Activation } from '../../execution/activation.ts';
import type { ValueType } from '../../execution/function-info.ts';
import type { Run } from '../state/run.ts';
import type { Value } from '../state/values.ts';
import { fromKernel } from './convert.ts';
import { fromKernelObject } from './kernel-values.ts';

export interface FrameArgument {
  readonly name: string;
  readonly raw: unknown;
  /** As the function's table entry declares it; what only other kernel functions pass is not declared. */
  readonly type: ValueType | null;
}

/** In the order of the declaration; what is not declared comes behind. Arguments that were left out are missing. */
export function argumentsOf({ info, args }: Activation): FrameArgument[] {
  if (typeof args !== 'object' || args === null) return [];
  const given = args as Readonly<Record<string, unknown>>;
  const declared = info.parameters.filter(({ name }) => given[name] !== undefined);
  const names = new Set(declared.map(({ name }) => name));
  const others = Object.keys(given).filter((name) => !names.has(name) && given[name] !== undefined);
  return [
    ...declared.map(({ name, type }) => ({ name, raw: given[name], type })),
    ...others.map((name) => ({ name, raw: given[name], type: null })),
  ];
}

export function namesOfFrame(run: Run, frame: Activation): Map<string, Value> {
  const names = new Map<string, Value>();
  for (const { name, raw, type } of argumentsOf(frame))
    names.set(name, type === null ? fromKernelObject(run, raw) : fromKernel(run, raw, type));
  return names;
}
