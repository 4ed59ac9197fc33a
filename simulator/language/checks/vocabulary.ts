/** Words of the tables: events, injections, daemons, errors, members of observations, globals of the kernel. */
import type { AstNode } from 'langium';
import { posixSpelling } from '../../kernels/common-operations.ts';
import type { Vocabulary } from '../catalogue.ts';
import * as ast from '../generated/ast.ts';
import { foreignErrors } from '../hints/foreign-words.ts';
import { hasOwnMembers, membersOfKind } from '../members.ts';
import { kindInWords, listed } from '../value-kinds.ts';
import type { StaticKind } from '../value-kinds.ts';
import type { CheckContext } from './context.ts';
import { didYouMean } from './nearest.ts';

export function checkVocabularyOf(node: AstNode, context: CheckContext): void {
  if (ast.isCall(node)) checkEvent(node, context);
  else if (ast.isInject(node)) checkInjection(node, context);
  else if (ast.isDaemonStatement(node)) checkDaemon(node, context);
  else if (ast.isMember(node)) checkMember(node, context);
  else if (ast.isExpect(node) && node.error !== undefined) checkError(node, node.error, context);
  else if (ast.isExpectInterleaved(node)) checkError(node, node.error, context);
}

function checkEvent(call: ast.Call, { report, vocabulary, suggestions }: CheckContext): void {
  if (call.callee !== 'count') return;
  const argument =
    call.arguments.find(({ name }) => name === 'event') ?? call.arguments.find(({ name }) => name === undefined);
  const value = argument?.value;
  if (value === undefined || !ast.isStringLiteral(value)) return;
  const events = vocabulary.eventNames();
  if (events.includes(value.value)) return;
  const known = suggestions.among(() => events);
  report.error(
    'WALK108',
    value,
    `No event is named "${value.value}"${inKernel(vocabulary)}.${didYouMean(value.value, known)}`,
  );
}

function checkInjection(node: ast.Inject, { report, vocabulary }: CheckContext): void {
  const kinds = vocabulary.injectionNames();
  if (kinds.includes(node.kind)) return;
  const message = `\`${node.kind}\` cannot be made to fail${inKernel(vocabulary)}: the kinds are ${kinds.join(', ')}.`;
  report.error('WALK129', { node, property: 'kind' }, message);
}

function checkDaemon(node: ast.DaemonStatement, { report, vocabulary }: CheckContext): void {
  const daemons = vocabulary.daemonNames();
  if (daemons.includes(node.name) || (vocabulary.kernel === null && daemons.length === 0)) return;
  const known = daemons.length === 0 ? 'it has none' : `they are ${daemons.join(', ')}`;
  report.error(
    'WALK129',
    { node, property: 'name' },
    `There is no daemon \`${node.name}\`${inKernel(vocabulary)}: ${known}.`,
  );
}

function inKernel({ kernel }: Vocabulary): string {
  return kernel === null ? '' : ` in ${kernel.name}`;
}

function checkMember(node: ast.Member, { report, vocabulary, bindingOf, kinds }: CheckContext): void {
  const { receiver, member } = node;
  const at = { node, property: 'member' };
  if (ast.isNameReference(receiver) && receiver.name === 'kernel' && !bindingOf.has(receiver)) {
    const globals = Object.keys(vocabulary.kernel?.globals ?? {});
    if (globals.length === 0 || globals.includes(member)) return;
    report.error(
      'WALK101',
      at,
      `${vocabulary.kernel?.name ?? ''} has no global \`${member}\`.${didYouMean(member, globals)}`,
    );
    return;
  }
  const origin = kinds.origin(receiver);
  const known = ast.isRecordLiteral(origin)
    ? origin.fields.map(({ name }) => name)
    : membersOf(kinds.of(receiver), vocabulary);
  if (known === null || known.includes(member)) return;
  const what = capitalised(kindInWords(kinds.of(receiver)));
  const hint = didYouMean(member, known) || ` It has ${listed(known)}.`;
  const message = known.length === 0 ? `${what} has no members.` : `${what} has no member \`${member}\`.${hint}`;
  report.error('WALK101', at, message);
}

/** Null where a value may have any. */
function membersOf(kind: StaticKind, { kernel }: Vocabulary): readonly string[] | null {
  if (kind === 'unknown' || kind === 'record') return null;
  const members = Object.keys(membersOfKind[kind] ?? {});
  if (!hasOwnMembers(kind)) return members;
  return kernel === null || kernel.objectTypes.length === 0
    ? null
    : [...members, ...kernel.objectTypes.flatMap(({ fields }) => Object.keys(fields))];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const commonErrors = ['SEGV', 'BUS', 'OOM', 'NOT_SUPPORTED', 'PANIC', 'DEADLOCK'];
/** What blocks that are interleaved can fail with besides. */
export const blockErrors = ['EXPECTATION', 'INVARIANT'];

function checkError(
  node: ast.Expect | ast.ExpectInterleaved,
  error: string,
  { report, vocabulary }: CheckContext,
): void {
  const { kernel, catalogue } = vocabulary;
  const meant = Object.hasOwn(foreignErrors, error) ? foreignErrors[error] : undefined;
  const at = { node, property: 'error' };
  if (meant !== undefined && kernel?.errors.includes(error) !== true) {
    const owners = catalogue.kernels.filter(({ errors }) => errors.includes(error)).map(({ name }) => name);
    const isNowhere = kernel !== null || owners.length === 0;
    const reason = isNowhere
      ? `No error is named \`${error}\``
      : `\`${error}\` is an error of ${owners.join(' and ')} alone`;
    if (isNowhere) report.error('WALK133', at, `${reason}. Did you mean \`${meant}\`?`);
    else report.warning('WALK133', at, `${reason}. Did you mean \`${meant}\`, which every kernel has?`);
    return;
  }
  // POSIX names match where the obvious correspondence gives one.
  if (kernel === null || kernel.errors.length === 0 || /^E[A-Z0-9]+$/.test(posixSpelling(kernel, error))) return;
  const ofBlocks = ast.isExpectInterleaved(node) ? blockErrors : [];
  const known = [...commonErrors, ...ofBlocks, ...kernel.errors, ...Object.entries(kernel.errorAliases).flat(2)];
  if (known.includes(error)) return;
  const message = `${kernel.name} has no error \`${error}\`, so nothing can fail with it.${didYouMean(error, known)}`;
  report.warning('WALK133', at, message);
}
