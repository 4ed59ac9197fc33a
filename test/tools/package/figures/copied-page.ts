// The page-table entry of a page that a write copies: before, after, and what led from one to the other.
import assert from 'node:assert/strict';
import type { EntryModel, PageModel } from '../../../../simulator/inspect/models.ts';
import { StoppedExample } from './stopped-example.ts';

/** The page of `buf`, by number. */
const vpn = 0x2000;
const WIDTH = 62;

export function copiedPage(): string {
  const example = new StoppedExample('cow-fork.walk');
  example.runTo('the copy happens here');
  const before = example.answer<PageModel>('page', { vpn });
  example.step();
  const after = example.answer<PageModel>('page', { vpn });
  assert(before.entry !== null && after.entry !== null);
  const names = after.entry.bits.map(({ name }) => name);
  return [
    '  as child {',
    '▶     write(buf, 42)          // the copy happens here',
    '',
    `┌─${` page 0x0${(vpn * 4096).toString(16)} of child `.padEnd(WIDTH - 1, '─')}┐`,
    boxed(`          frame    ${names.map((name) => name.padEnd(3)).join('')}`),
    boxed(entryText('before', before.entry)),
    boxed(entryText('after', after.entry)),
    `└${'─'.repeat(WIDTH)}┘`,
    ...after.why.filter(({ text }) => !text.startsWith('before:')).map(({ text }) => `  ↳ ${text}`),
  ].join('\n');
}

function entryText(title: string, { ppn, bits }: EntryModel): string {
  const cells = bits.map(({ set }) => (set ? '■' : '·').padEnd(3));
  return `  ${title.padEnd(8)}0x${ppn.toString(16).padEnd(7)}${cells.join('')}`;
}

function boxed(text: string): string {
  return `│${text.padEnd(WIDTH)}│`;
}
