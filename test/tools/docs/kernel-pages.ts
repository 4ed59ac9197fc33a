/** docs/kernels: what people write about a kernel, and between it everything that the kernel's own tables say. */
import type { EventShape } from '../../../simulator/hardware/event-shapes.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { capabilityInWords, type Capability } from '../../../simulator/kernels/capability.ts';
import { departuresView as haikuDepartures } from '../../../simulator/kernels/haiku/views/departures.ts';
import type { ViewTable } from '../../../simulator/kernels/kernel-view.ts';
import type { KernelOptionInfo } from '../../../simulator/kernels/kernel.ts';
import { departuresView as lunaixDepartures } from '../../../simulator/kernels/lunaix/departures.ts';
import { kernels } from '../../../simulator/kernels/registry.ts';
import { sizeText } from '../../../simulator/session/scenario/bounds.ts';
import { codes, functionSection } from './function-text.ts';
import { markedPart, table } from './marked-parts.ts';

const departures: Readonly<Record<string, () => ViewTable>> = { haiku: haikuDepartures, lunaix: lunaixDepartures };

/** The text of a marked part of a kernel's page: `functions 4.9 4.10`, `structures`, `options`. */
export function kernelPart(kernel: Kernel, part: string): string {
  const [kind = '', ...sections] = part.split(' ');
  const write = parts[kind];
  if (write === undefined) throw new Error(`${kernel.name}: no table writes “${part}”`);
  return write(kernel, sections);
}

const parts: Readonly<Record<string, (kernel: Kernel, sections: readonly string[]) => string>> = {
  facts,
  functions,
  structures,
  globals: ({ globals }) => list(globals),
  constants,
  options,
  events: ({ events }) => eventTable(events),
  errors,
  daemons: ({ daemons }) => list(daemons),
  injections: ({ injections }) => list(injections),
  lacks,
  departures: departureTable,
};

function facts({ title, summary, presets, pagings, regionNoun, functions: all }: Kernel): string {
  return [
    `- **${title}**: ${summary}.`,
    `- It runs on ${codes(presets)}, with page tables in the format ${codes(pagings)}. The first of each is the default.`,
    `- It calls a region a ${regionNoun}.`,
    `- ${String(all.length)} of its functions can be called from a scenario, and each can have a breakpoint.`,
  ].join('\n');
}

export function sectionOf(section: string): string {
  return section.split(',')[0] ?? section;
}

function functions(kernel: Kernel, sections: readonly string[]): string {
  const of = (section: string): string[] => {
    const here = kernel.functions.filter(({ info }) => sectionOf(info.section) === section);
    if (here.length === 0) throw new Error(`${kernel.name}: no function has section ${section}`);
    return here.map(({ info }) => functionSection(info, 4, section));
  };
  return sections.flatMap(of).join('\n\n');
}

function structures({ objectTypes }: Kernel): string {
  return objectTypes
    .map(({ name, doc, fields }) => {
      const [, section = '', meaning = doc] = /^(\d+\.\d+): (.*)$/s.exec(doc) ?? [];
      const rows = Object.entries(fields).map(([field, text]) => [`\`${field}\``, text]);
      const title = `### ${`${section} Structure \`${name}\``.trim()}`;
      const text = [title, capital(meaning), ...(rows.length > 0 ? [table(['field', 'meaning'], rows)] : [])].join(
        '\n\n',
      );
      return { section, text };
    })
    .sort((a, b) => a.section.localeCompare(b.section, 'en', { numeric: true }))
    .map(({ text }) => text)
    .join('\n\n');
}

function constants({ constants: all }: Kernel): string {
  const rows = Object.entries(all).map(([name, value]) => [`\`${name}\``, String(value), hexadecimal(value)]);
  return table(['constant', 'value', 'hexadecimal'], rows);
}

function hexadecimal(value: number | bigint): string {
  return Number.isInteger(Number(value)) && value >= 0 ? `0x${value.toString(16).toUpperCase()}` : '';
}

function options({ options: all }: Kernel): string {
  const rows = all.map((option) => [
    `\`${option.name}\``,
    valuesOf(option),
    valueText(option, option.default),
    option.doc,
  ]);
  return table(['option', 'values', 'default', 'what it sets'], rows);
}

function valuesOf(option: KernelOptionInfo): string {
  const { type, words, min, max } = option;
  if (words !== undefined) return codes(words);
  if (type === 'switch') return codes(['on', 'off']);
  const [from, to] = [min, max].map((end) => (end === undefined ? null : valueText(option, end)));
  const range = [from === null ? '' : ` from ${from}`, to === null ? '' : ` to ${to}`].join('');
  return `${type}${range}`;
}

function valueText({ type }: KernelOptionInfo, value: number | string): string {
  if (typeof value === 'string') return `\`${value}\``;
  return type === 'size' ? sizeText(value) : type === 'time' ? `${String(value)} us` : String(value);
}

function eventTable(events: Readonly<Record<string, EventShape>>): string {
  const rows = Object.entries(events).map(([name, shape]) => [`\`${name}\``, codes(Object.keys(shape))]);
  return table(['event', 'fields'], rows);
}

function errors({ errors: all, errorAliases, notSupported }: Kernel): string {
  const aliases = Object.entries(errorAliases).filter(([name, own]) => own.length !== 1 || own[0] !== name);
  return [
    `Calls fail with ${codes(all)}. An operation that the kernel does not have fails with \`${notSupported}\`.`,
    'These names can be written after `fails` as well:',
    table(
      ['name', 'stands for'],
      aliases.map(([name, own]) => [`\`${name}\``, codes(own)]),
    ),
  ].join('\n\n');
}

function lacks({ lacks: all }: Kernel): string {
  return Object.entries(all)
    .map(([capability, reason]) => `- **${capabilityInWords(capability as Capability)}**: ${reason}.`)
    .join('\n');
}

function departureTable({ name }: Kernel): string {
  const view = departures[name]?.();
  if (view === undefined) throw new Error(`${name} has no table of departures`);
  return table(
    view.columns.map(({ title }) => title),
    view.rows.map(({ cells: [tag = '', ...rest] }) => [`**${tag}**`, ...rest]),
  );
}

function list(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([name, meaning]) => `- \`${name}\`: ${meaning.replace(/\.$/, '')}.`)
    .join('\n');
}

/** docs/kernels/README.md: the kernels in one table. */
export function kernelTable(): string {
  const rows = kernels.map(({ name, title, pagings, summary }) => [
    `[\`${name}\`](${name}.md)`,
    title,
    pagings.join(', '),
    summary,
  ]);
  return table(['kernel', 'what it is called', 'paging', 'what it shows'], rows);
}

/** A page to begin with: everything that tables say, under the numbers that the kernel's functions name. */
export function newKernelPage(name: string): string {
  const kernel = kernels.find((one) => one.name === name);
  if (kernel === undefined) throw new Error(`there is no kernel ${name}`);
  const sections = [...new Set(kernel.functions.map(({ info }) => sectionOf(info.section)))];
  const bySection = sections.flatMap((section) => [`## ${section}`, emptyPart(`functions ${section}`)]);
  const rest = ['structures', 'globals', 'options', 'constants', 'events', 'errors', 'lacks'];
  return [
    `# ${kernel.title}`,
    emptyPart('facts'),
    ...bySection,
    ...rest.flatMap((part) => [`## ${part}`, emptyPart(part)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function emptyPart(part: string): string {
  return markedPart(part, '');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
