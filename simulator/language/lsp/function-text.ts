/** Functions of the tables in words: for hover, completion and signature help. */
import type { FunctionInfo, Parameter, ValueType } from '../../execution/function-info.ts';
import { orderedSteps } from '../ordered-steps.ts';
import type { CallableFunction } from '../catalogue.ts';
import { functionPage, manualLink, sharedFunctionPage } from '../manual-address.ts';

export function typeName(type: ValueType): string {
  switch (type.kind) {
    case 'enumeration':
    case 'flags':
      return type.name;
    case 'object':
      return type.type;
    case 'list':
      return `[${typeName(type.of)}, …]`;
    case 'record':
      return `{ ${type.fields.map(({ name }) => name).join(', ')} }`;
    case 'any':
      return 'value';
    default:
      return type.kind;
  }
}

export function isOptional(parameter: Parameter): boolean {
  return parameter.optional === true || 'default' in parameter;
}

export function parameterLabel(parameter: Parameter): string {
  return `${parameter.name}${isOptional(parameter) ? '?' : ''}: ${typeName(parameter.type)}`;
}

export function signatureLabel(info: FunctionInfo): string {
  return `${info.name}(${info.parameters.map(parameterLabel).join(', ')})${resultLabel(info)}`;
}

function resultLabel({ result, outputs = [] }: FunctionInfo): string {
  const members = outputs.map(({ name, type }) => `${name}: ${typeName(type)}`);
  if (members.length === 0) return result === undefined ? '' : ` → ${typeName(result)}`;
  if (result !== undefined) members.unshift(`result: ${typeName(result)}`);
  return ` → { ${members.join(', ')} }`;
}

export function originInWords({ origin, info }: CallableFunction, kernel: string | null): string {
  if (origin === 'def') return 'def of this file';
  if (origin === 'operation') return 'common operation';
  if (origin === 'scenario') return 'function of the language';
  if (origin === 'observation') return 'observation: changes nothing';
  return `${kernel ?? 'kernel'}, section ${info.section}`;
}

function pageOf({ origin, info }: CallableFunction, kernel: string | null): string | null {
  if (origin === 'operation' || origin === 'observation') return sharedFunctionPage(origin, info.name);
  return kernel === null ? null : functionPage(kernel, info);
}

/** Markdown: signature, documentation, parameters, errors, numbered steps. */
export function describeFunction(callable: CallableFunction, kernel: string | null): string {
  const { info } = callable;
  const page = pageOf(callable, kernel);
  const origin = originInWords(callable, kernel);
  const source = `*${page === null ? origin : manualLink(origin, page)}*`;
  const parts = [`\`\`\`walk\n${signatureLabel(info)}\n\`\`\``, info.doc, source];
  const parameters = info.parameters.filter(({ doc }) => doc !== undefined);
  if (parameters.length > 0) parts.push(parameters.map(({ name, doc }) => `- \`${name}\`: ${doc ?? ''}`).join('\n'));
  if (info.errors.length > 0) parts.push(`Fails with ${info.errors.map((error) => `\`${error}\``).join(', ')}.`);
  const steps = orderedSteps(info);
  if (steps.length > 0) parts.push(steps.map(([label, text]) => `**${label}** ${text}`).join('  \n'));
  return parts.join('\n\n');
}
