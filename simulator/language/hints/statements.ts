/** Statements that begin or go on as in other languages. */
import { nearestName } from '../checks/nearest.ts';
import { reservedWords, statementWords } from '../grammar-words.ts';
import { foreignBinders, foreignStatements } from './foreign-words.ts';
import { closerOf, isClosing, isName, isOpening } from './tokens.ts';
import type { Hint, Place, Token } from './tokens.ts';

/** Names that come from the tables of kernels and machines. */
export interface KnownNames {
  readonly kernels: readonly string[];
  readonly machines: readonly string[];
}

/** `message` is the parser's own. */
export function statementHint(place: Place, message: string, names: KnownNames): Hint | null {
  return (
    withoutError(place) ??
    beginning(place, message) ??
    assignment(place) ??
    reserved(place, message) ??
    unnamed(place, message, names) ??
    unquoted(place, message) ??
    loop(place) ??
    block(place, message) ??
    placeWithout(place) ??
    settings(place) ??
    mesh(place, message) ??
    tail(place)
  );
}

/** A word that cannot begin a statement. */
function beginning(place: Place, message: string): Hint | null {
  const isInCapitals = message.startsWith('No statement begins with a name in capitals');
  const word = isInCapitals ? place.token : place.at(-1);
  if (word === undefined || !(isInCapitals || message.startsWith(`\`${word.image}\` cannot begin a statement`)))
    return null;
  const next = isInCapitals ? place.at(1) : place.token;
  const { image } = word;
  if (Object.hasOwn(foreignStatements, image) && next?.image !== '(' && next?.image !== '=')
    return {
      message: foreignStatements[image] ?? '',
      from: word,
      until: image === 'do' ? endOfLoop(place) : openingBrace(place),
    };
  if (foreignBinders.has(image) && isName(next))
    return bindingHint(word, next as Token, place.at(isInCapitals ? 2 : 1));
  if (next?.image === '=' || next?.image === '[' || next?.image === '.') return null;
  const meant = statementWords.has(image.toLowerCase())
    ? image.toLowerCase()
    : image.length < shortestTypo
      ? null
      : nearestName(image, [...statementWords, 'kernel', 'file']);
  if (meant === null) return null;
  return {
    message: `\`${image}\` cannot begin a statement. Did you mean \`${meant}\`?`,
    from: word,
    until: openingBrace(place),
  };
}

/** `do { … } while CONDITION`: the token behind the condition's line; the opening brace where no such loop stands. */
function endOfLoop(place: Place): Token | undefined {
  const { tokens } = place;
  let depth = 0;
  for (let at = place.index; at < tokens.length; at++) {
    const image = tokens[at]?.image ?? '';
    if (isOpening(image)) depth++;
    if (!isClosing(image) || --depth > 0) continue;
    const loop = tokens[at + 1];
    if (loop?.image !== 'while') break;
    return tokens.slice(at + 1).find(({ startLine }) => (startLine ?? 0) > (loop.startLine ?? 0)) ?? tokens.at(-1);
  }
  return openingBrace(place);
}

/** Shorter words are near to many. */
const shortestTypo = 4;

function bindingHint(word: Token, name: Token, next: Token | undefined): Hint {
  const message = `A value is bound without a type: write \`let ${name.image} = …\`, or \`var ${name.image} = …\` to change it later.`;
  return { message, from: word, until: next };
}

/** The brace that opens on the same line, whose end is no mistake of its own. */
function openingBrace(place: Place): Token | undefined {
  const line = place.token?.startLine;
  for (let at = place.index; place.tokens[at]?.startLine === line && line !== undefined; at++)
    if (place.tokens[at]?.image === '{') return place.tokens[at];
  return undefined;
}

/** `x = 4`, `x += 4`, `x[0] = 5`, `expect x = 0`, `f(kind = anon)`. */
function assignment(place: Place): Hint | null {
  const [before, token] = [place.at(-1), place.token];
  const equals = token?.image === '=' ? token : (nextEquals(place) ?? increment(place));
  if (equals === undefined || before === undefined) return null;
  const open = place.openBracket();
  if (token === equals && place.tokens[open]?.image === '(' && isName(before)) {
    const message = `A named argument is written with a colon: \`${before.image}: …\`.`;
    return { message, from: equals, until: closingOf(place, open) };
  }
  const statement = place.statement()?.image;
  if (token === equals && (statement === 'expect' || statement === 'if'))
    return { message: '`=` binds; write `==` to compare.', from: equals, until: openingBrace(place) };
  if (statement === 'for' || isDeclaration(place, open)) return null;
  if (!isName(before)) return null;
  const sign = token?.image ?? '';
  const message =
    sign === '+' || sign === '-'
      ? `\`${before.image}${sign}${sign}\` is written \`${before.image} ${sign}= 1\`.`
      : `Behind \`${before.image}\` no value can be given here: a statement \`${before.image} = …\` stands by itself.`;
  return { message, from: before, until: equals };
}

/** Behind `+`, `-` … or an index, on the same line. */
function nextEquals(place: Place): Token | undefined {
  if (!/^(?:[-+*/%|&^[]|<<|>>)$/.test(place.image())) return undefined;
  const line = place.token?.startLine;
  for (let at = place.index + 1; place.tokens[at]?.startLine === line; at++) {
    const image = place.tokens[at]?.image;
    if (image === '=') return place.tokens[at];
    if (place.image() !== '[') return undefined;
  }
  return undefined;
}

/** `x++`, `x--`. */
function increment(place: Place): Token | undefined {
  const [image, next] = [place.image(), place.image(1)];
  return image === next && (image === '+' || image === '-') ? place.at(1) : undefined;
}

function closingOf(place: Place, open: number): Token | undefined {
  const closing = closerOf[place.tokens[open]?.image ?? ''];
  return place.tokens.slice(place.index).find(({ image }) => image === closing);
}

const bindingWords = new Set(['let', 'var', 'def', 'process', 'thread', 'for', 'named']);

/** `let test = 3`, `print test`. */
function reserved(place: Place, message: string): Hint | null {
  const { token } = place;
  if (token?.image === 'else' && message.startsWith('`else` cannot begin'))
    return { message: '`else` must directly follow the block of its `if`.', until: openingBrace(place) };
  if (token === undefined || !reservedWords.has(token.image) || !place.isBeside()) return null;
  const isBound = bindingWords.has(place.image(-1)) && message.startsWith('Expected a name');
  if (!isBound && !message.startsWith('Expected an expression')) return null;
  return { message: `\`${token.image}\` is reserved: choose another name.`, from: token, until: endOfLine(place) };
}

function endOfLine(place: Place): Token | undefined {
  const line = place.token?.startLine;
  let last = place.token;
  for (let at = place.index; place.tokens[at]?.startLine === line && line !== undefined; at++) last = place.tokens[at];
  return last;
}

/** `kernel` and `machine` without a name. */
function unnamed(place: Place, message: string, { kernels, machines }: KnownNames): Hint | null {
  if (place.image() === 'kernel' && message.startsWith('Expected a statement'))
    return { message: `\`kernel\` needs a name: ${listed(kernels)}.`, from: place.token as Token };
  const before = place.at(-1);
  if (before?.image !== 'machine' || !message.startsWith('Expected a word')) return null;
  return { message: `\`machine\` needs a preset: ${listed(machines)}.`, from: before };
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

const quoted: Readonly<Record<string, string>> = {
  test: 'The name of a test is written in quotes: `test "NAME" { … }`.',
  replay: 'The path of a recording is written in quotes: `replay "PATH"`.',
  load: 'The path of a program is written in quotes: `load "PATH"`.',
  from: 'The path of a file is written in quotes: `from "PATH"`.',
  text: 'The text of a file is written in quotes: `text "…"`.',
};

/** `test foo`, `replay a.walkrec`, `file f`. */
function unquoted(place: Place, message: string): Hint | null {
  if (place.image() === 'file' && /^(?:Expected a statement|`file` cannot begin)/.test(message))
    return {
      message: 'The name of a file is written in quotes: `file "NAME" { size SIZE }`.',
      until: endOfLine(place),
    };
  const word = place.image(-1);
  if (!message.startsWith('Expected a string') || !Object.hasOwn(quoted, word)) return null;
  return { message: quoted[word] ?? '', until: openingBrace(place) ?? endOfLine(place) };
}

/** `for each i`, `for (…)`, `for i = 0 to 3`, `for i in range(3)`, `0..=3`, `0...3`. */
function loop(place: Place): Hint | null {
  const [before, image] = [place.image(-1), place.image()];
  if (before === '..' && (image === '=' || image === '.'))
    return { message: 'The end of a range is exclusive: `A..B` ends at B - 1.', until: openingBrace(place) };
  const statement = place.statement();
  if (statement?.image !== 'for' || statement.startLine !== place.token?.startLine) return null;
  const isWord = before === 'each' && isName(place.token);
  if (!isWord && image !== '(' && image !== '=' && image !== '{' && image !== ':') return null;
  if (
    image === '{' &&
    place.tokens.slice(0, place.index).findLast((token) => token.image === '..' || token === statement)?.image === '..'
  )
    return null;
  return { message: 'A loop is written `for NAME in A..B { … }`.', until: openingBrace(place) };
}

/** A block without braces. */
function block(place: Place, message: string): Hint | null {
  if (!message.startsWith('Expected `{`') || place.token === undefined) return null;
  const word = place.statement()?.image ?? '';
  if (!/^(?:if|as|for|repeat|test|parallel|explore)$/.test(word)) return null;
  if (word === 'explore' && /^[0-9]/.test(place.image()))
    return { message: `Write \`explore up to ${place.image()} { … }\`.`, until: openingBrace(place) };
  const extra = place.image() === 'then' || place.image() === ':' || place.image() === 'do';
  const what = extra ? `\`${place.image()}\` is not needed: the` : 'The';
  return {
    message: `${what} block of \`${word}\` is written in braces: \`{ … }\`.`,
    until: openingBrace(place) ?? endOfLine(place),
  };
}

/** `at 0,0`, `process p(0,0)`. */
function placeWithout(place: Place): Hint | null {
  if (place.image() === ',' && place.image(-2) === 'at') {
    const [x, y] = [place.at(-1), place.at(1)];
    const message = `A place is written in parentheses: \`at (${x?.image ?? '0'},${y?.image ?? '0'})\`.`;
    return { message, from: x as Token, to: y ?? (x as Token), until: openingBrace(place) };
  }
  const isNamed = /^(?:process|thread)$/.test(place.image(-2));
  if (place.image() !== '(' || !isNamed) return null;
  return { message: 'A place follows `at`: `at (0,0)`.', until: openingBrace(place) };
}

function isDeclaration(place: Place, open: number): boolean {
  if (place.tokens[open]?.image !== '{') return false;
  const line = place.tokens[open]?.startLine;
  for (let at = open - 1; at >= 0 && place.tokens[at]?.startLine === line; at--) {
    if (/^(?:machine|kernel|process|file|tlb|cost)$/.test(place.tokens[at]?.image ?? '')) return true;
    if (place.tokens[at]?.image === '}') return false;
  }
  return false;
}

/** `{ cores: 2, memory = 16MiB }`. */
function settings(place: Place): Hint | null {
  const image = place.image();
  const open = place.openBracket();
  if ((image !== ':' && image !== '=' && image !== ',') || !isDeclaration(place, open)) return null;
  const message = `Settings and values are separated by blanks, without \`${image}\`: \`{ code 4 pages  data 0 }\`.`;
  return { message, until: closingOf(place, open) };
}

/** `mesh 2`, `mesh 2,2`, `mesh 2 x 2`. */
function mesh(place: Place, message: string): Hint | null {
  const { token } = place;
  if (!message.startsWith('Expected a mesh') || token === undefined) return null;
  const [by, second] = [place.image(1), place.at(2)];
  const isPair = (by === ',' || by === 'x' || by === '*') && /^[0-9]/.test(second?.image ?? '');
  const written = isPair ? `${token.image}x${second?.image ?? ''}` : '2x2';
  return { message: `A mesh is one word, columns and rows: \`mesh ${written}\`.`, until: isPair ? second : token };
}

/** `fails` without an error's name. */
function withoutError(place: Place): Hint | null {
  const before = place.at(-1);
  if (place.statement()?.image !== 'expect' || before?.image !== 'fails') return null;
  return {
    message: '`fails` is followed by the name of an error: `fails SEGV`.',
    from: before,
    until: endOfLine(place),
  };
}

/** Another word for `fails`. */
function tail(place: Place): Hint | null {
  const before = place.at(-1);
  if (place.statement()?.image !== 'expect' || before === undefined) return null;
  if (!/^(?:fail|failes|failed|failing|throws|raises)$/.test(before.image)) return null;
  return { message: `Write \`fails\` for \`${before.image}\`.`, from: before, until: place.token };
}
