import type { Expression } from './scenario.ts';

/** The expressions that an expression is made of, in the order of the text. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'place':
      return [expression.x, expression.y, ...(expression.core === null ? [] : [expression.core])];
    case 'list':
      return expression.items;
    case 'record':
      return expression.fields.map((field) => field.value);
    case 'call':
      return expression.args.map((argument) => argument.value);
    case 'member':
      return [expression.receiver];
    case 'index':
      return [expression.receiver, expression.index];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    default:
      return [];
  }
}
