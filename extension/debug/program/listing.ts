import type { FunctionInfo, Parameter } from '../../../simulator/execution/function-info.ts';
import { orderedSteps } from '../../../simulator/language/ordered-steps.ts';

/** A kernel function as the debugger shows it: its documentation and its numbered steps, one line each. */
export interface Listing {
  readonly text: string;
  /** Line of a step by its label; lines count from 1. */
  readonly lineOfStep: ReadonlyMap<string, number>;
  /** Where a frame stands that has not reached its first step. */
  readonly firstLine: number;
}

/** Writes a function's listing as Markdown, so that editors colour and wrap it. */
export function listingOf(info: FunctionInfo, kernelTitle: string): Listing {
  const lines = [`# ${signatureOf(info)}`, '', info.doc, ''];
  if (info.errors.length > 0) lines.push(`Fails with ${info.errors.join(', ')}.`);
  lines.push(`Source: ${kernelTitle} ${info.section}.`, '', '## Steps', '');
  const firstLine = lines.length + 1;
  const lineOfStep = new Map<string, number>();
  const width = Math.max(...Object.keys(info.steps).map((label) => label.length), 1);
  for (const [label, text] of orderedSteps(info)) {
    lineOfStep.set(label, lines.length + 1);
    lines.push(`${`${label}.`.padEnd(width + 1)} ${text}`);
  }
  return { text: `${lines.join('\n')}\n`, lineOfStep, firstLine: Math.min(firstLine, lines.length) };
}

/** `vmm_get_pte(process, vpn, cow) → attr, ppn` */
export function signatureOf(info: FunctionInfo): string {
  const parameters = info.parameters.map((parameter) => parameterText(parameter)).join(', ');
  const outputs = (info.outputs ?? []).map(({ name }) => name);
  const results = info.result === undefined || outputs.length > 0 ? outputs : [info.result.kind];
  return `${info.name}(${parameters})${results.length > 0 ? ` → ${results.join(', ')}` : ''}`;
}

function parameterText({ name, optional, inOut, ...rest }: Parameter): string {
  if (inOut === true) return `&${name}`;
  return optional === true || 'default' in rest ? `[${name}]` : name;
}
