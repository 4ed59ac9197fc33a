/** Every bound, from the table that the code itself reads. */
import { boundFlag, boundNames, boundTable, boundText } from '../../../simulator/session/scenario/bounds.ts';
import { table } from './marked-parts.ts';

export function boundTableText(): string {
  const rows = boundNames.map((name) => {
    const { standard, live, subject, effect } = boundTable[name];
    return [`\`${name}\``, `\`${boundFlag(name)}\``, subject, boundText(name, standard), boundText(name, live), effect];
  });
  return table(['bound', 'flag', 'what it bounds', 'of a run', 'while you type', 'beyond it'], rows);
}
