/** What `on`, `kernels` and tests with `on` mean for the checks: inside a block for one kernel its functions and constants are known. */
import type { AstNode } from 'langium';
import { Vocabulary } from '../catalogue.ts';
import type { CatalogueKernel } from '../catalogue.ts';
import { defsOf, ownKernelOf } from '../defs.ts';
import * as ast from '../generated/ast.ts';
import { withKernel, type CheckContext } from './context.ts';
import { didYouMean } from './nearest.ts';

export class KernelBlocks {
  private readonly file: CheckContext;
  private readonly contexts = new Map<string, CheckContext>();
  private readonly hasBlocks: boolean;
  private readonly own: ReadonlySet<AstNode>;

  constructor(file: CheckContext, hasBlocks: boolean) {
    this.file = file;
    this.own = ownKernelOf(file.model);
    this.hasBlocks = hasBlocks || this.own.size > 0;
  }

  /** The file's own context, or the one of the kernel that the place runs on alone. */
  at(node: AstNode): CheckContext {
    if (!this.hasBlocks) return this.file;
    for (let at = node; at.$container !== undefined; at = at.$container) {
      const kernels = kernelsAround(at);
      if (kernels !== null) return this.of(kernels);
      if (this.own.has(at)) return this.of(this.definable);
    }
    return this.file;
  }

  /** The kernels that a file can define. */
  private get definable(): readonly string[] {
    const { kernels } = this.file.vocabulary.catalogue;
    return kernels.filter(({ isDefinedByScenario }) => isDefinedByScenario === true).map(({ name }) => name);
  }

  private of(kernels: readonly string[]): CheckContext {
    const key = kernels.length === 1 ? (kernels[0] ?? '') : '';
    const known = this.contexts.get(key);
    if (known !== undefined) return known;
    const { catalogue } = this.file.vocabulary;
    const kernel = catalogue.kernels.find(({ name }) => name === key) ?? null;
    const vocabulary = new Vocabulary(catalogue, kernel).addDefs(defsOf(this.file.model, kernel));
    const made = withKernel(this.file, vocabulary);
    this.contexts.set(key, made);
    return made;
  }
}

/** Of the block that the node is, if kernels are named for it. */
function kernelsAround(node: AstNode): readonly string[] | null {
  const { $container: parent, $containerProperty: property } = node;
  if (ast.isOnStatement(parent) && property === 'then') return parent.kernels;
  return ast.isTestStatement(parent) && property === 'block' && parent.kernels.length > 0 ? parent.kernels : null;
}

export function namesKernels(node: AstNode): node is ast.OnStatement | ast.TestStatement | ast.KernelsDeclaration {
  return (
    ast.isOnStatement(node) || ast.isKernelsDeclaration(node) || (ast.isTestStatement(node) && node.kernels.length > 0)
  );
}

/** The names, each once. */
export function checkKernelNames(
  node: ast.OnStatement | ast.TestStatement | ast.KernelsDeclaration,
  kernels: readonly CatalogueKernel[],
  { report }: CheckContext,
): void {
  const [names, property] = ast.isKernelsDeclaration(node) ? [node.names, 'names'] : [node.kernels, 'kernels'];
  const known = kernels.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    const at = { node, property, index };
    if (!known.includes(name)) {
      const message = `There is no kernel \`${name}\`: the kernels are ${known.join(', ')}.${didYouMean(name, known)}`;
      report.error('WALK112', at, message);
    } else if (names.indexOf(name) < index) report.error('WALK111', at, `\`${name}\` is named twice.`);
  }
}
