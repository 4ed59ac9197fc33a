/** What hovering over a token says, as Markdown. */
import type { AstNode, LeafCstNode } from 'langium';
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import { resolveBindings } from '../bindings.ts';
import type { Vocabulary } from '../catalogue.ts';
import { expectedTypes, isWordOf } from '../expected-type.ts';
import * as ast from '../generated/ast.ts';
import { microseconds, parseInteger, parseSize, parseTime } from '../literals.ts';
import { kernelPage, keywordPage, manualLink } from '../manual-address.ts';
import { hasOwnMembers, memberOfKind } from '../members.ts';
import { StaticKinds } from '../static-kind.ts';
import { sizeText } from '../../session/scenario/bounds.ts';
import { kindInWords } from '../value-kinds.ts';
import { describeFunction } from './function-text.ts';
import { keywordDoc } from './keyword-docs.ts';
import {
  describeCounted,
  describeDaemon,
  describeEntry,
  describeError,
  describeInjection,
  describeWord,
} from './word-docs.ts';

export function hoverText(leaf: LeafCstNode, model: ast.Model, vocabulary: Vocabulary): string | null {
  const { astNode: node, text } = leaf;
  switch (leaf.tokenType.name) {
    case 'INT':
      return inEveryBase(parseInteger(text));
    case 'SIZE':
      return inEveryBase(parseSize(text));
    case 'TIME':
      return describeTime(text);
  }
  if (ast.isCall(node) && text === node.callee) return describeCall(node.callee, vocabulary);
  if (ast.isArgument(node) && text === node.name) return describeParameter(node, vocabulary);
  if (ast.isOption(node) && text === node.name) return describeOption(node.name, vocabulary);
  if (ast.isMember(node) && text === node.member) return describeMember(node, model, vocabulary);
  if (ast.isStringLiteral(node)) return describeEvent(node, vocabulary);
  if (ast.isNumberEntry(node) && text === node.name)
    return describeEntry(text, ast.isTlbSetting(node.$container) ? 'tlb' : 'cost', vocabulary);
  if ((ast.isExpect(node) || ast.isExpectInterleaved(node)) && text === node.error)
    return describeError(text, vocabulary);
  if (ast.isInject(node) && text === node.kind) return describeInjection(text, vocabulary);
  if (ast.isDaemonStatement(node) && text === node.name) return describeDaemon(text, vocabulary);
  if (ast.isKernelDeclaration(node) && text === node.name) return describeKernel(text, vocabulary);
  if (ast.isMachineDeclaration(node) && text === node.preset) return describePreset(text, vocabulary);
  return describeName(node, text, model, vocabulary) ?? describeKeyword(text, node);
}

function describeKeyword(word: string, node: AstNode): string | null {
  const doc = keywordDoc(word, node.$type);
  if (doc === null) return null;
  const page = keywordPage(word);
  const more = page === null ? '' : `\n\n${manualLink('Manual', page)}`;
  return `${doc.text}\n\n\`\`\`walk\n${doc.form}\n\`\`\`${more}`;
}

function describeKernel(name: string, { catalogue }: Vocabulary): string | null {
  const kernel = catalogue.kernels.find((one) => one.name === name);
  if (kernel === undefined) return null;
  return `**${kernel.title}**: ${kernel.summary}\n\nIt runs on ${kernel.presets.join(', ')}; the first is its default.\n\n${manualLink('Manual', kernelPage(kernel.name))}`;
}

function describePreset(name: string, { catalogue }: Vocabulary): string | null {
  const preset = Object.hasOwn(catalogue.presets, name) ? catalogue.presets[name] : undefined;
  if (preset === undefined) return null;
  const mesh = `${String(preset.mesh.width)}x${String(preset.mesh.height)}`;
  const { title, addressBits, levels } = pagingFormat(preset.paging);
  const tables = `${title} page tables (${String(levels.length)} levels, addresses of ${String(addressBits)} bits)`;
  const cores = `${String(preset.coresPerCluster)} core${preset.coresPerCluster === 1 ? '' : 's'}`;
  const runs = catalogue.kernels.filter(({ presets }) => (presets as readonly string[]).includes(name));
  const who = runs.map((kernel) => `\`${kernel.name}\``).join(', ');
  return [
    `Preset \`${name}\`: ${tables}, mesh ${mesh}, ${cores} and ${sizeText(preset.memoryBytes)} of memory a cluster.`,
    who === '' ? 'No kernel runs on it yet.' : `Kernels that run on it: ${who}.`,
  ].join('\n\n');
}

const pageSize = 4096n;

/** `65536 = 0x10000 = 64KiB = 16 pages`. */
export function inEveryBase(value: bigint): string {
  const forms = [String(value), `0x${value.toString(16)}`];
  const size = asSize(value);
  if (size !== null) forms.push(size);
  if (value >= pageSize && value % pageSize === 0n)
    forms.push(`${String(value / pageSize)} page${value === pageSize ? '' : 's'}`);
  else if (value > pageSize) forms.push(`page ${hex(value / pageSize)} + ${hex(value % pageSize)}`);
  return forms.map((form) => `\`${form}\``).join(' = ');
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function asSize(value: bigint): string | null {
  for (const [unit, bytes] of [
    ['GiB', 1n << 30n],
    ['MiB', 1n << 20n],
    ['KiB', 1n << 10n],
  ] as const) {
    if (value >= bytes && value % bytes === 0n) return `${String(value / bytes)}${unit}`;
  }
  return null;
}

function describeTime(text: string): string {
  const time = parseTime(text);
  const us = microseconds(time);
  if (us === null) return `\`${String(time.value)} cycles\``;
  return `\`${String(us)}us\` = \`${String(us * 100n)} cycles\` at 100 cycles a microsecond, unless \`cost\` says otherwise`;
}

function describeCall(callee: string, vocabulary: Vocabulary): string | null {
  const functions = vocabulary.functionsNamed(callee);
  if (functions.length === 0) return null;
  return functions.map((callable) => describeFunction(callable, vocabulary.kernel?.name ?? null)).join('\n\n---\n\n');
}

function describeParameter(argument: ast.Argument, vocabulary: Vocabulary): string | null {
  const callee = argument.$container.callee;
  for (const { info } of vocabulary.functionsNamed(callee)) {
    const parameter = info.parameters.find(({ name }) => name === argument.name);
    if (parameter !== undefined)
      return `\`${parameter.name}\` of \`${callee}\`: ${parameter.doc ?? parameter.type.kind}`;
  }
  return null;
}

function describeOption(name: string, vocabulary: Vocabulary): string | null {
  const option = vocabulary.kernel?.options.find((candidate) => candidate.name === name);
  if (option === undefined) return null;
  const range = [
    option.min === undefined ? '' : `from ${String(option.min)}`,
    option.max === undefined ? '' : `to ${String(option.max)}`,
  ];
  const values = option.words?.join(', ') ?? [option.type, ...range].filter((part) => part !== '').join(' ');
  return `${option.doc}\n\n${values}; default \`${String(option.default)}\``;
}

/** Of values that every kernel has: `pte(a).ppn`, `shell.pid`. */
function ownMember(node: ast.Member, model: ast.Model, vocabulary: Vocabulary): string | null {
  const resolved = resolveBindings(model);
  const bindingOf = new Map(
    resolved.uses.flatMap(({ node: use, binding }) =>
      ast.isNameReference(use) && binding !== null ? [[use, binding]] : [],
    ),
  );
  const kind = new StaticKinds(vocabulary, resolved, bindingOf).of(node.receiver);
  const member = memberOfKind(kind, node.member);
  if (member !== null) return `\`${node.member}\` of ${kindInWords(kind)}: ${member.doc}`;
  // A value of a known kind that has no further members has none of the kernel's objects' fields.
  return kind === 'unknown' || kind === 'record' || hasOwnMembers(kind) ? null : '';
}

function describeMember(node: ast.Member, model: ast.Model, vocabulary: Vocabulary): string | null {
  const own = ownMember(node, model, vocabulary);
  if (own !== null) return own === '' ? null : own;
  const isGlobal = ast.isNameReference(node.receiver) && node.receiver.name === 'kernel';
  const lines = vocabulary.owners().flatMap((kernel) => {
    const whose = vocabulary.kernel === null ? ` (${kernel.name})` : '';
    const tables = isGlobal ? [{ name: 'kernel', fields: kernel.globals }] : kernel.objectTypes;
    return tables.flatMap(({ name, fields }) => {
      const doc = Object.hasOwn(fields, node.member) ? fields[node.member] : undefined;
      return doc === undefined ? [] : [`\`${name}.${node.member}\`${whose}: ${doc}`];
    });
  });
  return lines.length === 0 ? null : lines.join('  \n');
}

function describeEvent(node: ast.StringLiteral, vocabulary: Vocabulary): string | null {
  const call = ast.isArgument(node.$container) ? node.$container.$container : null;
  if (call?.callee !== 'count' || !vocabulary.eventNames().includes(node.value)) return null;
  return describeCounted(node.value, vocabulary);
}

function describeName(node: AstNode, text: string, model: ast.Model, vocabulary: Vocabulary): string | null {
  const { bindings, uses } = resolveBindings(model);
  const binding =
    uses.find((use) => use.node === node && use.name === text)?.binding ??
    bindings.find((own) => own.node === node && own.name === text);
  if (ast.isNameReference(node)) {
    const type = expectedTypes(node, vocabulary).find((expected) => isWordOf(text, expected));
    if (type !== undefined) return describeWord(text, type);
  }
  if (binding !== undefined && binding !== null) return `\`\`\`walk\n${firstLine(binding.node)}\n\`\`\``;
  if (!vocabulary.hasConstant(text)) return null;
  const value = vocabulary.kernel?.constants[text] ?? 0;
  const number = BigInt(value);
  return `\`${text}\`, constant of ${vocabulary.kernel?.name ?? ''}: ${number < 0n ? `\`${String(number)}\`` : inEveryBase(number)}`;
}

function firstLine(node: AstNode): string {
  return node.$cstNode?.text.split('\n')[0] ?? '';
}
