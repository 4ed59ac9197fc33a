/** Functions of the file: their names, parameters and defaults. */
import { AstUtils } from 'langium';
import { isOwnOperation } from '../../kernels/common-operations.ts';
import * as ast from '../generated/ast.ts';
import type { CheckContext } from './context.ts';

export function checkDef(node: ast.DefStatement, context: CheckContext): void {
  if (node.word === 'handler') {
    checkHandler(node, context);
    return;
  }
  const { report, resolved } = context;
  const first = resolved.defs.find(({ name }) => name === node.name);
  if (first !== undefined && first.node !== node) {
    const related = { message: 'the first one', at: { node: first.node, property: 'name' } };
    report.error('WALK111', { node, property: 'name' }, `A second \`def ${node.name}\`: choose another name.`, related);
  } else checkHidden(node, context);
  checkDefaults(node, context);
}

const handlerParameters = ['addr', 'access', 'entry'];

/** `fault` is the one that there is; it gets three values, whatever they are called. */
function checkHandler(node: ast.DefStatement, context: CheckContext): void {
  const { report, model } = context;
  const form = `handler fault(${handlerParameters.join(', ')})`;
  if (node.name !== 'fault') {
    const message = `There is no handler \`${node.name}\`: write \`${form} { … }\`.`;
    report.error('WALK140', { node, property: 'name' }, message);
  }
  const handlers = model.statements.filter(ast.isDefStatement).filter(({ word }) => word === 'handler');
  const first = handlers.find(({ name }) => name === node.name);
  if (first !== undefined && first !== node) {
    const related = { message: 'the first one', at: { node: first, property: 'name' } };
    report.error('WALK111', { node, property: 'name' }, `A second \`handler ${node.name}\`: a file has one.`, related);
  }
  if (node.parameters.length !== handlerParameters.length || node.parameters.some((one) => one.default !== undefined))
    report.error('WALK140', { node, property: 'name' }, `A handler takes three values without defaults: \`${form}\`.`);
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
