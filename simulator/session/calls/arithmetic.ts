/** Exact integers from -2^63 to 2^64-1: leaving that range is an error, never a wrap (walk language 5). */

export const smallest = -(2n ** 63n);
export const largest = 2n ** 64n - 1n;

/** A result, or what is wrong with it. */
export type Arithmetic = bigint | string;

function inRange(value: bigint, operation: string): Arithmetic {
  return value >= smallest && value <= largest ? value : `${operation} leaves the range of integers, -2^63 to 2^64-1`;
}

export function negate(value: bigint): Arithmetic {
  return inRange(-value, `-(${value})`);
}

/** Bits of an integer above 2^63 are taken as unsigned, so that `~0` and masks of 64 bits both work. */
export function complement(value: bigint): Arithmetic {
  return value > 2n ** 63n - 1n ? BigInt.asUintN(64, ~value) : ~value;
}

export function calculate(operator: string, left: bigint, right: bigint): Arithmetic {
  const text = `${left} ${operator} ${right}`;
  switch (operator) {
    case '+':
      return inRange(left + right, text);
    case '-':
      return inRange(left - right, text);
    case '*':
      return inRange(left * right, text);
    case '/':
      return right === 0n ? `${text} divides by zero` : inRange(left / right, text);
    case '%':
      return right === 0n ? `${text} divides by zero` : left % right;
    case '<<':
    case '>>':
      return shift(operator, left, right, text);
    case '&':
      return inRange(left & right, text);
    case '|':
      return inRange(left | right, text);
    case '^':
      return inRange(left ^ right, text);
    default:
      throw new Error(`internal: no arithmetic operator ${operator}`);
  }
}

function shift(operator: '<<' | '>>', left: bigint, right: bigint, text: string): Arithmetic {
  if (right < 0n || right > 63n) return `${text} shifts by ${right}; a shift is 0 to 63`;
  return operator === '<<' ? inRange(left << right, text) : left >> right;
}
