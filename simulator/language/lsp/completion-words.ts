/** Places where only certain words can stand: after a keyword, a dot, or inside a declaration's braces. */
import { CompletionItemKind } from 'vscode-languageserver';
import type { CompletionItem } from 'vscode-languageserver';
import type { Binding } from '../bindings.ts';
import type { Vocabulary } from '../catalogue.ts';
import { blockErrors, commonErrors } from '../checks/vocabulary.ts';
import { kindOfObservation, membersOfKind } from '../members.ts';
import type { StaticKind } from '../value-kinds.ts';
import { placeItems } from './completion-places.ts';
import type { Cursor } from './cursor.ts';

/** Null: no such place. */
export function contextWords(
  cursor: Cursor,
  bindings: readonly Binding[],
  vocabulary: Vocabulary,
): CompletionItem[] | null {
  const before = cursor.tokens.at(-1)?.text ?? '';
  // The name is the author's.
  if (namingWords.has(before) && cursor.tokens.at(-2)?.text !== '.') return [];
  if (before === '.') return memberItems(cursor, bindings, vocabulary);
  return afterWord(before, cursor, bindings, vocabulary) ?? inBraces(cursor, before, vocabulary);
}

const namingWords = new Set(['let', 'var', 'def', 'for', 'process', 'thread', 'mutex', 'named']);

function items(labels: readonly string[], kind: CompletionItemKind, detail: string): CompletionItem[] {
  return [...new Set(labels)].map((label) => ({ label, kind, detail }));
}

function afterWord(
  word: string,
  cursor: Cursor,
  bindings: readonly Binding[],
  vocabulary: Vocabulary,
): CompletionItem[] | null {
  const { catalogue } = vocabulary;
  switch (word) {
    case 'kernel':
      return cursor.call === null
        ? items(
            catalogue.kernels.map(({ name }) => name),
            CompletionItemKind.Module,
            'kernel',
          )
        : null;
    case 'machine':
      return items(vocabulary.kernel?.presets ?? Object.keys(catalogue.presets), CompletionItemKind.Module, 'machine');
    case 'at':
      return placeItems(cursor, vocabulary);
    case 'paging':
      return items(
        vocabulary.kernel?.pagings ?? [...new Set(Object.values(catalogue.presets).map(({ paging }) => paging))],
        CompletionItemKind.EnumMember,
        'paging',
      );
    case 'fails':
    case 'kills':
      return errorItems(vocabulary, cursor.tokens.at(-2)?.text === '}');
    case 'inject':
      return items([...vocabulary.injectionNames(), 'clear'], CompletionItemKind.EnumMember, 'injection');
    case 'daemon':
      return items(vocabulary.daemonNames(), CompletionItemKind.Module, 'daemon');
    case 'as':
    case 'of':
    case 'dump':
      return items(
        finished(bindings, cursor).map(({ name }) => name),
        CompletionItemKind.Struct,
        'process or thread',
      );
    default:
      if (word === ':' && cursor.tokens.at(-2)?.text === 'at') return placeItems(cursor, vocabulary);
      return cursor.tokens.at(-2)?.text === 'daemon'
        ? items(['on', 'off'], CompletionItemKind.Keyword, 'switch')
        : null;
  }
}

/** Without the binding of the statement that is being written. */
function finished(bindings: readonly Binding[], { tokens }: Cursor): readonly Binding[] {
  const at = tokens.at(-1)?.start ?? 0;
  return bindings.filter(({ node: { $cstNode: cst } }) => cst === undefined || at < cst.offset || at >= cst.end);
}

/** `isOfBlocks`: after `parallel` or `explore`. */
function errorItems({ kernel }: Vocabulary, isOfBlocks: boolean): CompletionItem[] {
  const own = kernel === null ? [] : [...kernel.errors, ...Object.keys(kernel.errorAliases)];
  return items([...commonErrors, ...(isOfBlocks ? blockErrors : []), ...own], CompletionItemKind.EnumMember, 'error');
}

/** Settings and options stand where the one before is finished. */
function inBraces(
  { braces, tokens }: Cursor,
  before: string,
  { kernel, catalogue }: Vocabulary,
): CompletionItem[] | null {
  const property = CompletionItemKind.Property;
  switch (braces.at(-1)) {
    case 'machine':
      return items(['mesh', 'cores', 'memory', 'paging', 'tlb', 'cost', 'seed'], property, 'setting');
    case 'tlb':
      return items(['sets', 'ways'], property, 'TLB');
    case 'cost':
      return items(Object.keys(Object.values(catalogue.presets)[0]?.cost ?? {}), property, 'cost in cycles');
    case 'process':
      return items(['code', 'data'], property, 'part of the image');
    case 'file':
      return items(['size', 'fill', 'text', 'from'], property, 'contents');
    case 'kernel': {
      const option = kernel?.options.find(({ name }) => name === before);
      const isValue = option !== undefined && tokens.at(-2)?.text !== option.name;
      if (isValue)
        return items(
          option.words ?? (option.type === 'switch' ? ['on', 'off'] : []),
          CompletionItemKind.EnumMember,
          option.doc,
        );
      return (kernel?.options ?? []).map(({ name, doc }) => ({ label: name, kind: property, detail: doc }));
    }
    default:
      return null;
  }
}

function memberItemsOf(kind: StaticKind): CompletionItem[] {
  const members = Object.entries(membersOfKind[kind] ?? {});
  const field = CompletionItemKind.Field;
  // Before the fields of the kernel's own objects.
  return members.map(([label, { doc }]) => ({ label, kind: field, detail: doc, sortText: `1${label}` }));
}

function memberItems({ tokens }: Cursor, bindings: readonly Binding[], vocabulary: Vocabulary): CompletionItem[] {
  const field = CompletionItemKind.Field;
  const receiver = tokens.at(-2)?.text ?? '';
  if (receiver === ')') return memberItemsOf(kindOfObservation(calleeBefore(tokens.map(({ text }) => text))));
  if (receiver === 'kernel') {
    return Object.entries(vocabulary.kernel?.globals ?? {}).map(([label, detail]) => ({ label, kind: field, detail }));
  }
  const objects = (vocabulary.kernel?.objectTypes ?? []).flatMap(({ name, fields }) =>
    Object.entries(fields).map(([label, doc]) => ({
      label,
      kind: field,
      detail: `${name}: ${doc}`,
      sortText: `2${label}`,
    })),
  );
  const isProcess = bindings.some(({ name, node }) => name === receiver && node.$type !== 'ForStatement');
  return [...(isProcess ? memberItemsOf('process') : []), ...objects];
}

/** The function whose call ends just before the dot. */
function calleeBefore(tokens: readonly string[]): string {
  let depth = 0;
  for (let at = tokens.length - 2; at > 0; at--) {
    if (tokens[at] === ')') depth++;
    else if (tokens[at] === '(' && --depth === 0) return tokens[at - 1] ?? '';
  }
  return '';
}
