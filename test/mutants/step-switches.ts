/**
 * Makes the effects of numbered steps switchable: every statement of a kernel function asks, before it runs, whether the
 * step that the function has marked last is switched off. The marks themselves stay, as do the functions' names.
 */
import ts from 'typescript';

/** What a switched-off step leaves out. */
export type StepPart =
  /** Its statements, but not declarations, returns and jumps. */
  | 'effects'
  /** The values that it declares or returns: they are undefined. */
  | 'values'
  /** Whatever stands under it, further steps as well: for a step that has nothing of its own but a loop or a choice. */
  | 'whole';

/** The global function that the switched source asks: whether this part of the activation's present step runs. */
export type StepSwitch = (
  here: { readonly label: string; readonly info: { readonly name: string } },
  part: StepPart,
  place: string,
) => boolean;
const SWITCH = 'pagewalkStepRuns';
/** A variable of every source function: the step that it has marked last itself, or that its caller had marked. */
const STEP = 'pagewalkStep';

export function installSwitch(runs: StepSwitch): void {
  Reflect.set(globalThis, SWITCH, runs);
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The source with its switches, of the same lines; null where no function of it marks a step. */
export function withSwitches(file: string, source: string): string | null {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const insertions: Insertion[] = [];
  new Switcher(insertions).visit(tree);
  if (insertions.length === 0) return null;
  insertions.sort((a, b) => a.at - b.at);
  let result = '';
  let last = 0;
  for (const { at, text } of insertions) {
    result += source.slice(last, at) + text;
    last = at;
  }
  return result + source.slice(last);
}

/** Is the mark of a step: `if (here.step('4')) yield;`, whatever else its condition asks. */
function isMark(node: ts.Node): node is ts.IfStatement {
  if (!ts.isIfStatement(node) || !ts.isExpressionStatement(node.thenStatement)) return false;
  const { expression } = node.thenStatement;
  const isYield = ts.isYieldExpression(expression) && expression.expression === undefined;
  return isYield && contains(node.expression, isStepCall);
}

function isStepCall(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.expression.getText() === 'here' &&
    ['step', 'stage'].includes(node.expression.name.text)
  );
}

/** Whether something inside is so; functions inside are not looked into. */
function contains(node: ts.Node, isSo: (node: ts.Node) => boolean): boolean {
  if (isSo(node)) return true;
  return ts.forEachChild(node, (child) => (ts.isFunctionLike(child) ? undefined : contains(child, isSo))) === true;
}

class Switcher {
  private readonly insertions: Insertion[];
  /** The source function that is visited: a part of a kernel function may stand in a function of its own. */
  private place = '';

  constructor(insertions: Insertion[]) {
    this.insertions = insertions;
  }

  visit(node: ts.Node): void {
    const body = bodyOf(node);
    if (body !== null && contains(body, isMark)) {
      this.place = nameOf(node);
      this.insert(body.getStart() + 1, ` let ${STEP} = here.label;`);
      this.switchList(body.statements);
    }
    ts.forEachChild(node, (child) => {
      this.visit(child);
    });
  }

  private insert(at: number, text: string): void {
    this.insertions.push({ at, text });
  }

  private question(part: StepPart): string {
    return `${SWITCH}(here, '${part}', '${this.place}')`;
  }

  private switchList(statements: ts.NodeArray<ts.Statement>): void {
    for (const statement of statements) this.switchStatement(statement);
  }

  private switchStatement(statement: ts.Statement): void {
    if (ts.isFunctionDeclaration(statement)) return;
    if (isMark(statement)) {
      this.insert(statement.getEnd(), ` ${STEP} = here.label;`);
    } else if (contains(statement, isMark)) {
      this.insert(statement.getStart(), `if (${this.question('whole')}) `);
      this.switchInside(statement);
    } else if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) this.switchDeclaration(declaration);
    } else if (ts.isReturnStatement(statement)) {
      if (isValue(statement.expression)) this.switchValue(statement.expression, 'undefined');
    } else if (isCheck(statement)) {
      // Behind a source function that has marked steps of its own, it passes on what that one answered: no effect of a step.
      this.insert(statement.getStart(), `if (here.label !== ${STEP} || ${this.question('effects')}) `);
    } else if (!isJump(statement)) {
      this.insert(statement.getStart(), `if (${this.question('effects')}) `);
    }
  }

  /** The lists of statements in a statement that has marks of its own. */
  private switchInside(node: ts.Node): void {
    ts.forEachChild(node, (child) => {
      if (ts.isFunctionLike(child)) return;
      if (ts.isBlock(child) || ts.isCaseOrDefaultClause(child)) this.switchList(child.statements);
      else if (isBranch(child, node)) this.switchBranch(child);
      else this.switchInside(child);
    });
  }

  /** A branch without braces: it gets them, lest an `else` change its `if`. */
  private switchBranch(statement: ts.Statement): void {
    this.insert(statement.getStart(), '{ ');
    this.switchStatement(statement);
    this.insert(statement.getEnd(), ' }');
  }

  private switchDeclaration({ name, initializer }: ts.VariableDeclaration): void {
    if (initializer === undefined || !contains(initializer, isWork)) return;
    this.switchValue(initializer, ts.isIdentifier(name) ? 'undefined' : ts.isArrayBindingPattern(name) ? '[]' : '{}');
  }

  private switchValue(expression: ts.Expression, nothing: string): void {
    this.insert(expression.getStart(), `${this.question('values')} ? (`);
    this.insert(expression.getEnd(), `) : ${nothing}`);
  }
}

function bodyOf(node: ts.Node): ts.Block | null {
  if (!ts.isFunctionLike(node) || !('body' in node)) return null;
  const body = node.body as ts.Node | undefined;
  return body !== undefined && ts.isBlock(body) ? body : null;
}

/** A declared function's own name; empty for the body that is given to `kernelFunction`. */
function nameOf(node: ts.Node): string {
  return ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) ? (node.name?.getText() ?? '') : '';
}

function isBranch(child: ts.Node, parent: ts.Node): child is ts.Statement {
  if (ts.isIfStatement(parent)) return child === parent.thenStatement || child === parent.elseStatement;
  return ts.isIterationStatement(parent, false) && child === parent.statement;
}

function isValue(expression: ts.Expression | undefined): expression is ts.Expression {
  return expression !== undefined && expression.getText() !== 'undefined';
}

function isWork(node: ts.Node): boolean {
  return ts.isCallExpression(node) || ts.isYieldExpression(node) || ts.isNewExpression(node);
}

function isCheck(statement: ts.Statement): boolean {
  return ts.isIfStatement(statement) && statement.elseStatement === undefined;
}

/** What is no effect of a step: a jump, or a wait's bare `yield`. */
function isJump(statement: ts.Statement): boolean {
  return (
    ts.isBreakStatement(statement) ||
    ts.isContinueStatement(statement) ||
    ts.isEmptyStatement(statement) ||
    (ts.isExpressionStatement(statement) &&
      ts.isYieldExpression(statement.expression) &&
      statement.expression.expression === undefined)
  );
}
