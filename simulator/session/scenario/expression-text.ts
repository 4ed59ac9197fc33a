import type { BinaryOperator, Expression } from './scenario.ts';

const strength: Readonly<Record<BinaryOperator, number>> = {
  or: 1, and: 2, '==': 4, '!=': 4, '<': 4, '<=': 4, '>': 4, '>=': 4,
  '|': 5, '^': 6, '&': 7, '<<': 8, '>>': 8, '+': 9, '-': 9, '*': 10, '/': 10, '%': 10,
}; // prettier-ignore

/** An expression in the language's own form, for messages. */
export function expressionText(expression: Expression, outer = 0): string {
  switch (expression.kind) {
    case 'integer':
      return expression.written ?? expression.value.toString();
    case 'size':
      return sizeText(expression.value);
    case 'time':
      return expression.unit === 'cycles' ? `${expression.value} cycles` : `${expression.value}${expression.unit}`;
    case 'string':
      return JSON.stringify(expression.value);
    case 'boolean':
      return String(expression.value);
    case 'none':
      return 'none';
    case 'name':
      return expression.name;
    case 'place': {
      const parts = [expression.x, expression.y, ...(expression.core === null ? [] : [expression.core])];
      return `(${parts.map((part) => expressionText(part)).join(',')})`;
    }
    case 'list':
      return `[${expression.items.map((item) => expressionText(item)).join(', ')}]`;
    case 'record':
      return `{ ${expression.fields.map(({ name, value }) => `${name}: ${expressionText(value)}`).join(', ')} }`;
    case 'call': {
      const args = expression.args.map(({ name, value }) => (name === null ? '' : `${name}: `) + expressionText(value));
      return `${expression.callee}(${args.join(', ')})`;
    }
    case 'member':
      return `${expressionText(expression.receiver, 12)}.${expression.member}`;
    case 'index':
      return `${expressionText(expression.receiver, 12)}[${expressionText(expression.index)}]`;
    case 'unary':
      return expression.operator === 'not'
        ? parenthesised(`not ${expressionText(expression.operand, 3)}`, 3, outer)
        : parenthesised(`${expression.operator}${expressionText(expression.operand, 11)}`, 11, outer);
    case 'binary': {
      const own = strength[expression.operator];
      const text = `${expressionText(expression.left, own)} ${expression.operator} ${expressionText(expression.right, own + 1)}`;
      return parenthesised(text, own, outer);
    }
  }
}

/** Does a hexadecimal literal stand anywhere in it? Then messages show the values beside it in the same way. */
export function usesHexadecimal(expression: Expression): boolean {
  switch (expression.kind) {
    case 'integer':
      return expression.written?.startsWith('0x') === true;
    case 'unary':
      return usesHexadecimal(expression.operand);
    case 'binary':
      return usesHexadecimal(expression.left) || usesHexadecimal(expression.right);
    case 'list':
      return expression.items.some(usesHexadecimal);
    case 'record':
      return expression.fields.some(({ value }) => usesHexadecimal(value));
    default:
      return false;
  }
}

function parenthesised(text: string, own: number, outer: number): string {
  return own < outer ? `(${text})` : text;
}

function sizeText(bytes: bigint): string {
  const units = [['GiB', 2n ** 30n], ['MiB', 2n ** 20n], ['KiB', 2n ** 10n]] as const; // prettier-ignore
  for (const [unit, size] of units) if (bytes > 0n && bytes % size === 0n) return `${bytes / size}${unit}`;
  return `${bytes}B`;
}
