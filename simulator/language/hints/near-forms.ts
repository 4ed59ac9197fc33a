/** Forms of this language, nearly: something is missing at the end of a line, or one sign or word is another language's. */
import { nearestName } from '../checks/nearest.ts';
import { foreignBinders, foreignStatements } from './foreign-words.ts';
import { beginsOperand, closerOf, endsOperand, isFirstOnLine, isName } from './tokens.ts';
import type { Hint, Place, Token } from './tokens.ts';

/** `message` is the parser's own. */
export function nearFormHint(place: Place, message: string): Hint | null {
  return (
    dashes(place) ??
    wordOperator(place, message) ??
    lostWord(place, message) ??
    definition(place, message) ??
    binding(place, message) ??
    kernelName(place, message) ??
    setting(place, message) ??
    separator(place, message) ??
    unfinished(place, message)
  );
}

/** `-- text`. */
function dashes(place: Place): Hint | null {
  for (const offset of [-1, 0]) {
    const [first, second] = [place.at(offset), place.at(offset + 1)];
    if (first?.image !== '-' || second?.image !== '-' || !isFirstOnLine(place.tokens, place.index + offset)) continue;
    return { message: 'A comment begins with `//`.', from: first, to: second, until: behindLine(place, first) };
  }
  return null;
}

const wordOperators: Readonly<Record<string, string>> = {
  is: '==', equals: '==', eq: '==', ne: '!=', isnt: '!=', lt: '<', le: '<=', gt: '>', ge: '>=', mod: '%', div: '/', xor: '^', plus: '+', minus: '-', times: '*',
}; // prettier-ignore

/** `read(a) is 0`: behind the operand, the word is read as the beginning of a statement. */
function wordOperator(place: Place, message: string): Hint | null {
  const word = lostWordOf(place, message);
  if (word === null || !Object.hasOwn(wordOperators, word.image)) return null;
  if (!place.isBeside(-1) || !endsOperand(place.at(-2))) return null;
  return { message: `Write \`${wordOperators[word.image] ?? ''}\` for \`${word.image}\`.`, from: word };
}

/** The word that the parser took for the name of a call. */
function lostWordOf(place: Place, message: string): Token | null {
  const word = place.at(-1);
  return word !== undefined && message.startsWith(`\`${word.image}\` cannot begin a statement`) ? word : null;
}

/** `a.write(1)`, `p { … }`, `in p { … }`, `print a b`, `x := 3`, `machine` without a preset. */
function lostWord(place: Place, message: string): Hint | null {
  const word = lostWordOf(place, message);
  if (word === null || Object.hasOwn(foreignStatements, word.image)) return null;
  const [next, second, third] = [place.image(), place.at(1), place.at(2)];
  if (next === '.' && isName(second) && third?.image === '(') {
    const call = `\`${second?.image ?? ''}(${word.image}, …)\``;
    return { message: `A function takes what it works on as an argument: write ${call}.`, from: word, until: third };
  }
  const blockOf = next === '{' ? word : isName(place.token) && second?.image === '{' ? place.token : undefined;
  if (blockOf !== undefined && !place.isBeside(-1)) {
    const written = next === '{' || /^(?:in|with|run|on|by|for)$/.test(word.image);
    const until = next === '{' ? place.token : second;
    if (written) return { message: `What a process does is written \`as ${blockOf.image} { … }\`.`, from: word, until };
  }
  if (next === ':' && second?.image === '=') {
    const name = word.image;
    const remedy = `write \`let ${name} = …\` to bind a value, or \`${name} = …\` to change it`;
    return { message: `\`:=\` is not an operator: ${remedy}.`, from: word, until: second };
  }
  if (place.isBeside(-1) && place.statement()?.image === 'print' && endsOperand(place.at(-2)))
    return { message: 'Values are separated by `,`: write `print A, B`.', from: word };
  if (place.image(-3) === 'machine' && !place.isBeside(-2))
    return { message: '`machine` needs a preset, such as `machine tsar`.', from: place.at(-3) as Token };
  return null;
}

const aboutFunctions = 'A function is defined with `def NAME(…) { … }`.';

/** `def f x { }`, `def f(int x) { }`, `def f(x): …`. */
function definition(place: Place, message: string): Hint | null {
  const line = place.token?.startLine;
  const word = place.statement();
  if (word?.image !== 'def' || word.startLine !== line) return null;
  if (message.startsWith('Expected `)`') && foreignBinders.has(place.image(-1))) {
    const type = place.at(-1) as Token;
    return { message: `A parameter has no type: write \`${place.image()}\`.`, from: type, until: closing(place) };
  }
  const isHead = message.startsWith('Expected `(`') || message.startsWith('Expected `{`');
  if (!isHead && lostWordOf(place, message) === null) return null;
  return { message: aboutFunctions, until: behindLine(place, place.token) };
}

/** `let x: int = 3`, `let x == 3`. */
function binding(place: Place, message: string): Hint | null {
  const word = place.image(-2);
  if (!message.startsWith('Expected `=`') || (word !== 'let' && word !== 'var')) return null;
  const name = place.image(-1);
  const [token, next] = [place.token, place.at(1)];
  if (token?.image === ':')
    return { message: `A value is bound without a type: write \`${word} ${name} = …\`.`, until: next };
  if (token?.image === '==') return { message: '`==` compares; write `=` to bind.', from: token, until: next };
  return null;
}

/** `kernel "haiku"`, `kernel: haiku`. */
function kernelName(place: Place, message: string): Hint | null {
  if (place.image() !== 'kernel' || !message.startsWith('Expected a statement') || !place.isBeside(1)) return null;
  const [next, second] = [place.at(1), place.at(2)];
  if (next?.image.startsWith('"') === true) {
    const name = next.image.replaceAll('"', '');
    return { message: `A kernel is named without quotes: write \`kernel ${name}\`.`, from: next };
  }
  if (next?.image !== ':' || !isName(second)) return null;
  return {
    message: `No \`:\` is needed before the name of a kernel: write \`kernel ${second?.image ?? ''}\`.`,
    from: next,
  };
}

const settingsOf: Readonly<Record<string, readonly string[]>> = {
  machine: ['mesh', 'cores', 'memory', 'paging', 'tlb', 'cost', 'seed'],
  process: ['code', 'data'],
  file: ['size', 'fill', 'text', 'from'],
};

/** `machine tsar { ram 16MiB }`, `print {1, 2}`. */
function setting(place: Place, message: string): Hint | null {
  if (!message.startsWith('Expected `}`')) return null;
  const open = place.openBracket();
  const line = place.tokens[open]?.startLine;
  const before = place.tokens.slice(0, Math.max(open, 0)).filter((token) => token.startLine === line);
  const word = before.findLast(({ image }) => Object.hasOwn(settingsOf, image))?.image ?? '';
  if (isName(place.token) && Object.hasOwn(settingsOf, word)) {
    const known = settingsOf[word] ?? [];
    const name = place.image();
    const near = nearestName(name, known);
    const hint = near === null ? '' : ` Did you mean \`${near}\`?`;
    return {
      message: `\`${word}\` has no setting \`${name}\`; it has ${known.join(', ')}.${hint}`,
      until: closing(place),
    };
  }
  if (place.image(-1) === '{' && beginsOperand(place.token) && /^[,}]$/.test(place.image(1)))
    return { message: 'A list is written in brackets: `[1, 2]`.', until: closing(place) };
  return null;
}

/** `write(a 1)`, `[1 2]`. */
function separator(place: Place, message: string): Hint | null {
  if (!/^Expected `[)\]]`/.test(message) || !place.isBeside() || !beginsOperand(place.token)) return null;
  if (!endsOperand(place.at(-1))) return null;
  return { message: `\`,\` is missing before \`${place.image()}\`.`, until: closing(place) };
}

/** The line ends too early, and the parser notices on the next one: what is wrong stands before. */
function unfinished(place: Place, message: string): Hint | null {
  const before = place.at(-1);
  if (
    before === undefined ||
    place.isBeside() ||
    !message.startsWith('Expected ') ||
    /^Expected `[)\]}]`/.test(message)
  )
    return null;
  const where = { from: before, until: place.token };
  const word = place.image(-2);
  if (message.startsWith('Expected `=`') && (word === 'let' || word === 'var'))
    return { message: `\`${before.image}\` needs a value: write \`${word} ${before.image} = …\`.`, ...where };
  if (message.startsWith('Expected `{ code'))
    return {
      message: `A process needs its sizes: write \`process ${before.image} { code 1 page  data 1 page }\`.`,
      ...where,
    };
  if (!message.startsWith('Expected an expression')) return null;
  if (endsOperand(before))
    return {
      message: 'A value alone is not a statement: print it with `print …`, or keep it with `let NAME = …`.',
      ...where,
    };
  return { message: `A value is missing after \`${before.image}\`.`, ...where };
}

/** What closes the innermost bracket that is open here. */
function closing(place: Place): Token | undefined {
  const wanted = closerOf[place.tokens[place.openBracket()]?.image ?? ''];
  return place.tokens.slice(place.index).find(({ image }) => image === wanted);
}

/** The first token of the next line, where the parser is at the latest when it notices. */
function behindLine(place: Place, token: Token | undefined): Token | undefined {
  const line = token?.startLine ?? 0;
  return place.tokens.slice(place.index).find(({ startLine }) => (startLine ?? 0) > line) ?? place.tokens.at(-1);
}
