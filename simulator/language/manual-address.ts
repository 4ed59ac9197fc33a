/**
 * Where in the manual something is explained, and how a client opens it. A page is a file below `docs/`, with the heading
 * behind `#`. Markdown that the server writes links to `manual:PAGE`; what that becomes is decided once, where it is sent.
 */
import type { FunctionInfo } from '../execution/function-info.ts';

export function diagnosticPage(code: string): string {
  return `diagnostics/${code}.md`;
}

export function kernelPage(kernel: string): string {
  return `kernels/${kernel}.md`;
}

export function functionPage(kernel: string, info: FunctionInfo): string {
  return `${kernelPage(kernel)}#${functionAnchor(info)}`;
}

/** Of what every kernel has. */
export function sharedFunctionPage(origin: 'operation' | 'observation', name: string): string {
  return `language/${origin === 'operation' ? 'operations' : 'observing'}.md#${anchorOf(name)}`;
}

const keywordPages: Readonly<Record<string, string>> = {
  'machine mesh cores memory paging tlb seed': 'machine.md#machines',
  cost: 'machine.md#costs',
  kernel: 'machine.md#kernels',
  'file size fill text from': 'machine.md#files',
  'process load code data at': 'processes.md#processes',
  'thread of': 'processes.md#threads',
  as: 'processes.md#running-as-somebody',
  let: 'expressions.md#names',
  var: 'expressions.md#names-that-change',
  expect: 'expectations.md#something-is-true',
  fails: 'expectations.md#a-call-fails',
  kills: 'expectations.md#a-call-kills',
  'for in step': 'loops.md#counting',
  repeat: 'loops.md#repeating',
  while: 'loops.md#while-something-is-true',
  'break continue': 'loops.md#leaving-a-loop',
  'if else': 'loops.md#conditions',
  'def return': 'defs.md',
  parallel: 'parallel.md',
  'explore up to then': 'explore.md',
  'inject clear after': 'failures.md#injections',
  'reserve frames': 'failures.md#reserving-memory',
  'daemon on off': 'failures.md#daemons-and-time',
  'print dump': 'output.md#printing',
  'replay named': 'output.md#replaying-a-recording',
  test: 'tests.md',
  'and or not': 'expressions.md#precedence',
};

/** Of a word of the grammar; null where no page explains it by itself. */
export function keywordPage(word: string): string | null {
  const found = Object.entries(keywordPages).find(([words]) => words.split(' ').includes(word));
  return found === undefined ? null : `language/${found[1]}`;
}

/** The heading `4.9 vm_region_demand_map`. */
export function functionAnchor({ section, name }: FunctionInfo): string {
  return anchorOf(`${section.split(',')[0] ?? ''} ${name}`);
}

/**
 * The heading of a kernel's page under which a section, an invariant, a departure or a choice stands: `4.9`, `I7`. Null where
 * the page has none.
 */
export function headingOfSection(page: string, section: string): string | null {
  const wanted = section.split(',')[0] ?? '';
  let last: string | null = null;
  for (const line of page.split('\n')) {
    const heading = /^#+ +(.*?) *$/.exec(line)?.[1];
    if (heading !== undefined) last = heading;
    if (heading === undefined ? isEntryOf(line, wanted) : isTitleOf(heading, wanted)) return last;
  }
  return null;
}

/** Not `L1`, `L2` and `PT1`, which are tables of the hardware. */
const mention = /(?<![\w.])(?:\d{1,2}\.\d{1,2}|[A-DHIRVX]\d{1,2}|L[3-9]|L1\d)(?![\w.]*\d|\w)/g;

/** Sections, invariants, departures and choices that a text names, each with its place. */
export function sectionMentions(text: string): { readonly section: string; readonly at: number }[] {
  return [...text.matchAll(mention)].map(({ 0: section, index }) => ({ section, at: index }));
}

/** `4.9 Demand faults`, `4.1 to 4.4 Callbacks`. */
function isTitleOf(heading: string, section: string): boolean {
  return heading.startsWith(`${section} `);
}

/** `- **I7** …`, `| **D3** | …`. */
function isEntryOf(line: string, section: string): boolean {
  return line.startsWith(`- **${section}** `) || line.startsWith(`| **${section}** |`);
}

/** As GitHub and VS Code make them. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** The address under which a client opens a page. */
export type ManualLink = (page: string) => string;

/** For VS Code, whose command shows the page as a preview. */
export function commandLink(command: string): ManualLink {
  return (page) => `command:${command}?${encodeURIComponent(JSON.stringify([page]))}`;
}

/** For other editors: the files that come with Pagewalk. `folder` is the address of `docs/`. */
export function folderLink(folder: string): ManualLink {
  return (page) => new URL(page, folder).href;
}

/** A link of Markdown. */
export function manualLink(text: string, page: string): string {
  return `[${text}](manual:${page})`;
}

const links = /\[([^\]\n]+)\]\(manual:([^)\s]+)\)/g;

export function resolveManualLinks(markdown: string, address: ManualLink): string {
  return markdown.replaceAll(links, (_, text: string, page: string) => `[${text}](${address(page)})`);
}

/** For clients that show plain text. */
export function withoutManualLinks(markdown: string): string {
  return markdown.replaceAll(links, '$1');
}
