/** Completion: what can stand at the cursor, told by the tokens before it and the tables of the kernel. */
import type { LangiumDocument } from 'langium';
import type { CompletionProvider } from 'langium/lsp';
import { CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import type { CompletionItem, CompletionList, CompletionParams } from 'vscode-languageserver';
import { visibleAt } from '../bindings.ts';
import type { Binding } from '../bindings.ts';
import { knownNames, shortWords } from '../catalogue.ts';
import type { CallableFunction, KernelCatalogue, Vocabulary } from '../catalogue.ts';
import type { ValueType } from '../../execution/function-info.ts';
import type * as ast from '../generated/ast.ts';
import { contextWords } from './completion-words.ts';
import { cursorAt } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { modelOf, vocabularyOf } from './document-facts.ts';
import { describeFunction, isOptional, originInWords, signatureLabel } from './function-text.ts';

export class WalkCompletion implements CompletionProvider {
  readonly completionOptions = { triggerCharacters: ['.', '"', '(', ':', ' '] };
  private readonly catalogue: KernelCatalogue;

  constructor(catalogue: KernelCatalogue) {
    this.catalogue = catalogue;
  }

  getCompletion(document: LangiumDocument, params: CompletionParams): CompletionList {
    const model = modelOf(document);
    const { textDocument } = document;
    const offset = textDocument.offsetAt(params.position);
    const vocabulary = vocabularyOf(model, this.catalogue);
    return { isIncomplete: false, items: completionsAt(textDocument.getText(), offset, model, vocabulary) };
  }
}

export function completionsAt(
  text: string,
  offset: number,
  model: ast.Model,
  vocabulary: Vocabulary,
): CompletionItem[] {
  const cursor = cursorAt(text, offset);
  if (cursor === null) return [];
  const bindings = visibleAt(model, offset);
  if (cursor.string !== null) return stringItems(cursor, vocabulary);
  const words = contextWords(cursor, bindings, vocabulary);
  if (words !== null) return words;
  if (isStatementStart(cursor)) return [...statementItems(vocabulary), ...functionItems(vocabulary)];
  return [...argumentItems(cursor, vocabulary), ...valueItems(bindings, vocabulary), ...functionItems(vocabulary)];
}

/** Events inside `count("…")`; the rest of the strings is the author's. */
function stringItems({ call }: Cursor, vocabulary: Vocabulary): CompletionItem[] {
  if (call?.callee !== 'count') return [];
  return vocabulary.eventNames().map((label) => ({ label, kind: CompletionItemKind.Event, detail: 'event' }));
}

/** Statements begin after a brace, a closed call, or a finished value on a line of its own. */
function isStatementStart({ tokens, call }: Cursor): boolean {
  const before = tokens.at(-1)?.text;
  if (call !== null) return false;
  return (
    before === undefined ||
    before === '{' ||
    before === '}' ||
    before === ')' ||
    before === ']' ||
    /^["A-Z0-9]/.test(before)
  );
}

/** `MACHINES` and `KERNELS` stand for the choice of those that there are. */
const statements: readonly (readonly [label: string, snippet: string, detail: string])[] = [
  ['machine', 'machine ${1|MACHINES|} { mesh ${2:2x2}  cores ${3:2}  memory ${4:16MiB} }', 'the machine'],
  ['kernel', 'kernel ${1|KERNELS|}', 'the kernel'],
  ['file', 'file "${1:name}" { size ${2:4 pages}  fill ${3:0} }', 'a file of the simulated file system'],
  [
    'process',
    'process ${1:name} at (${2:0},${3:0}) { code ${4:4 pages}  data ${5:2 pages} }',
    'a process and its main thread',
  ],
  ['thread', 'thread ${1:name} of ${2:process} at (${3:0},${4:0})', 'one more thread'],
  ['as', 'as ${1:process} {\n    $0\n}', 'run as a thread'],
  ['let', 'let ${1:name} = $0', 'bind a value'],
  ['var', 'var ${1:name} = $0', 'a value that assignments change'],
  ['expect', 'expect $0', 'what must be true'],
  ['expect … fails', 'expect ${1:call} fails ${2:SEGV}', 'a call that must fail'],
  ['expect … kills', 'expect ${1:call} kills ${2:SEGV}', 'a call that must kill the process'],
  ['for', 'for ${1:i} in ${2:0}..${3:4} {\n    $0\n}', 'a loop, its end exclusive'],
  ['for … in', 'for ${1:item} in ${2:list} {\n    $0\n}', 'a loop through a list'],
  ['while', 'while ${1:condition} {\n    $0\n}', 'a loop as long as a condition is true'],
  ['break', 'break', 'leaves the innermost loop'],
  ['continue', 'continue', 'goes on with the next round of the innermost loop'],
  ['repeat', 'repeat ${1:4} {\n    $0\n}', 'so many rounds'],
  ['if', 'if ${1:condition} {\n    $0\n}', 'a branch'],
  ['parallel', 'parallel seed ${1:1} {\n    as ${2:thread} { $0 }\n}', 'blocks interleaved as the seed decides'],
  ['explore', 'explore up to ${1:100} {\n    as ${2:thread} { $0 }\n} then { }', 'every interleaving'],
  [
    'expect explore … fails',
    'expect explore up to ${1:100} {\n    as ${2:thread} { $0 }\n} fails ${3:SEGV}',
    'an interleaving that must fail',
  ],
  ['inject', 'inject ${1:page-alloc} fails', 'a resource that runs out'],
  ['reserve', 'reserve ${1:1} frames at (${2:0},${3:0})', 'take free frames away'],
  ['daemon', 'daemon ${1:name} ${2|on,off|}', 'switch a daemon'],
  ['print', 'print $0', 'values to the console'],
  ['dump', 'dump ${1:process}', 'the kernel’s own display of a process'],
  ['replay', 'replay "${1:recording.walkrec}"', 'run a recording as a process'],
  ['mutex', 'mutex ${1:name}', 'a mutex for lock and unlock'],
  ['kernels', 'kernels ${1:KERNELS}', 'every test on each kernel'],
  ['on', 'on ${1|KERNELS|} {\n    $0\n}', 'on that kernel only'],
  ['def', 'def ${1:name}(${2:parameter}) {\n    $0\n}', 'a function of this file'],
  ['return', 'return $0', 'the value of a def'],
  ['fail', 'fail ${1:NO_MEMORY}', 'ends a def with an error'],
  ['handler', 'handler fault(addr, access, entry) {\n    $0\n}', 'takes page faults on kernel bare'],
  ['test', 'test "${1:name}" {\n    $0\n}', 'a test on a fresh machine'],
];

function statementItems({ catalogue }: Vocabulary): CompletionItem[] {
  const { machines, kernels } = knownNames(catalogue);
  return statements.map(([label, snippetText, detail]) => ({
    label,
    kind: CompletionItemKind.Keyword,
    detail,
    insertText: snippetText.replace('MACHINES', machines.join(',')).replace('KERNELS', kernels.join(',')),
    insertTextFormat: InsertTextFormat.Snippet,
    sortText: `1${label}`,
  }));
}

function functionItems(vocabulary: Vocabulary): CompletionItem[] {
  return vocabulary.functionNames().flatMap((name) => {
    const [callable] = vocabulary.functionsNamed(name);
    return callable === undefined ? [] : [functionItem(name, callable, vocabulary)];
  });
}

function functionItem(label: string, callable: CallableFunction, { kernel }: Vocabulary): CompletionItem {
  const kernelName = kernel?.name ?? null;
  return {
    label,
    kind: CompletionItemKind.Function,
    detail: signatureLabel(callable.info),
    labelDetails: { description: originInWords(callable, kernelName) },
    documentation: { kind: 'markdown', value: describeFunction(callable, kernelName) },
    insertText: snippet(label, callable),
    insertTextFormat: InsertTextFormat.Snippet,
    sortText: `${callable.origin === 'def' ? '1' : '2'}${label}`,
  };
}

/** The arguments that must be given: common calls by position, a kernel's own by name. */
function snippet(label: string, { info, origin }: CallableFunction): string {
  const required = info.parameters.filter((parameter) => !isOptional(parameter));
  const places = required.map(({ name }, index) => {
    const place = `\${${String(index + 1)}:${name}}`;
    return origin === 'kernel' ? `${name}: ${place}` : place;
  });
  return `${label}(${places.join(', ')})`;
}

/** Names of arguments not yet given, and the words that the argument at the cursor takes. */
function argumentItems({ call, tokens }: Cursor, vocabulary: Vocabulary): CompletionItem[] {
  if (call === null) return [];
  const before = tokens.at(-1)?.text;
  const items: CompletionItem[] = [];
  for (const { info } of vocabulary.functionsNamed(call.callee)) {
    const positional = call.name === null && call.names.length === 0;
    const current =
      info.parameters.find(({ name }) => name === call.name) ?? (positional ? info.parameters[call.index] : undefined);
    if (current !== undefined) items.push(...typeItems(current.type));
    if (call.name !== null || (before !== '(' && before !== ',')) continue;
    for (const parameter of info.parameters.slice(positional ? call.index : 0)) {
      if (!call.names.includes(parameter.name)) items.push(namedArgument(parameter.name, parameter.doc));
    }
  }
  return items;
}

function namedArgument(name: string, doc: string | undefined): CompletionItem {
  return {
    label: `${name}:`,
    kind: CompletionItemKind.Field,
    detail: doc ?? 'argument',
    insertText: `${name}: `,
    sortText: `0${name}`,
  };
}

function typeItems(type: ValueType): CompletionItem[] {
  const word = (label: string, detail: string): CompletionItem => ({
    label,
    kind: CompletionItemKind.EnumMember,
    detail,
    sortText: `00${label}`,
  });
  switch (type.kind) {
    case 'protection':
      return ['r', 'rw', 'rx', 'rwx', 'none'].map((label) => word(label, 'protection'));
    case 'access':
      return ['r', 'w', 'x'].map((label) => word(label, 'access'));
    case 'boolean':
      return ['true', 'false'].map((label) => word(label, 'boolean'));
    case 'enumeration':
    case 'flags': {
      const members = Object.keys(type.members);
      const short = shortWords(members);
      return members.map((member, index) => word(short[index] ?? member, `${type.name} ${member}`));
    }
    default:
      return [];
  }
}

function valueItems(bindings: readonly Binding[], vocabulary: Vocabulary): CompletionItem[] {
  const bound = bindings.map(({ name, node }) => ({
    label: name,
    kind:
      node.$type === 'LetStatement' || node.$type === 'VarStatement'
        ? CompletionItemKind.Variable
        : CompletionItemKind.Struct,
    detail: node.$cstNode?.text.split('\n')[0] ?? '',
    sortText: `1${name}`,
  }));
  const constants = vocabulary.constantNames().map((label) => ({
    label,
    kind: CompletionItemKind.Constant,
    detail: String(vocabulary.kernel?.constants[label] ?? ''),
    sortText: `3${label}`,
  }));
  const words = ['true', 'false', 'none', 'not'].map((label) => ({
    label,
    kind: CompletionItemKind.Keyword,
    sortText: `4${label}`,
  }));
  return [...bound, ...constants, ...words];
}
