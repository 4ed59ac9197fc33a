/** Commands and flags as the command line itself declares them. */
import { type Argument, Command, Help, type Option } from 'commander';
import { commandLine } from '../../../simulator/cli/command-line.ts';
import { addRunOptions } from '../../../simulator/cli/options.ts';
import { table } from './marked-parts.ts';

const help = new Help();

/** The flags that every command shares which runs a file. */
export function runFlagTable(): string {
  return flagTable(sharedOptions());
}

/** What a command is called with, and the flags that it has of its own: a part of its section. */
export function commandPart(name: string): string {
  const command = commandLine().commands.find((one) => one.name() === name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  const { options, registeredArguments } = command;
  const shared = sharedOptions();
  const taken = shared.filter((option) => options.some((one) => isSame(one, option)));
  const takesAll = taken.some(({ long }) => long === '--seed');
  const own = options.filter((option) => !takesAll || !shared.some((one) => isSame(one, option)));
  const missing = shared.filter((option) => !taken.includes(option)).map(({ long }) => `\`${long ?? ''}\``);
  return [
    '```sh',
    `pagewalk ${[name, ...(options.length > 0 ? ['[flags]'] : []), ...registeredArguments.map(argumentText)].join(' ')}`,
    '```',
    ...registeredArguments.flatMap(argumentLine),
    ...(own.length > 0 ? ['', flagTable(own)] : []),
    ...(takesAll ? ['', `It also takes the [flags of every run](#flags-of-every-run)${except(missing)}.`] : []),
  ].join('\n');
}

function sharedOptions(): readonly Option[] {
  return addRunOptions(new Command('run')).options;
}

/** A command may have a flag of that name with another meaning. */
function isSame(one: Option, other: Option): boolean {
  return one.flags === other.flags && one.description === other.description;
}

function flagTable(options: readonly Option[]): string {
  return table(
    ['flag', 'what it does'],
    options.map((option) => [
      `\`${option.flags}\``,
      help.optionDescription(option) + (option.mandatory ? ' (required)' : ''),
    ]),
  );
}

function argumentText(argument: Argument): string {
  return argument.required ? `<${argument.name()}${argument.variadic ? '…' : ''}>` : `[${argument.name()}]`;
}

function argumentLine(argument: Argument): string[] {
  const text = help.argumentDescription(argument);
  return text === '' ? [] : ['', `\`<${argument.name()}>\`: ${text}.`];
}

function except(flags: readonly string[]): string {
  return flags.length === 0 ? '' : `, except ${flags.join(', ')}`;
}
