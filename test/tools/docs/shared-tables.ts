/** What every kernel has: operations, observations and events, from the tables that the language reads. */
import { countedShapes } from '../../../simulator/hardware/event-shapes.ts';
import { commonOperations, observations } from '../../../simulator/kernels/common-operations.ts';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { costDocs } from '../../../simulator/language/lsp/word-docs.ts';
import { functionSection } from './function-text.ts';
import { table } from './marked-parts.ts';

export function operationList(which: 'operations' | 'observations'): string {
  const infos = which === 'operations' ? commonOperations : observations;
  return infos.map((info) => functionSection(info, 3, null)).join('\n\n');
}

export function sharedEventTable(): string {
  const rows = Object.entries(countedShapes).map(([name, shape]) => [
    `\`${name}\``,
    Object.keys(shape)
      .map((field) => `\`${field}\``)
      .join(', '),
  ]);
  return table(['event', 'fields'], rows);
}

export function costTable(): string {
  const names = Object.keys(costDocs) as (keyof typeof costDocs)[];
  const rows = names.map((name) => [
    `\`${name}\``,
    costDocs[name],
    [...new Set(Object.values(presets).map(({ cost }) => cost[name]))].join(', '),
  ]);
  return table(['cost', 'what it counts', 'default'], rows);
}
