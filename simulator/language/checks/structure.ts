/** What may stand where: declarations first and once, tests at file level, tails after calls, comparisons unchained. */
import type { AstNode } from 'langium';
import * as ast from '../generated/ast.ts';
import { isMisspeltTail } from './misspelt-tail.ts';
import type { Report } from './report.ts';

export function checkStructure(model: ast.Model, report: Report): void {
  checkOrder(model, report);
  checkTestNames(model, report);
}

export function checkStructureOf(node: AstNode, report: Report): void {
  if (ast.isExpect(node)) checkTails(node, report);
  else if (ast.isExpectInterleaved(node)) checkCapitals(node, report);
  else if (ast.isBinary(node)) checkChain(node, report);
  else if (ast.isBreakStatement(node) || ast.isContinueStatement(node)) checkLeaving(node, report);
  else if (ast.isReturnStatement(node) || ast.isFailStatement(node)) checkReturn(node, report);
  else if (ast.isBlock(node)) checkBlock(node, report);
  else if (ast.isFileDeclaration(node)) checkFile(node, report);
}

function checkOrder(model: ast.Model, report: Report): void {
  const first = new Map<string, ast.Declaration>();
  let statement: ast.Statement | null = null;
  for (const node of model.statements) {
    if (ast.isDefStatement(node)) continue;
    if (!ast.isDeclaration(node)) {
      statement ??= node;
      continue;
    }
    const [word, key] = declared(node);
    const earlier = first.get(key);
    if (statement !== null) {
      const message = `\`${word}\` comes after a statement: move it above the first one.`;
      report.error('WALK110', firstWord(node, report), message, {
        message: 'the first statement',
        at: firstWord(statement, report),
      });
    } else if (earlier !== undefined) {
      const message = `A second \`${word}\`: a scenario has one${ast.isFileDeclaration(node) || ast.isMutexDeclaration(node) ? ' of each name' : ''}.`;
      report.error('WALK111', firstWord(node, report), message, {
        message: 'the first one',
        at: firstWord(earlier, report),
      });
    }
    if (earlier === undefined) first.set(key, node);
  }
}

function declared(node: ast.Declaration): readonly [word: string, key: string] {
  if (ast.isMachineDeclaration(node)) return ['machine', 'machine'];
  if (ast.isKernelDeclaration(node)) return ['kernel', 'kernel'];
  if (ast.isKernelsDeclaration(node)) return ['kernels', 'kernel'];
  if (ast.isMutexDeclaration(node)) return ['mutex', `mutex ${node.name}`];
  return ['file', `file ${node.name}`];
}

/** A whole block is too much to underline. */
function firstWord(node: AstNode, report: Report): ReturnType<Report['range']> {
  const range = report.range(node);
  const word = /^[A-Za-z-]+/.exec(node.$cstNode?.text ?? '')?.[0] ?? ' ';
  return { ...range, endLine: range.line, endColumn: range.column + word.length };
}

function checkTestNames(model: ast.Model, report: Report): void {
  const seen = new Map<string, ast.TestStatement>();
  for (const node of model.statements.filter(ast.isTestStatement)) {
    const earlier = seen.get(node.name);
    if (earlier === undefined) seen.set(node.name, node);
    else {
      const message = `A second test named "${node.name}": its results could not be told from those of the first.`;
      const related = { message: 'the first one', at: { node: earlier, property: 'name' } };
      report.error('WALK111', { node, property: 'name' }, message, related);
    }
  }
}

function checkBlock(block: ast.Block, report: Report): void {
  for (const node of block.statements) {
    if (ast.isTestStatement(node)) {
      report.error(
        'WALK124',
        firstWord(node, report),
        '`test` is only allowed at file level: move it out of this block.',
      );
    } else if (ast.isDefStatement(node)) {
      report.error(
        'WALK139',
        firstWord(node, report),
        `\`${node.word}\` is only allowed at file level: move it out of this block.`,
      );
    } else if (ast.isDeclaration(node)) {
      const [word] = declared(node);
      report.error(
        'WALK110',
        firstWord(node, report),
        `\`${word}\` is a declaration: move it above the first statement of the file.`,
      );
    }
  }
}

/** `break` and `continue` go through `if` and `as` to the loop around them. */
function checkLeaving(node: ast.BreakStatement | ast.ContinueStatement, report: Report): void {
  for (let at: AstNode | undefined = node.$container; at !== undefined; at = at.$container) {
    if (ast.isForStatement(at) || ast.isRepeatStatement(at) || ast.isWhileStatement(at)) return;
    if (ast.isDefStatement(at)) break;
    if (!ast.isParallelStatement(at) && !ast.isExploreStatement(at)) continue;
    const message = `\`${node.word}\` cannot lead out of a block that is interleaved: put the loop inside of it.`;
    report.error('WALK139', node, message);
    return;
  }
  report.error(
    'WALK139',
    node,
    `\`${node.word}\` is outside a loop: it belongs inside \`for\`, \`while\` or \`repeat\`.`,
  );
}

function checkReturn(node: ast.ReturnStatement | ast.FailStatement, report: Report): void {
  if (ast.isFailStatement(node) && isMisspeltTail(node)) {
    report.error('WALK122', { node, property: 'word' }, 'Write `fails` for `fail`.');
    return;
  }
  const message = returnMistake(node);
  if (message !== null) report.error('WALK139', { node, property: 'word' }, message);
}

function returnMistake(node: ast.ReturnStatement | ast.FailStatement): string | null {
  const { word } = node;
  const { $container: block } = node;
  for (let at: AstNode | undefined = block; ; at = at.$container) {
    if (at === undefined) return `\`${word}\` is outside a \`def\`.`;
    if (ast.isParallelStatement(at) || ast.isExploreStatement(at))
      return `\`${word}\` cannot lead out of a block that is interleaved.`;
    if (ast.isDefStatement(at)) break;
  }
  if (!ast.isBlock(block) || block.statements.at(-1) === node) return null;
  return `\`${word}\` is the last statement of its block: nothing runs after it.`;
}

function checkTails(node: ast.Expect, report: Report): void {
  if (!node.fails && !node.kills) return;
  const tail = node.fails ? 'fails' : 'kills';
  if (!ast.isCall(node.value)) {
    const message = `\`${tail}\` must directly follow a call: \`expect CALL ${tail} ERROR\`.`;
    report.error('WALK122', node.value, message);
  }
  checkCapitals(node, report);
  if (node.text !== undefined && node.error !== 'PANIC') {
    const message = `A message can be expected only of a panic: remove the text, or write \`fails PANIC\`.`;
    report.error('WALK122', { node, property: 'text' }, message);
  }
}

function checkCapitals(node: ast.Expect | ast.ExpectInterleaved, report: Report): void {
  if (node.error === undefined || /^[A-Z][A-Z0-9_]*$/.test(node.error)) return;
  const capitals = node.error.toUpperCase().replaceAll('-', '_');
  report.error('WALK122', { node, property: 'error' }, `Errors are named in capitals: \`${capitals}\`.`);
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** `a < b < c`: a mistake of form, told once. */
export function isChained(node: ast.Binary): node is ast.Binary & { left: ast.Binary } {
  return comparisons.has(node.operator) && ast.isBinary(node.left) && comparisons.has(node.left.operator);
}

function checkChain(node: ast.Binary, report: Report): void {
  if (!isChained(node)) return;
  const message = `Comparisons are not chained: write \`… ${node.left.operator} b and b ${node.operator} …\`, or use parentheses.`;
  report.error('WALK125', { node, property: 'operators' }, message);
}

/** On a kernel that the file itself is, a process may have neither. */
export function checkSegments(node: ast.ProcessStatement, report: Report): void {
  if (node.path !== undefined) return;
  for (const kind of ['code', 'data'] as const) {
    const [first, second] = node.segments.filter((segment) => segment.kind === kind);
    if (first === undefined) {
      if (kind === 'data' && node.segments.length === 0) continue;
      report.error(
        'WALK132',
        { node, property: 'name' },
        `${node.segments.length === 0 ? '`code` and `data` are' : `\`${kind}\` is`} missing: write \`{ code SIZE data SIZE }\`; a size may be 0.`,
      );
    } else if (second !== undefined) {
      report.error('WALK111', second, `\`${kind}\` is given twice.`, { message: 'the first one', at: first });
    }
  }
}

const itemWords = { FileSize: 'size', FileFill: 'fill', FileText: 'text', FileFrom: 'from' } as const;

function checkFile(node: ast.FileDeclaration, report: Report): void {
  const seen = new Map<string, ast.FileItem>();
  for (const item of node.items) {
    const earlier = seen.get(item.$type);
    const word = itemWords[item.$type];
    if (earlier !== undefined)
      report.error('WALK111', item, `\`${word}\` is given twice.`, { message: 'the first one', at: earlier });
    else seen.set(item.$type, item);
  }
  const contents = [...seen.keys()].filter((type) => type !== 'FileFill');
  const [, second] = contents;
  if (second !== undefined || (seen.has('FileFill') && contents.length > 0 && !seen.has('FileSize'))) {
    const culprit = seen.get(second ?? 'FileFill') ?? node;
    report.error(
      'WALK132',
      culprit,
      'A file has `size` with or without `fill`, or `text`, or `from`: keep one of them.',
    );
  } else if (contents.length === 0 && (seen.has('FileFill') || !node.name.startsWith('/bin/'))) {
    const message =
      'The file has no contents: give `size SIZE`, `text "…"` or `from "PATH"`. Only "/bin/NAME" may have empty braces.';
    report.error('WALK132', { node, property: 'name' }, message);
  }
}
