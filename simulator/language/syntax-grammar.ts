/** The TextMate grammar for colours before the language server has answered. Its words are those of walk.langium. */
import { reservedWords, settingWords } from './grammar-words.ts';

interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
  readonly patterns?: readonly Rule[];
}

export interface SyntaxGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly Rule[];
}

const logical: ReadonlySet<string> = new Set(['not', 'and', 'or']);
const control: ReadonlySet<string> = new Set([
  'for',
  'repeat',
  'while',
  'return',
  'fail',
  'break',
  'continue',
  'if',
  'else',
  'parallel',
  'explore',
  'as',
  'test',
  'expect',
]);
const name = '[A-Za-z_][A-Za-z0-9_]*(?:(?<=[A-Za-z])-(?=[A-Za-z])[A-Za-z0-9_]+)*';
/** Neither part of a longer name nor a member, an argument's name or a field. */
const before = '(?<![A-Za-z0-9_.]|[A-Za-z]-)';
const after = '(?![A-Za-z0-9_]|-[A-Za-z]|\\s*:)';

function word(scope: string, words: readonly string[], notBefore = ''): Rule {
  return { name: `${scope}.walk`, match: `${before}(?:${words.join('|')})${after}${notBefore}` };
}

export function syntaxGrammar(): SyntaxGrammar {
  const begins = [...reservedWords];
  return {
    name: 'Walk',
    scopeName: 'source.walk',
    fileTypes: ['walk'],
    patterns: [
      ...comments,
      text,
      ...numbers,
      ...declaredNames,
      {
        match: `${before}(fails|kills)\\s+([A-Z][A-Z0-9_]*)\\b`,
        captures: scopes('keyword.control', 'constant.other.error'),
      },
      word(
        'keyword.operator.logical',
        begins.filter((candidate) => logical.has(candidate)),
      ),
      word(
        'keyword.control',
        begins.filter((candidate) => control.has(candidate)),
      ),
      word(
        'keyword.other',
        begins.filter((candidate) => !logical.has(candidate) && !control.has(candidate)),
      ),
      word('constant.language', ['true', 'false', 'none']),
      { match: `(${name})(?=\\()`, captures: scopes('entity.name.function') },
      { match: `(${name})\\s*(?=:)`, captures: scopes('variable.parameter') },
      word('keyword.other', [...settingWords], '(?!\\s*[.=,)|])'),
      { name: 'constant.language.protection.walk', match: `${before}(?=[rwx])r?w?x?u?(?=\\s*[,)|])` },
      { name: 'support.constant.walk', match: `${before}x86-(?:64|32)\\b` },
      { name: 'constant.other.walk', match: `${before}[A-Z][A-Z0-9_]+${after}` },
      { match: `\\.(${name})`, captures: scopes('variable.other.property') },
      { name: 'variable.other.walk', match: name },
      { name: 'keyword.operator.walk', match: '\\.\\.|<<=|>>=|[-+*/%|&^]=|==|!=|<=|>=|<<|>>|[-+*/%&|^~<>=]' },
    ],
  };
}

function scopes(...names: readonly string[]): Readonly<Record<string, { readonly name: string }>> {
  return Object.fromEntries(names.map((scope, index) => [String(index + 1), { name: `${scope}.walk` }]));
}

const comments: readonly Rule[] = [
  { name: 'comment.line.double-slash.walk', match: '//.*$' },
  { name: 'comment.block.walk', begin: '/\\*', end: '\\*/' },
];

const text: Rule = {
  name: 'string.quoted.double.walk',
  begin: '"',
  end: '"|$',
  patterns: [
    { name: 'constant.character.escape.walk', match: '\\\\(?:[nt0\\\\"]|x[0-9A-Fa-f]{2})' },
    { name: 'invalid.illegal.escape.walk', match: '\\\\.' },
  ],
};

const digits = '[0-9]+(?:_+[0-9]+)*';
const hexDigits = '[0-9A-Fa-f]+(?:_+[0-9A-Fa-f]+)*';
const numbers: readonly Rule[] = [
  { name: 'constant.numeric.mesh.walk', match: '(?<![A-Za-z0-9_])[1-9][0-9]*x[1-9][0-9]*(?![A-Za-z0-9_])' },
  {
    match: `(?<![A-Za-z0-9_])(0x${hexDigits})([ \\t]+pages?)(?![A-Za-z0-9_]|-[A-Za-z])`,
    captures: scopes('constant.numeric', 'keyword.other.unit'),
  },
  {
    match: `(?<![A-Za-z0-9_])(${digits})(B|KiB|MiB|GiB|us|ms|s|[ \\t]+(?:pages?|cycles))(?![A-Za-z0-9_]|-[A-Za-z])`,
    captures: scopes('constant.numeric', 'keyword.other.unit'),
  },
  {
    name: 'constant.numeric.walk',
    match: `(?<![A-Za-z0-9_])(?:0x${hexDigits}|0b[01]+(?:_+[01]+)*|${digits})(?![A-Za-z0-9_])`,
  },
];

const declaredNames: readonly Rule[] = [
  { match: `${before}(process|thread|as|dump)\\s+(${name})`, captures: scopes('keyword.control', 'entity.name.type') },
  {
    match: `${before}(machine|kernel)\\s+(${name}|x86-64|x86-32)`,
    captures: scopes('keyword.other', 'entity.name.namespace'),
  },
  { match: `${before}(def|handler)\\s+(${name})`, captures: scopes('keyword.other', 'entity.name.function') },
  { match: `${before}(let|var|for)\\s+(${name})`, captures: scopes('keyword.other', 'variable.other.declaration') },
];
