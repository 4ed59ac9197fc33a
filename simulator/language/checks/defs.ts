/** Functions of the file: their names, parameters and defaults. */
import { AstUtils } from 'langium';
import { isOwnOperation } from '../defs.ts';
import * as ast from '../generated/ast.ts';
import type { CheckContext } from './context.ts';

export function checkDef(node: ast.DefStatement, context: CheckContext): void {
  const { report, resolved } = context;
  const first = resolved.defs.find(({ name }) => name === node.name);
  if (first !== undefined && first.node !== node) {
    const related = { message: 'the first one', at: { node: first.node, property: 'name' } };
    report.error('WALK111', { node, property: 'name' }, `A second \`def ${node.name}\`: choose another name.`, related);
  } else checkHidden(node, context);
  checkDefaults(node, context);
}

/** Functions that every kernel has are hidden as well: a call means the def from then on. */
function checkHidden(node: ast.DefStatement, { report, vocabulary }: CheckContext): void {
  const { name } = node;
  const { kernel } = vocabulary;
  const isHidden = kernel?.functions.some(({ info }) => info.name === name || info.aliases?.includes(name)) ?? false;
  if (isOwnOperation(name) || !(isHidden || vocabulary.isCommon(name))) return;
  const owner = isHidden ? ` of ${kernel?.name ?? ''}` : '';
  const message = `\`${name}\` hides the function${owner} of that name: choose another name.`;
  report.warning('WALK119', { node, property: 'name' }, message);
}

function checkDefaults(node: ast.DefStatement, { report, vocabulary }: CheckContext): void {
  let optional: ast.DefParameter | null = null;
  for (const parameter of node.parameters) {
    const { default: value, name } = parameter;
    if (value === undefined) {
      if (optional === null) continue;
      const message = `\`${name}\` needs a default, or must come before \`${optional.name}\`, which has one.`;
      report.error('WALK140', parameter, message, { message: 'this has a default', at: optional });
      continue;
    }
    optional = parameter;
    const call = AstUtils.streamAst(value)
      .filter(ast.isCall)
      .find(({ callee }) => !vocabulary.functionsNamed(callee).some(({ origin }) => origin === 'observation'));
    if (call === undefined) continue;
    const message = `A default only observes, so it cannot call \`${call.callee}\`: use \`${name} = none\` and call it in the def.`;
    report.error('WALK140', call, message);
  }
}
