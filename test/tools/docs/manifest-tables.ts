/** What package.json declares, in tables: launch attributes, settings, keys. Bounds have a page of their own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../paths.ts';
import { table } from './marked-parts.ts';

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly markdownDescription?: string;
}

interface Manifest {
  readonly contributes: {
    readonly debuggers: readonly {
      readonly configurationAttributes: {
        readonly launch: { readonly properties: Readonly<Record<string, Property>> };
      };
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Property>> };
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string }[];
  };
}

function contributions(): Manifest['contributes'] {
  return (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest).contributes;
}

export function launchTable(): string {
  const [pagewalk] = contributions().debuggers;
  const rows = Object.entries(pagewalk?.configurationAttributes.launch.properties ?? {}).map(row);
  return table(['attribute', 'values', 'default', 'what it does'], rows);
}

export function settingTable(): string {
  const own = Object.entries(contributions().configuration.properties).filter(
    ([name]) => !/^pagewalk\.(bounds|live)\./.test(name),
  );
  return table(['setting', 'values', 'default', 'what it does'], own.map(row));
}

export function keyTable(): string {
  const { commands, keybindings } = contributions();
  const rows = commands.map(({ command, title }) => {
    const keys = keybindings.filter((one) => one.command === command).map(({ key }) => keyText(key));
    return [`Pagewalk: ${title}`, `\`${command}\``, [...new Set(keys)].join(', ')];
  });
  return table(['command', 'identifier', 'key'], rows);
}

function keyText(key: string): string {
  return key
    .split('+')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('+');
}

function row([name, property]: [string, Property]): string[] {
  const { type = '', enum: words, description, markdownDescription } = property;
  const values = words === undefined ? type : words.map((word) => `\`${word}\``).join(', ');
  const standard = property.default === undefined ? '' : `\`${JSON.stringify(property.default)}\``;
  return [`\`${name}\``, values, standard, description ?? markdownDescription ?? ''];
}
