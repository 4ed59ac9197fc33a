/** Literals that the lexer accepts and the language does not: too large, or with an escape that it lacks. */
import type { AstNode, CstNode } from 'langium';
import { GrammarUtils } from 'langium';
import type { SourceRange } from '../../session/scenario/scenario.ts';
import * as ast from '../generated/ast.ts';
import {
  largestInteger,
  microseconds,
  parseInteger,
  parseSize,
  parseTime,
  sizeInBytes,
  stringProblems,
} from '../literals.ts';
import { rangeOfCst } from '../source-range.ts';
import type { Report, Where } from './report.ts';

/** Numbers of declarations are stored as doubles; sizes and counts beyond this make no sense anyway. */
const largestDeclared = BigInt(Number.MAX_SAFE_INTEGER);

export function checkLiteralsOf(node: AstNode, report: Report): void {
  if (ast.isIntegerLiteral(node)) bound(parseInteger(node.value), largestInteger, node, report);
  else if (ast.isSizeLiteral(node)) bound(parseSize(node.value), largestInteger, node, report);
  else if (ast.isTimeLiteral(node)) checkTime(node.value, node, report);
  else if (ast.isSize(node)) bound(sizeInBytes(node), largestDeclared, node, report);
  else if (ast.isFileFill(node))
    bound(parseInteger(node.fill), 255n, { node, property: 'fill' }, report, 'a byte reaches to 255');
  else if (ast.isOptionValue(node)) checkOptionValue(node, report);
  else checkCounts(node, report);
  checkStrings(node, report);
}

function checkCounts(node: AstNode, report: Report): void {
  if (ast.isCoresSetting(node)) bound(parseInteger(node.count), largestDeclared, { node, property: 'count' }, report);
  else if (ast.isTestStatement(node) && node.points !== undefined)
    bound(parseInteger(node.points), largestDeclared, { node, property: 'points' }, report);
  else if (ast.isSeedSetting(node)) bound(parseInteger(node.seed), largestDeclared, { node, property: 'seed' }, report);
  else if (ast.isNumberEntry(node))
    bound(parseInteger(node.value), largestDeclared, { node, property: 'value' }, report);
  else if (ast.isPlace(node)) {
    for (const text of [node.x, node.y, node.core ?? '0']) bound(parseInteger(text), largestDeclared, node, report);
  }
}

function checkOptionValue(node: ast.OptionValue, report: Report): void {
  if (node.integer !== undefined) bound(parseInteger(node.integer), largestDeclared, node, report);
  if (node.size !== undefined) bound(parseSize(node.size), largestDeclared, node, report);
  if (node.time !== undefined) bound(inUnits(node.time), largestDeclared, node, report);
}

function checkTime(text: string, node: AstNode, report: Report): void {
  bound(inUnits(text), largestInteger, node, report);
}

function inUnits(text: string): bigint {
  const time = parseTime(text);
  return microseconds(time) ?? time.value;
}

function bound(value: bigint, largest: bigint, where: Where, report: Report, reason?: string): void {
  if (value <= largest) return;
  const limit = largest === largestInteger ? '2^64-1' : '2^53-1';
  report.error('WALK123', where, `${shown(value)} is too large: ${reason ?? `the largest value here is ${limit}`}.`);
}

function shown(value: bigint): string {
  const digits = String(value);
  return digits.length <= 40 ? digits : `A number of ${String(digits.length)} digits`;
}

/** Properties that hold a string in quotes. */
const stringProperties: Readonly<Record<string, string>> = {
  StringLiteral: 'value',
  FileDeclaration: 'name',
  FileText: 'text',
  FileFrom: 'path',
  TestStatement: 'name',
  ProcessStatement: 'path',
  ReplayStatement: 'path',
  Expect: 'text',
  OptionValue: 'string',
};

function checkStrings(node: AstNode, report: Report): void {
  const property = stringProperties[node.$type];
  if (property === undefined) return;
  const literal = GrammarUtils.findNodeForProperty(node.$cstNode, property);
  if (literal === undefined) return;
  for (const problem of stringProblems(literal.text)) {
    const message = `Unknown escape \`${problem.text}\`: the escapes are \\n \\t \\0 \\\\ \\" and \\xNN with two hexadecimal digits.`;
    report.error('WALK126', partOf(literal, problem.offset, problem.length, report.file), message);
  }
}

/** Strings never span lines. */
function partOf(literal: CstNode, offset: number, length: number, file: string): SourceRange {
  const { line, column } = rangeOfCst(literal, file);
  return { file, line, column: column + offset, endLine: line, endColumn: column + offset + length };
}
