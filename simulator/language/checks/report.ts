/** Collects diagnostics. A place is a node of the tree, one property of it, or a range. */
import type { AstNode } from 'langium';
import { GrammarUtils } from 'langium';
import type { Diagnostic, SourceRange } from '../../session/scenario/scenario.ts';
import type { DiagnosticCode } from '../diagnostic-codes.ts';
import { shortened } from '../findings.ts';
import { rangeOfCst } from '../source-range.ts';

export type Where =
  AstNode | SourceRange | { readonly node: AstNode; readonly property: string; readonly index?: number };

export interface Related {
  readonly message: string;
  readonly at: Where;
}

export class Report {
  readonly file: string;
  readonly diagnostics: Diagnostic[] = [];

  constructor(file: string) {
    this.file = file;
  }

  error(code: DiagnosticCode, where: Where, message: string, related?: Related): void {
    this.add('error', code, where, message, related);
  }

  warning(code: DiagnosticCode, where: Where, message: string, related?: Related): void {
    this.add('warning', code, where, message, related);
  }

  range(where: Where): SourceRange {
    if ('line' in where) return where;
    if ('$type' in where) return rangeOfCst(where.$cstNode, this.file);
    const { node, property, index } = where;
    return rangeOfCst(GrammarUtils.findNodeForProperty(node.$cstNode, property, index) ?? node.$cstNode, this.file);
  }

  /** What was found inside of a statement that means nothing here. */
  forget({ line, column, endLine, endColumn }: SourceRange): void {
    const isInside = ({ range }: Diagnostic): boolean =>
      (range.line > line || (range.line === line && range.column >= column)) &&
      (range.endLine < endLine || (range.endLine === endLine && range.endColumn <= endColumn));
    this.diagnostics.splice(0, Infinity, ...this.diagnostics.filter((one) => !isInside(one)));
  }

  private add(
    severity: Diagnostic['severity'],
    code: DiagnosticCode,
    where: Where,
    message: string,
    related: Related | undefined,
  ): void {
    const range = this.range(where);
    const diagnostic = { code, severity, message: shortened(message), range };
    this.diagnostics.push(
      related === undefined
        ? diagnostic
        : { ...diagnostic, related: [{ message: related.message, range: this.range(related.at) }] },
    );
  }
}
