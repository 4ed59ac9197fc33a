/** What stands before the cursor, read from the tokens alone: while somebody types, the tree is seldom whole. */

export interface Cursor {
  /** The unfinished word that ends at the cursor; empty behind anything else. */
  readonly word: string;
  readonly wordStart: number;
  /** Finished tokens before that word. */
  readonly tokens: readonly CursorToken[];
  /** The contents so far of a string that is still open, and what stands before it. */
  readonly string: string | null;
  /** The innermost call whose parentheses are open. */
  readonly call: CursorCall | null;
  /** Words before the open braces, outermost first: `machine`, `tlb`. */
  readonly braces: readonly string[];
}

export interface CursorToken {
  readonly text: string;
  readonly start: number;
}

export interface CursorCall {
  readonly callee: string;
  readonly start: number;
  /** Of the argument at the cursor, from 0. */
  readonly index: number;
  /** Of the argument at the cursor, where it is named. */
  readonly name: string | null;
  /** Names of the arguments before it. */
  readonly names: readonly string[];
}

const tokenPattern =
  /\/\/[^\n\r]*|\/\*[^]*?(?:\*\/|$)|"(?:\\[^\r\n]|[^"\\\r\n])*"?|[0-9][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*(?:(?<=[A-Za-z])-(?=[A-Za-z])[A-Za-z0-9_]+)*|\.\.|==|!=|<=|>=|<<|>>|[^\s]/g;

/** Null inside a comment. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const all: CursorToken[] = [];
  for (const match of text.slice(0, offset).matchAll(tokenPattern)) all.push({ text: match[0], start: match.index });
  const last = all.at(-1);
  if (last !== undefined && isOpenComment(last, offset)) return null;
  const tokens = all.filter((token) => !isComment(token));
  const end = tokens.at(-1);
  const touches = end !== undefined && end.start + end.text.length === offset;
  const open = touches && isOpenString(end.text);
  const word = touches && !open && /^[A-Za-z_]/.test(end.text) ? end.text : '';
  const finished = word !== '' || open ? tokens.slice(0, -1) : tokens;
  return {
    word,
    wordStart: offset - word.length,
    tokens: finished,
    string: open ? end.text.slice(1) : null,
    ...openBrackets(finished),
  };
}

function isComment({ text }: CursorToken): boolean {
  return text.startsWith('//') || text.startsWith('/*');
}

function isOpenComment(token: CursorToken, offset: number): boolean {
  if (token.text.startsWith('//')) return token.start + token.text.length === offset;
  return token.text.startsWith('/*') && (!token.text.endsWith('*/') || token.text.length < 4);
}

function isOpenString(text: string): boolean {
  return text.startsWith('"') && (text.length === 1 || !/[^\\](?:\\\\)*"$/.test(text));
}

interface OpenCall {
  callee: string | null;
  start: number;
  index: number;
  name: string | null;
  names: string[];
}

function openBrackets(tokens: readonly CursorToken[]): Pick<Cursor, 'call' | 'braces'> {
  const open: (OpenCall & { brace: string | null })[] = [];
  for (const [at, { text, start }] of tokens.entries()) {
    const before = tokens[at - 1]?.text ?? '';
    const innermost = open.at(-1);
    if (text === '(' || text === '[' || text === '{') {
      const callee = text === '(' && isName(before) && !keywordsBeforePlaces.has(before) ? before : null;
      open.push({ callee, start, index: 0, name: null, names: [], brace: text === '{' ? blockWord(tokens, at) : null });
    } else if (text === ')' || text === ']' || text === '}') open.pop();
    else if (innermost !== undefined && text === ',') {
      innermost.index++;
      innermost.name = null;
    } else if (innermost !== undefined && text === ':' && isName(before)) {
      innermost.name = before;
      innermost.names.push(before);
    }
  }
  const innermost = open.at(-1);
  const call = innermost === undefined || innermost.callee === null ? null : { ...innermost, callee: innermost.callee };
  return { call, braces: open.flatMap(({ brace }) => (brace === null ? [] : [brace])) };
}

const keywordsBeforePlaces: ReadonlySet<string> = new Set(
  'at in if not and or step repeat print expect up to seed after reserve'.split(' '),
);

function isName(text: string): boolean {
  return /^[A-Za-z_]/.test(text);
}

/** The word that says what a block is of: `machine` of `machine tsar {`, `tlb` of `tlb {`. */
function blockWord(tokens: readonly CursorToken[], brace: number): string {
  const [second, first] = [tokens[brace - 2]?.text ?? '', tokens[brace - 1]?.text ?? ''];
  if (first === 'tlb' || first === 'cost' || first === 'parallel' || first === 'explore' || first === 'else')
    return first;
  if (second === 'machine' || second === 'kernel' || second === 'as' || second === 'test') return second;
  for (let at = brace - 1; at >= 0 && at >= brace - 12; at--) {
    const word = tokens[at]?.text ?? '';
    if (word === 'process' || word === 'file' || word === 'parallel' || word === 'explore') return word;
    if (word === '{' || word === '}' || word === '=') break;
  }
  return '';
}
