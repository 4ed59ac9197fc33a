/** The functions that a file defines, and the statements that call them. */
import { isOwnOperation } from '../../kernels/common-operations.ts';
import { childrenOf } from './expression-parts.ts';
import { allStatements } from './named-files.ts';
import { expressionsOf } from './statement-calls.ts';
import type { DefDeclaration, Expression, Scenario, Statement } from './scenario.ts';

/**
 * A statement that calls a def is performed in parts: up to the call, and again once the def has returned. What was evaluated
 * before is kept as state, so the expressions of such statements have numbers.
 */
export class DefTable {
  private readonly defs: ReadonlyMap<string, DefDeclaration>;
  private readonly callers = new Set<Statement>();
  private readonly numbers = new Map<Expression, number>();
  private readonly expressions: Expression[] = [];

  readonly faultHandler: DefDeclaration | null;

  /** `isKernel`: the scenario is the kernel, so that its defs named like operations are the operations. */
  constructor(scenario: Scenario, isKernel = false) {
    const defs = scenario.defs.filter(({ name }) => isKernel || !isOwnOperation(name));
    this.defs = new Map(defs.map((def) => [def.name, def]));
    this.faultHandler = (isKernel ? scenario.handlers.find(({ name }) => name === 'fault') : null) ?? null;
    if (this.defs.size === 0) return;
    for (const statement of allStatements(scenario)) this.note(statement);
  }

  named(name: string): DefDeclaration | null {
    return this.defs.get(name) ?? null;
  }

  isCaller(statement: Statement): boolean {
    return this.callers.has(statement);
  }

  /** Undefined for an expression outside of the statements that call defs. */
  numberOf(expression: Expression): number | undefined {
    return this.numbers.get(expression);
  }

  at(number: number): Expression {
    const expression = this.expressions[number];
    if (expression === undefined) throw new Error(`internal: there is no expression ${String(number)}`);
    return expression;
  }

  private note(statement: Statement): void {
    const roots = expressionsOf(statement);
    if (!roots.some((root) => this.callsDef(root))) return;
    this.callers.add(statement);
    for (const root of roots) this.number(root);
  }

  private callsDef(expression: Expression): boolean {
    if (expression.kind === 'call' && this.defs.has(expression.callee)) return true;
    return childrenOf(expression).some((child) => this.callsDef(child));
  }

  private number(expression: Expression): void {
    // The index of `LIST[i] += 1` stands in two places.
    if (this.numbers.has(expression)) return;
    this.numbers.set(expression, this.expressions.push(expression) - 1);
    for (const child of childrenOf(expression)) this.number(child);
  }
}
