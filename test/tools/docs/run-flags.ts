/** The flags that every command shares which runs a file, as the command line itself declares them. */
import { Command } from 'commander';
import { addRunOptions } from '../../../simulator/cli/options.ts';
import { table } from './marked-parts.ts';

export function runFlagTable(): string {
  const { options } = addRunOptions(new Command('run'));
  return table(
    ['flag', 'what it does'],
    options.map(({ flags, description }) => [`\`${flags}\``, description]),
  );
}
