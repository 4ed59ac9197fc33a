// docs/machines.md: the machines and their page tables, from the tables that the code itself reads.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Access } from '../../simulator/hardware/access.ts';
import { AccessStatus, faultKind } from '../../simulator/hardware/access-status.ts';
import { faultRegistersOf, pagingFormat, pagingNames, type Paging } from '../../simulator/hardware/layouts/formats.ts';
import type { EntryLayout, Field } from '../../simulator/hardware/layouts/layout.ts';
import type { LevelFormat, PageFormat, PagingFormat } from '../../simulator/hardware/layouts/paging-format.ts';
import { presetNames, presets, type Preset } from '../../simulator/hardware/machine-config.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../../simulator/hardware/word.ts';
import { kernels } from '../../simulator/kernels/registry.ts';
import { sizeText } from '../../simulator/session/scenario/bounds.ts';
import { root } from './paths.ts';

export function machinesPage(): string {
  return `# Machines

\`machine NAME\` in a scenario chooses one of these. Every setting can be changed in braces: \`machine tsar { mesh 4x4  cores 1 }\`. A file whose kernel does not run on its machine is refused, and told the machines that it runs on.

${table(['machine', 'page tables', 'mesh', 'cores a cluster', 'memory a cluster', 'kernels'], presetNames.map(presetRow))}

A page has 4 KiB. Page tables stand in the simulated memory bit for bit as the architecture's manual has them, and one walker reads all formats. \`pagewalk memory-image\` writes that memory out, for a real MMU to walk.

${pagingNames.map(formatSection).join('\n')}`;
}

function presetRow(name: Preset): string[] {
  const { mesh, coresPerCluster, memoryBytes, paging } = presets[name];
  const runs = kernels
    .filter((kernel) => (kernel.presets as readonly string[]).includes(name))
    .map((kernel) => `\`${kernel.name}\``);
  return [
    `\`${name}\``,
    `[\`${paging}\`](#${anchor(paging)})`,
    `${mesh.width}x${mesh.height}`,
    String(coresPerCluster),
    sizeText(memoryBytes),
    runs.length === 0 ? 'none yet' : runs.join(', '),
  ];
}

function formatSection(name: Paging): string {
  const format = pagingFormat(name);
  const head = ['table', 'entries', 'bytes of an entry', 'index', 'bits of the address', 'an entry maps'];
  const levels = format.levels.map((level, depth) => levelRow(format, level, depth));
  const list = rules(format).map((rule) => `- ${rule}`);
  const entries = layoutsOf(format).map(
    ({ layout, title }) => `### ${format.title}: ${title}\n\n${layoutTable(layout)}\n`,
  );
  return `## ${heading(name)}

An address has ${format.addressBits <= 32 ? '32' : '64'} bits. ${canonicalText(format)}

${table(head, levels)}

${list.join('\n')}

What the core is told when an access of a user is refused:

${table(['reason', 'read', 'write', 'fetch'], refusals(format))}

${entries.join('\n')}`;
}

function heading(name: Paging): string {
  return `Page tables: \`${name}\``;
}

function anchor(name: Paging): string {
  return heading(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

function canonicalText({ addressBits }: PagingFormat): string {
  if (addressBits <= 32) return 'All of them are translated.';
  return `Bits ${addressBits - 1} to 0 are translated; bits 63 to ${addressBits} have to copy bit ${addressBits - 1}.`;
}

function levelRow(format: PagingFormat, level: LevelFormat, depth: number): string[] {
  const low = level.shift + PAGE_SHIFT;
  const maps = level.page === null ? 'no page' : pageText(format, level.page);
  return [
    level.name,
    (2 ** level.indexBits).toLocaleString('en'),
    String(level.words * 4),
    level.indexName,
    `${low + level.indexBits - 1} to ${low}`,
    level.pointer === null
      ? maps
      : `${maps === 'no page' ? '' : `${maps}, or `}a table ${format.levels[depth + 1]?.name ?? ''}`,
  ];
}

function pageText({ sizeShifts }: PagingFormat, { size }: PageFormat): string {
  return sizeText(PAGE_SIZE * 2 ** (sizeShifts[size] as number));
}

function rules(format: PagingFormat): string[] {
  const { data, fetch } = {
    data: faultRegistersOf(format, Access.read),
    fetch: faultRegistersOf(format, Access.fetch),
  };
  const { page } = format.levels.at(-1) as LevelFormat;
  return [
    `The root table is named by a register: \`${format.rootText(0x100)}\` is frame 0x100.`,
    format.areRightsCombined
      ? 'Writing, execution and use by users have to be allowed by every entry of the walk.'
      : 'The rights are those of the entry that maps the page.',
    (page as PageFormat).readableMask === 0
      ? 'What is present may be read.'
      : 'Reading is a right of its own: a page may be execute-only.',
    format.isUserCodeOpen
      ? 'The supervisor may read, write and fetch from the pages of users.'
      : 'The supervisor may read and write the pages of users, and never fetches from them.',
    format.hasWriteProtectBit
      ? 'CR0.WP is set: the write right binds the supervisor too.'
      : 'The write right binds the supervisor too.',
    accessedRule(format),
    format.levels.some(({ pointer }) => pointer !== null && pointer.globalMask !== 0)
      ? 'A global page keeps its TLB entry when the root changes; a global pointer makes all pages below it global.'
      : 'A global page keeps its TLB entry when the root changes.',
    format.hasFetchMmu ? 'A core has a TLB for fetches and one for loads and stores.' : 'A core has one TLB.',
    format.dropsOnFault ? 'A page fault drops the TLB entry of its address.' : 'A page fault leaves the TLB as it is.',
    data.code === fetch.code
      ? `After a refused access, the reason is in \`${data.code}\` and the address in \`${data.address}\`.`
      : `After a refused load or store, the reason is in \`${data.code}\` and the address in \`${data.address}\`; after a refused fetch, in \`${fetch.code}\` and \`${fetch.address}\`.`,
    ...reservedRule(format),
  ];
}

function accessedRule({ levels }: PagingFormat): string {
  const page = (levels.at(-1) as LevelFormat).page as PageFormat;
  const nameOf = (mask: number): string =>
    page.layout.fields.find(({ bit, width }) => width === 1 && bit < 32 && (mask | 0) === 1 << bit)?.name ?? '';
  const [accessed, remote, dirty] = [page.accessedMask, page.accessedRemoteMask, page.dirtyMask].map(nameOf);
  const isInTables = levels.some(({ pointer }) => pointer !== null && pointer.accessedMask !== 0);
  const who = accessed === remote ? accessed : `${accessed} (${remote} when the table is in another cluster)`;
  return `The hardware sets ${who} at an access and ${dirty} at a write, in the entry that maps the page${isInTables ? `, and ${accessed} in the entries above it` : ''}.`;
}

/** Of bits that mean something together, the values that are reserved. */
function reservedRule({ levels }: PagingFormat): string[] {
  const of = ({ name, page }: LevelFormat): string => {
    if (page === null || page.reservedValues === 0) return '';
    const names = page.layout.fields.filter(
      ({ bit, width }) => width === 1 && bit < 32 && ((page.valueMask << page.valueShift) & (1 << bit)) !== 0,
    );
    const values = Array.from({ length: page.valueMask + 1 }, (_, value) => value)
      .filter((value) => ((page.reservedValues >>> value) & 1) !== 0)
      .map((value) => names.filter((_, index) => ((value >>> index) & 1) !== 0).map((field) => field.name));
    const texts = values.map((value) => (value.length === 0 ? 'none' : `${value.join(' and ')} alone`));
    return `Of ${names.map((field) => field.name).join(', ')}, an entry of ${name} must not have ${texts.join(' or ')}.`;
  };
  return levels.map(of).filter((text) => text !== '');
}

const { read, write, fetch: execute } = Access;

/** A row a reason, with what the code is then; nothing where there is no such reason. */
function refusals(format: PagingFormat): string[][] {
  const page = (format.levels.at(-1) as LevelFormat).page as PageFormat;
  const hasRead = page.readableMask !== 0;
  const hasExecute = page.executableMask !== 0 || page.noExecuteMaskSecond !== 0;
  const hasReserved = format.levels.some((level) =>
    [level.pointer, level.page].some(
      (shape) => shape !== null && (shape.reservedMask | shape.reservedMaskSecond) !== 0,
    ),
  );
  const text = (status: number, access: Access, level = format.levels.length): string =>
    format.exceptionText(format.exceptionCode(status, level, access, true), faultKind(status));
  const row = (reason: string, status: number, level?: number): string[] => [
    reason,
    ...[read, write, execute].map((access) => text(status, access, level)),
  ];
  return [
    ...format.levels.map(({ name }, depth) => row(`no entry in ${name}`, AccessStatus.absent, depth + 1)),
    row("the supervisor's page", AccessStatus.privilege),
    [
      'no such right',
      hasRead ? text(AccessStatus.read, read) : '',
      text(AccessStatus.write, write),
      hasExecute ? text(AccessStatus.execute, execute) : '',
    ],
    ...(hasReserved ? [row('something reserved is set', AccessStatus.reserved)] : []),
    ...(format.addressBits > 32 ? [row('the upper bits of the address differ', AccessStatus.address)] : []),
    row('no memory where a table should be', AccessStatus.illegal),
    row('no memory where the page should be', AccessStatus.bus),
  ];
}

interface NamedLayout {
  readonly layout: EntryLayout;
  readonly title: string;
}

/** Each layout once, with the tables that have it. */
function layoutsOf(format: PagingFormat): NamedLayout[] {
  const pointers = new Map<EntryLayout, string[]>();
  for (const { name, pointer } of format.levels)
    if (pointer !== null) pointers.set(pointer.layout, [...(pointers.get(pointer.layout) ?? []), name]);
  const pages = format.levels.flatMap(({ name, page }) =>
    page === null ? [] : [{ layout: page.layout, title: `entry of ${name} that maps ${pageText(format, page)}` }],
  );
  return [
    ...[...pointers].map(([layout, names]) => ({
      layout,
      title: `entry of ${names.join(' or ')} that points to a table`,
    })),
    ...pages,
  ];
}

function layoutTable({ fields }: EntryLayout): string {
  const rows = [...fields]
    .sort((one, other) => other.bit - one.bit)
    .map((field) => [bits(field), nameOf(field), field.meaning]);
  return table(['bits', 'name', 'meaning'], rows);
}

function bits({ bit, width }: Field): string {
  return width === 1 ? String(bit) : `${bit + width - 1} to ${bit}`;
}

function nameOf({ name, meaning }: Field): string {
  return meaning === 'reserved' && name.startsWith('reserved') ? '' : `\`${name}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

if (import.meta.main) await writeFile(path.join(root, 'docs', 'machines.md'), machinesPage());
