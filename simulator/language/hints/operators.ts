/** Operators of other languages, numbers and units that are written otherwise here. */
import { unitMeant } from './numbers.ts';
import { endsOperand, isName } from './tokens.ts';
import type { Hint, Place, Token } from './tokens.ts';

export function operatorHint(place: Place): Hint | null {
  return doubled(place) ?? increment(place) ?? unit(place) ?? fraction(place) ?? pointer(place) ?? protection(place);
}

function areAdjacent(first: Token | undefined, second: Token | undefined): boolean {
  return first !== undefined && second !== undefined && first.startOffset + first.image.length === second.startOffset;
}

/** By the two tokens that the operator is read as. */
const others: Readonly<Record<string, string>> = {
  '&&': 'Write `and` for `&&`.',
  '||': 'Write `or` for `||`.',
  '===': 'Write `==` for `===`.',
  '!==': 'Write `!=` for `!==`.',
  '=>': 'Write `>=` for `=>`.',
  '=<': 'Write `<=` for `=<`.',
  '<>': 'Write `!=` for `<>`.',
  '**': 'There is no `**`: a power of two is `1 << N`.',
  '->': 'Members are accessed with a dot: write `.` for `->`.',
  '::': 'Members are accessed with a dot: write `.` for `::`.',
};

/** `print x++`: a statement of its own is known before. */
function increment(place: Place): Hint | null {
  const [name, first, second] = [place.at(-2), place.at(-1), place.token];
  const sign = second?.image ?? '';
  if (!/^[+-]$/.test(sign) || !areAdjacent(first, second) || first?.image !== sign || !isName(name)) return null;
  const message = `\`${name?.image ?? ''}${sign}${sign}\` is a statement of its own: \`${name?.image ?? ''} ${sign}= 1\`.`;
  return { message, from: name as Token, to: second as Token, until: place.at(1) };
}

function doubled(place: Place): Hint | null {
  for (const offset of [-1, 0]) {
    const [first, second] = [place.at(offset), place.at(offset + 1)];
    if (first === undefined || second === undefined || !areAdjacent(first, second)) continue;
    const operator = first.image + second.image;
    if (Object.hasOwn(others, operator)) return { message: others[operator] ?? '', from: first, to: second };
  }
  return null;
}

/** `4 KiB`, `n pages`. */
function unit(place: Place): Hint | null {
  const [number, word] = [place.at(-1), place.token];
  if (number === undefined || word === undefined || !isName(word) || !place.isBeside()) return null;
  const meant = unitMeant(word.image);
  if (meant === null || !endsOperand(number)) return null;
  if (/^[0-9]/.test(number.image)) {
    const blank = meant.isApart ? ' ' : '';
    const message = meant.isApart
      ? `Did you mean \`${number.image} ${meant.unit}\`?`
      : `No blank is allowed before the unit: write \`${number.image}${blank}${meant.unit}\`.`;
    return { message, from: number, to: word };
  }
  const one = meant.isApart ? `1 ${meant.unit === 'pages' ? 'page' : meant.unit}` : `1${meant.unit}`;
  const factor = isName(number) ? number.image : '(…)';
  return { message: `A unit can only follow a number: write \`${factor} * ${one}\`.`, from: word };
}

/** `1.5`, `1,000`, `.5`. */
function fraction(place: Place): Hint | null {
  const [point, behind] = [place.token, place.at(1)];
  if (point?.image === '.' && behind !== undefined && /^[0-9]/.test(behind.image) && !endsOperand(place.at(-1)))
    return {
      message: 'Numbers are whole: a fraction is a smaller unit, such as `1536B`.',
      from: point,
      to: behind,
      until: place.at(2),
    };
  const isDigits = (token: Token | undefined): boolean => token !== undefined && /^[0-9]/.test(token.image);
  for (const offset of [-1, 0]) {
    const [whole, mark, rest] = [place.at(offset - 1), place.at(offset), place.at(offset + 1)];
    if (!isDigits(whole) || !isDigits(rest) || !areAdjacent(whole, mark) || !areAdjacent(mark, rest)) continue;
    const where = { from: whole as Token, to: rest as Token };
    if (mark?.image === '.')
      return { message: 'Numbers are whole: a fraction is a smaller unit, such as `1536B`.', ...where };
    if (mark?.image === ',' && rest?.image.length !== 3 && place.image(offset - 2) === '=')
      return { message: 'Numbers are whole: a fraction is a smaller unit, such as `1536B`.', ...where };
    if (mark?.image === ',' && rest?.image.length === 3)
      return { message: `Digits are grouped with \`_\`: write \`${whole?.image ?? ''}_${rest.image}\`.`, ...where };
  }
  return null;
}

/** `&a`, `*a`. */
function pointer(place: Place): Hint | null {
  const image = place.image();
  if ((image !== '&' && image !== '*') || endsOperand(place.at(-1)) || !isName(place.at(1))) return null;
  return {
    message: `\`${image}\` needs an operand on each side: addresses are integers, and \`read(ADDRESS)\` reads memory.`,
    // The parser reads the name as the beginning of a statement, and notices behind it.
    until: place.at(2),
  };
}

/** `rw-`. */
function protection(place: Place): Hint | null {
  const [word, dash] = [place.at(-2), place.at(-1)];
  if (dash?.image !== '-' || !areAdjacent(word, dash) || !/^(?=.)r?w?x?$/.test(word?.image ?? '')) return null;
  return { message: `A protection has no \`-\`: write \`${word?.image ?? ''}\`.`, from: word as Token, to: dash };
}
