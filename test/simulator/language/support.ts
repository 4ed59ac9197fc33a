/** What tests of the language share: short forms of the plain data that they compare. */
import { strict as assert } from 'node:assert';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import type { Diagnostic, Expression, Scenario, SourceRange } from '../../../simulator/session/scenario/scenario.ts';
import { fakeCatalogue } from './fake-catalogue.ts';

export function diagnose(text: string): readonly Diagnostic[] {
  return parseScenario(text, 'test.walk', { catalogue: fakeCatalogue }).diagnostics;
}

/** The scenario of a text that must have no error; warnings pass. */
export function scenarioOf(text: string): Scenario {
  const { scenario, diagnostics } = parseScenario(text, 'test.walk', { catalogue: fakeCatalogue });
  assert.ok(scenario, diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return scenario;
}

export function bodyOf(text: string): readonly unknown[] {
  return scenarioOf(text).body.map(brief);
}

/** Without ranges, so that the meaning can be compared. */
export function brief(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(brief);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'range' && key !== 'calleeRange');
  return Object.fromEntries(entries.map(([key, inner]) => [key, brief(inner)]));
}

/** The expression that `print` is given, as text with every operator in parentheses. */
export function shape(expression: string, before = ''): string {
  const statement = scenarioOf(`${before}print ${expression}`).body.at(-1);
  assert.equal(statement?.kind, 'print');
  return show(statement.value);
}

export function show(node: Expression): string {
  switch (node.kind) {
    case 'integer':
    case 'size':
      return String(node.value);
    case 'time':
      return `${String(node.value)}${node.unit}`;
    case 'string':
      return JSON.stringify(node.value);
    case 'boolean':
      return String(node.value);
    case 'none':
      return 'none';
    case 'name':
      return node.name;
    case 'place':
      return `<${[node.x, node.y, node.core]
        .filter((part) => part !== null)
        .map(show)
        .join(',')}>`;
    case 'list':
      return `[${node.items.map(show).join(', ')}]`;
    case 'record':
      return `{${node.fields.map(({ name, value }) => `${name}: ${show(value)}`).join(', ')}}`;
    case 'call':
      return `${node.callee}(${node.args.map(({ name, value }) => (name === null ? '' : `${name}: `) + show(value)).join(', ')})`;
    case 'member':
      return `${show(node.receiver)}.${node.member}`;
    case 'index':
      return `${show(node.receiver)}[${show(node.index)}]`;
    case 'unary':
      return `(${node.operator} ${show(node.operand)})`;
    case 'binary':
      return `(${show(node.left)} ${node.operator} ${show(node.right)})`;
  }
}

/** The text that a range covers; it may span lines. */
export function textAt(text: string, range: SourceRange): string {
  const lines = text.split('\n');
  if (range.line === range.endLine) return (lines[range.line - 1] ?? '').slice(range.column - 1, range.endColumn - 1);
  const first = (lines[range.line - 1] ?? '').slice(range.column - 1);
  const last = (lines[range.endLine - 1] ?? '').slice(0, range.endColumn - 1);
  return [first, ...lines.slice(range.line, range.endLine - 1), last].join('\n');
}
