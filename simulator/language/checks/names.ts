/** Names: bound once, not hiding anything, known where they stand, and not for nothing. */
import { AstUtils } from 'langium';
import type { AstNode } from 'langium';
import type { ValueType } from '../../execution/function-info.ts';
import type { Binding, NameUse } from '../bindings.ts';
import type { Vocabulary } from '../catalogue.ts';
import { expectedTypes, isProtectionWord, isWordOf } from '../expected-type.ts';
import * as ast from '../generated/ast.ts';
import { foreignValues } from '../hints/foreign-words.ts';
import { isInteger } from '../value-kinds.ts';
import type { CheckContext } from './context.ts';
import { checkWho } from './kinds.ts';
import { nearestName } from './nearest.ts';

const reserved: ReadonlySet<string> = new Set(['true', 'false', 'none']);

/** `at`: the context of a place, which may be another kernel's. */
export function checkNames(context: CheckContext, at: (node: AstNode) => CheckContext): void {
  for (const binding of context.resolved.bindings) checkBinding(binding, context);
  for (const use of context.resolved.uses) {
    if (ast.isCall(use.node)) continue;
    if (use.binding === null) {
      checkUnbound(use, at(use.node));
    } else {
      checkAmbiguous(use, use.binding, at(use.node));
      if (ast.isAssignment(use.node)) checkAssignment(use.node, use.binding, context);
      checkWho(use, context);
    }
  }
  checkUnused(context);
}

function checkBinding(binding: Binding, { report, vocabulary }: CheckContext): void {
  const { name, node, earlier } = binding;
  // Told as a second declaration.
  if (ast.isMutexDeclaration(node) && earlier !== null && ast.isMutexDeclaration(earlier.node)) return;
  const at = { node, property: 'name' };
  if (reserved.has(name)) {
    report.error('WALK120', at, `\`${name}\` is reserved: choose another name.`);
  } else if (earlier !== null) {
    const message = `\`${name}\` is bound already: ${otherwise(earlier)}.`;
    report.error('WALK118', at, message, {
      message: 'the first binding',
      at: { node: earlier.node, property: 'name' },
    });
  } else if (ast.isDefParameter(node)) {
    // Calls never mean it, and in the def it is nearer than a constant.
    return;
  } else if (vocabulary.functionsNamed(name).some(({ info }) => !info.section.startsWith('13'))) {
    report.warning('WALK119', at, `\`${name}\` hides the function of that name: choose another name.`);
  } else if (vocabulary.hasConstant(name)) {
    report.warning('WALK119', at, `\`${name}\` hides the constant of that name: choose another name.`);
  }
}

/** Only a `var` changes. */
function checkAssignment(node: ast.Assignment, binding: Binding, { report, kinds }: CheckContext): void {
  const { target } = node;
  if (ast.isVarStatement(binding.node)) return;
  const kind = kinds.ofBinding(binding) ?? 'unknown';
  const memory =
    isInteger(kind) && ast.isLetStatement(binding.node) ? ` Memory is changed with \`write(${target}, …)\`.` : '';
  const message = `\`${target}\` never changes: declare it with \`var ${target} = …\`.${memory}`;
  report.error('WALK138', { node, property: 'target' }, message, {
    message: 'bound here',
    at: { node: binding.node, property: 'name' },
  });
}

function otherwise({ name, node }: Binding): string {
  if (ast.isVarStatement(node)) return `write \`${name} = …\` to change it, or choose another name`;
  return ast.isLetStatement(node)
    ? `choose another name, or declare it with \`var\` and write \`${name} = …\``
    : 'choose another name';
}

function checkUnused({ resolved, report, misspelt }: CheckContext): void {
  // Who assigns to a `let` is told that it never changes, which is one mistake.
  const isUse = ({ node, binding }: NameUse): boolean =>
    !ast.isAssignment(node) || (binding !== null && !ast.isVarStatement(binding.node));
  const used = new Set(resolved.uses.filter(isUse).map(({ binding }) => binding));
  for (const binding of resolved.bindings) {
    const { node, name, earlier } = binding;
    if (
      !(ast.isLetStatement(node) || ast.isVarStatement(node)) ||
      used.has(binding) ||
      earlier !== null ||
      name.startsWith('_') ||
      misspelt.has(name) ||
      reserved.has(name)
    )
      continue;
    const word = ast.isLetStatement(node) ? 'let' : 'var';
    const remedy = ast.isCall(node.value) ? `remove \`${word} ${name} =\` and keep the call` : 'remove the statement';
    report.warning(
      'WALK107',
      { node, property: 'name' },
      `\`${name}\` is never read: ${remedy}, or begin its name with \`_\`.`,
    );
  }
}

/** A binding that bears the name of a word, used where that word is expected and the binding could be meant. */
function checkAmbiguous({ node, name }: NameUse, binding: Binding, context: CheckContext): void {
  const { report, vocabulary, kinds } = context;
  if (!ast.isNameReference(node) || vocabulary.hasConstant(name)) return;
  // Nothing but the word can be an access, and no process, string or list is a protection or a number.
  const kind = kinds.of(node);
  if (kind !== 'unknown' && kind !== 'integer') return;
  const expected = expectedTypes(node, vocabulary).find((type) => type.kind !== 'access' && isWordOf(name, type));
  const word = expected === undefined ? wordBeside(node, vocabulary) : wordInWords(expected);
  if (word === null) return;
  const message = `\`${name}\` is ${word} as well as a binding: choose another name for the binding.`;
  report.warning('WALK119', node, message, { message: 'bound here', at: { node: binding.node, property: 'name' } });
}

function wordInWords(type: ValueType): string {
  if (type.kind === 'protection') return 'a protection';
  return 'name' in type ? `a word of ${type.name}` : 'a word';
}

/** `region(a).kind == shared`, `region(a).prot == rw`. */
function wordBeside(node: ast.NameReference, vocabulary: Vocabulary): string | null {
  const other = comparedWith(node);
  if (other === null || !ast.isMember(other)) return null;
  if (other.member === 'prot' && isProtectionWord(node.name)) return 'a protection';
  const isKind = (other.member === 'kind' || other.member === 'state') && vocabulary.isEnumerationWord(node.name);
  return isKind ? `a word of .${other.member}` : null;
}

function checkUnbound(use: NameUse, context: CheckContext): void {
  if (ast.isNameReference(use.node)) {
    if (isKnownWord(use.node, context)) return;
    const joined = joinedRights(use.node);
    if (joined !== null && !context.vocabulary.hasConstant(use.name)) {
      reportJoinedRights(use.node, joined, context);
      return;
    }
  }
  const at = { node: use.node, property: use.property };
  const later = context.firstBindings.get(use.name);
  if (later !== undefined) {
    const related = { message: 'bound here', at: { node: later.node, property: 'name' } };
    context.report.error('WALK101', at, laterMessage(use, later, context), related);
  } else {
    context.report.error('WALK101', at, unknownMessage(use, context));
  }
}

function laterMessage(use: NameUse, binding: Binding, { report }: CheckContext): string {
  const line = report.range({ node: binding.node, property: 'name' }).line;
  const here = use.node.$cstNode?.offset ?? 0;
  return here < binding.from
    ? `\`${use.name}\` is bound only later, on line ${String(line)}: move that statement up.`
    : `\`${use.name}\` is bound on line ${String(line)} inside a block and unknown outside of it: bind it before the block.`;
}

/** Values without a binding: constants, and words where one is expected. */
function isKnownWord(node: ast.NameReference, { vocabulary, kinds }: CheckContext): boolean {
  const { name } = node;
  if (reserved.has(name) || vocabulary.hasConstant(name)) return true;
  if (name === 'kernel' && ast.isMember(node.$container)) return true;
  if (expectedTypes(node, vocabulary).some((type) => isWordOf(name, type))) return true;
  if (isArgumentOfDef(node, vocabulary) && isProtectionWord(name)) return true;
  const other = comparedWith(node);
  // Beside a number, a string or a place no word is meant.
  const kind = other === null ? null : kinds.of(other);
  if (kind === 'protection') return isProtectionWord(name);
  if (other === null || (kind !== 'unknown' && kind !== 'word')) return false;
  if (ast.isMember(other) && (other.member === 'state' || other.member === 'kind')) return true;
  return isProtectionWord(name) || vocabulary.isEnumerationWord(name);
}

function isArgumentOfDef({ $container: argument }: ast.NameReference, vocabulary: Vocabulary): boolean {
  if (!ast.isArgument(argument)) return false;
  return vocabulary.functionsNamed(argument.$container.callee).some(({ origin }) => origin === 'def');
}

function comparedWith(node: ast.Expression): ast.Expression | null {
  const container = node.$container as AstNode;
  if (ast.isParenthesis(container) && container.items.length === 1) return comparedWith(container);
  if (!ast.isBinary(container)) return null;
  if (container.operator === '|') return comparedWith(container);
  if (container.operator !== '==' && container.operator !== '!=') return null;
  return container.left === node ? container.right : container.left;
}

function unknownMessage(use: NameUse, context: CheckContext): string {
  const { name } = use;
  const { vocabulary } = context;
  if (ast.isAssignment(use.node)) return unknownTarget(use.node, use, context);
  if (!ast.isNameReference(use.node)) {
    const bound = context.suggestions.among(() => use.visible().map((binding) => binding.name));
    return `There is no process or thread \`${name}\` here.${suggestion(name, bound, context)}`;
  }
  if (vocabulary.functionsNamed(name).length > 0) return `\`${name}\` is a function: call it with \`${name}(…)\`.`;
  const { node } = use;
  const values = context.suggestions.among(() => [
    ...use.visible().map((binding) => binding.name),
    ...vocabulary.constantNames(),
    ...expectedWords(node, context),
  ]);
  if (vocabulary.eventNames().includes(name)) return `The name of an event is written in quotes: \`"${name}"\`.`;
  const difference = name.includes('-') ? asDifference(name, new Set(values)) : null;
  if (difference !== null) return `\`${name}\` is one name, and unknown: write \`${difference}\` to subtract.`;
  const meant = meantValue(name, use.node, context);
  if (meant !== null) return `\`${name}\` is unknown here. Did you mean \`${meant}\`?`;
  if (isProtectionWord(name))
    return `\`${name}\` is a protection only where one is expected; here it is an unknown name.`;
  const owner = vocabulary.catalogue.kernels.find((kernel) => Object.hasOwn(kernel.constants, name));
  if (owner !== undefined) return ownerMessage(name, owner.name, context);
  return `\`${name}\` is unknown here.${suggestion(name, values, context)}`;
}

function unknownTarget({ target, index, operator }: ast.Assignment, use: NameUse, context: CheckContext): string {
  const bound = context.suggestions.among(() => use.visible().map((binding) => binding.name));
  const nearest = suggestion(target, bound, context);
  if (nearest !== '' || index !== undefined || operator !== '=') return `\`${target}\` is unknown here.${nearest}`;
  return `\`${target}\` is unknown here: bind it with \`let ${target} = …\`, or with \`var ${target} = …\` to change it later.`;
}

/** What is nearly named is not unused: somebody meant it. */
function suggestion(name: string, values: readonly string[], { misspelt }: CheckContext): string {
  const nearest = nearestName(name, values);
  if (nearest === null) return '';
  misspelt.add(nearest);
  return ` Did you mean \`${nearest}\`?`;
}

const rights: Readonly<Record<string, string>> = { PROT_READ: 'r', PROT_WRITE: 'w', PROT_EXEC: 'x' };

/** `PROT_READ | PROT_WRITE`, of which the name is a part. */
function joinedRights(node: ast.NameReference): ast.Binary | null {
  let joined: ast.Binary | null = null;
  for (let at: AstNode = node.$container; ast.isBinary(at) && at.operator === '|'; at = at.$container) joined = at;
  const parts = joined === null ? [] : AstUtils.streamAllContents(joined).filter((part) => !ast.isBinary(part));
  return [...parts].every((part) => ast.isNameReference(part) && Object.hasOwn(rights, part.name)) ? joined : null;
}

/** Once, at its first part. */
function reportJoinedRights(node: ast.NameReference, joined: ast.Binary, { report }: CheckContext): void {
  const names = AstUtils.streamAllContents(joined).filter(ast.isNameReference).toArray();
  if (names[0] !== node) return;
  const letters = new Set(names.map(({ name }) => rights[name] ?? ''));
  const word = [...'rwx'].filter((letter) => letters.has(letter)).join('');
  report.error('WALK101', joined, `A protection is one word. Did you mean \`${word}\`?`);
}

/** A value by the name that it has elsewhere, or a protection with its letters in another order or in capitals. */
function meantValue(name: string, node: ast.NameReference, { vocabulary }: CheckContext): string | null {
  if (Object.hasOwn(foreignValues, name)) return foreignValues[name] ?? null;
  if (!expectedTypes(node, vocabulary).some(({ kind }) => kind === 'protection')) return null;
  const letters = new Set(name.toLowerCase());
  if (letters.size !== name.length || !/^[rwxu]+$/i.test(name)) return null;
  return [...'rwxu'].filter((letter) => letters.has(letter)).join('');
}

function ownerMessage(name: string, owner: string, { vocabulary }: CheckContext): string {
  return vocabulary.kernel === null
    ? `\`${name}\` is a constant of ${owner}: begin the file with \`kernel ${owner}\`.`
    : `\`${name}\` is a constant of ${owner}, and this file runs on ${vocabulary.kernel.name}.`;
}

function expectedWords(node: ast.NameReference, { vocabulary }: CheckContext): string[] {
  return expectedTypes(node, vocabulary).flatMap((type) => {
    if (type.kind !== 'enumeration' && type.kind !== 'flags') return [];
    return Object.keys(type.members).flatMap((member) => [member, member.toLowerCase()]);
  });
}

/** `a - b` for `a-b` if both halves are known. */
function asDifference(name: string, known: ReadonlySet<string>): string | null {
  for (let at = name.indexOf('-'); at >= 0; at = name.indexOf('-', at + 1)) {
    const [left, right] = [name.slice(0, at), name.slice(at + 1)];
    if (known.has(left) && known.has(right)) return `${left} - ${right}`;
  }
  return null;
}
