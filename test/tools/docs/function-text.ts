/** A kernel function as a section of a page: signature, what it does, parameters, errors, numbered steps. */
import type { FunctionInfo, Parameter } from '../../../simulator/execution/function-info.ts';
import { parameterLabel, signatureLabel, typeName } from '../../../simulator/language/lsp/function-text.ts';
import { orderedSteps } from '../../../simulator/language/ordered-steps.ts';

/** `section` stands before the name where the kernel's documents number their functions. */
export function functionSection(info: FunctionInfo, level: number, section: string | null): string {
  const { name, aliases = [], doc, parameters, outputs = [], errors } = info;
  const title = `${section === null ? '' : `${section} `}\`${name}\``;
  const parts = [`${'#'.repeat(level)} ${title}`, `\`\`\`text\n${signatureLabel(info)}\n\`\`\``, doc];
  if (aliases.length > 0) parts.push(`Also called ${codes(aliases)}.`);
  const told = [...parameters, ...outputs].filter(isTold);
  if (told.length > 0) parts.push(told.map(parameterLine).join('\n'));
  if (errors.length > 0) parts.push(`Fails with ${codes(errors)}.`);
  const steps = orderedSteps(info);
  if (steps.length > 0) parts.push(`Steps:\n\n${steps.map(([label, text]) => `- **${label}** ${text}`).join('\n')}`);
  return parts.join('\n\n');
}

export function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

/** A parameter with no more to say than its name and type is in the signature already. */
function isTold({ doc, type, ...rest }: Parameter): boolean {
  return doc !== undefined || type.kind === 'enumeration' || type.kind === 'flags' || isShown(rest.default);
}

function isShown(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function parameterLine(parameter: Parameter): string {
  const { doc, type } = parameter;
  const facts = [
    doc ?? '',
    type.kind === 'enumeration' || type.kind === 'flags'
      ? `${typeName(type)}: ${codes(Object.keys(type.members))}`
      : '',
    isShown(parameter.default) ? `default \`${String(parameter.default)}\`` : '',
  ].filter((fact) => fact !== '');
  return `- \`${parameterLabel(parameter)}\`: ${facts.join('; ')}`;
}
