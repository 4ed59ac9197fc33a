/** Which names mean a `var`, and whether several blocks that run at the same time may change it. */
import type { AstNode } from 'langium';
import type { Binding, Bindings } from './bindings.ts';
import * as ast from './generated/ast.ts';

export type VariableUse = 'own' | 'shared';

export class Variables {
  private readonly uses = new Map<AstNode, VariableUse>();

  constructor({ uses }: Bindings) {
    for (const { node, binding } of uses)
      if (binding !== null && ast.isVarStatement(binding.node)) this.uses.set(node, useOf(node, binding));
  }

  /** Undefined for a name that means no `var`. */
  of(node: ast.NameReference | ast.Assignment): VariableUse | undefined {
    return this.uses.get(node);
  }
}

/** Shared: bound outside of a block of `parallel` or `explore` around the use, or of a def, which such a block may call. */
function useOf(node: AstNode, binding: Binding): VariableUse {
  const from = binding.node.$cstNode?.offset ?? 0;
  for (let at = node; at.$container !== undefined; at = at.$container) {
    if (at.$containerProperty !== 'blocks' && !ast.isDefStatement(at)) continue;
    const { offset, end } = at.$cstNode ?? { offset: 0, end: 0 };
    if (from < offset || from >= end) return 'shared';
  }
  return 'own';
}
