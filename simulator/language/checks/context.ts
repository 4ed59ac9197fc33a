/** What the checks of one file share. */
import type { ValueBounds } from '../../session/scenario/value-bounds.ts';
import { resolveBindings } from '../bindings.ts';
import type { Binding, Bindings } from '../bindings.ts';
import type { MachineConfig, Vocabulary } from '../catalogue.ts';
import * as ast from '../generated/ast.ts';
import { StaticKinds } from '../static-kind.ts';
import { Constants } from './constants.ts';
import { Suggestions } from './nearest.ts';
import type { Report } from './report.ts';
import { ValueSizes } from './value-sizes.ts';

export interface CheckContext {
  readonly model: ast.Model;
  readonly report: Report;
  readonly vocabulary: Vocabulary;
  readonly resolved: Bindings;
  readonly bindingOf: ReadonlyMap<ast.NameReference, Binding>;
  /** What an assignment changes. */
  readonly variableOf: ReadonlyMap<ast.Assignment, Binding>;
  /** The first binding of each name, wherever it stands. */
  readonly firstBindings: ReadonlyMap<string, Binding>;
  readonly suggestions: Suggestions;
  /** Names of bindings that an unknown name was nearly. */
  readonly misspelt: Set<string>;
  readonly kinds: StaticKinds;
  readonly constants: Constants;
  readonly sizes: ValueSizes;
  /** The machine that the file will run on; null where that is not known or wrong. */
  readonly machine: MachineConfig | null;
}

/** The same file, as far as it runs on another kernel. */
export function withKernel(context: CheckContext, vocabulary: Vocabulary): CheckContext {
  const { resolved, bindingOf } = context;
  const kinds = new StaticKinds(vocabulary, resolved, bindingOf);
  return { ...context, vocabulary, kinds, suggestions: new Suggestions() };
}

export function makeContext(
  model: ast.Model,
  report: Report,
  vocabulary: Vocabulary,
  { machine, bounds }: { readonly machine: MachineConfig | null; readonly bounds: ValueBounds },
): CheckContext {
  const resolved = resolveBindings(model);
  const bindingOf = new Map<ast.NameReference, Binding>();
  const variableOf = new Map<ast.Assignment, Binding>();
  for (const { node, binding } of resolved.uses) {
    if (binding === null) continue;
    if (ast.isNameReference(node)) bindingOf.set(node, binding);
    else if (ast.isAssignment(node)) variableOf.set(node, binding);
  }
  const { bindings } = resolved;
  return {
    model,
    report,
    vocabulary,
    resolved,
    bindingOf,
    variableOf,
    firstBindings: new Map(bindings.toReversed().map((binding) => [binding.name, binding])),
    suggestions: new Suggestions(),
    misspelt: new Set(),
    kinds: new StaticKinds(vocabulary, resolved, bindingOf),
    constants: new Constants(bindings, bindingOf),
    sizes: new ValueSizes(bindings, bindingOf, bounds),
    machine,
  };
}
