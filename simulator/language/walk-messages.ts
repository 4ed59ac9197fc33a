/** What the lexer and the parser say when a text is no walk: in the language's own words, with a remedy. */
import { AbstractParserErrorMessageProvider, DefaultLexerErrorMessageProvider } from 'langium';
import { wrongCharacter } from './hints/characters.ts';

type Mismatch = Parameters<AbstractParserErrorMessageProvider['buildMismatchTokenMessage']>[0];
type NoAlternative = Parameters<AbstractParserErrorMessageProvider['buildNoViableAltMessage']>[0];
type Redundant = Parameters<AbstractParserErrorMessageProvider['buildNotAllInputParsedMessage']>[0];
type Token = Redundant['firstRedundant'];

const terminalWords: Readonly<Record<string, string>> = {
  MESH: 'a mesh such as 2x2',
  SIZE: 'a size such as 64KiB or 4 pages',
  TIME: 'a time such as 100us or 50 cycles',
  INT: 'an integer',
  STRING: 'a string in double quotes',
  CAPS: 'the name of an error in capitals, such as SEGV',
  ID: 'a name',
  EOF: 'the end of the file',
};

const operators = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '==', '!=', '<', '<=', '>', '>=', '~']);

/** Thrown through the parser, whose way back after each error costs more than reading: the rest of the text is not read. */
export class TooManyErrors extends Error {
  /** Offset behind the token that the last error is about. */
  readonly end: number;

  constructor(end: number) {
    super('too many syntax errors');
    this.end = end;
  }
}

/** So many errors of one text are told. */
export const mostErrors = 100;

export class WalkParserMessages extends AbstractParserErrorMessageProvider {
  private left = mostErrors;

  /** Before each text: how many errors of it are told before `TooManyErrors` is thrown. */
  begin(errors: number): void {
    this.left = errors;
  }

  private count(token: Token | undefined): void {
    this.left--;
    if (this.left < 0 && token !== undefined && token.startOffset >= 0)
      throw new TooManyErrors(token.startOffset + token.image.length);
  }

  override buildMismatchTokenMessage({ expected, actual, previous }: Mismatch): string {
    if (expected.name === 'EOF') return this.buildNotAllInputParsedMessage({ firstRedundant: actual });
    this.count(actual);
    const wanted = terminalWords[expected.name] ?? `\`${expected.name}\``;
    if (expected.name === '(' && isWord(previous)) {
      return `\`${previous.image}\` cannot begin a statement; a call is written \`${previous.image}(…)\`.`;
    }
    return `Expected ${wanted}, found ${found(actual)}.`;
  }

  override buildNotAllInputParsedMessage({ firstRedundant }: Pick<Redundant, 'firstRedundant'>): string {
    this.count(firstRedundant);
    const { image } = firstRedundant;
    if (image === '}') return 'This `}` closes nothing: remove it, or open its block with `{`.';
    if (/^[A-Z][A-Z0-9_]*$/.test(image)) return `No statement begins with a name in capitals: \`${image}\`.`;
    return `${capitalised(found(firstRedundant))} cannot begin a statement.`;
  }

  override buildNoViableAltMessage({ actual, previous, ruleName }: NoAlternative): string {
    const token = actual[0];
    this.count(token);
    if (token === undefined) return 'The text ends too early.';
    if (token.image === 'not' && operators.has(previous.image)) {
      return `\`not\` cannot be an operand of \`${previous.image}\`: write \`${previous.image} (not …)\`.`;
    }
    return `Expected ${wantedBy(ruleName)}, found ${found(token)}.`;
  }

  override buildEarlyExitMessage({
    actual,
    ruleName,
  }: Parameters<AbstractParserErrorMessageProvider['buildEarlyExitMessage']>[0]): string {
    const token = actual[0];
    this.count(token);
    return `Expected ${wantedBy(ruleName)}, found ${token === undefined ? 'the end of the file' : found(token)}.`;
  }
}

/** Langium ends the names of its rules with a zero-width space. */
function wantedBy(ruleName: string): string {
  switch (ruleName.replace(/\u200B$/, '')) {
    case 'Name':
    case 'LowerName':
    case 'AnyName':
      return 'a name';
    case 'Word':
      return 'a word';
    case 'Size':
      return 'a size such as 64KiB or 4 pages';
    case 'OptionValue':
      return 'the value of the option: an integer, a size, a time, a word or a string';
    case 'Setting':
      return 'a setting: mesh, cores, memory, paging, tlb, cost or seed';
    case 'FileItem':
      return 'size, fill, text or from';
    case 'ProcessStatement':
      return '`{ code SIZE data SIZE }` or `load "PATH"`';
    case 'DaemonStatement':
      return '`on` or `off`';
    case 'Segment':
      return '`code` or `data`';
    case 'InjectStatement':
      return 'a kind of injection, or `clear`';
    case 'Statement':
    case 'Declaration':
      return 'a statement';
    default:
      return 'an expression';
  }
}

function isWord(token: Token): boolean {
  return /^[A-Za-z_]/.test(token.image);
}

function found(token: Token): string {
  return token.tokenType.name === 'EOF' ? 'the end of the file' : `\`${token.image}\``;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export class WalkLexerMessages extends DefaultLexerErrorMessageProvider {
  override buildUnexpectedCharactersMessage(text: string, startOffset: number, length: number): string {
    return wrongCharacter(text.slice(startOffset, startOffset + 200), length);
  }
}
