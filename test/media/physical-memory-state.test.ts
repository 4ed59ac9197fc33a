import { strict as assert } from 'node:assert';
import { cellAt, movedCursor } from '../../media/physical-memory/cells.ts';
import * as state from '../../media/physical-memory/state.ts';
import type { FrameMapModel } from '../../media/protocol/messages.ts';
import { initials } from '../../media/shared/owners.ts';
import { almosMkh } from '../../simulator/kernels/almos-mkh/kernel.ts';
import { MachineSession } from './machine-session.ts';

describe('state of physical memory', () => {
  const session = new MachineSession(almosMkh, { forks: true });
  const ask = (start: number, count: number, perRow = 16) =>
    session.inspector.answer('frameMap', { cluster: 0, perRow, start, count }) as FrameMapModel;
  const shown = state.withWindow(state.initialState, ask(0, 200));

  it('joins windows of one stop, and starts anew at another width', () => {
    const first = state.withWindow(state.initialState, ask(0, 3));
    assert.deepEqual(state.missingRows(first, 0, 5), { start: 3, count: 2 });
    const both = state.withWindow(first, ask(3, 3));
    assert.deepEqual([...both.rows.keys()], [0, 1, 2, 3, 4, 5]);
    assert.equal(state.missingRows(both, 0, 6), null);
    assert.equal(state.withWindow(both, ask(0, 2, 8)).rows.size, 2);
  });

  it('walks from frame to frame and over whole blocks', () => {
    const { facts, rows } = shown;
    assert.ok(facts !== null);
    const reserved = facts.totals.find(({ content }) => content === 'kernel')?.frames ?? 0;
    const move = (cursor: number, key: string) => movedCursor(rows, facts, cursor, key, 4);
    assert.equal(move(0, 'ArrowRight'), reserved);
    assert.equal(move(reserved, 'ArrowLeft'), reserved - 1);
    assert.equal(move(reserved, 'ArrowDown'), reserved + 16);
    assert.equal(move(reserved + 3, 'End'), reserved + 15);
    assert.equal(move(0, 'ArrowUp'), 0);
    assert.equal(move(reserved, 'x'), null);
    const last = shown.rows.get(facts.total - 1);
    assert.ok(last !== undefined);
    assert.equal(cellAt(last, facts, facts.frames - 1)?.kind.content, 'free');
    assert.equal(move(last.page, 'ArrowRight'), facts.frames - 1);
  });

  it('says in words what the picture shows', () => {
    const { lines, cluster, panel } = state.describe(shown);
    assert.deepEqual([panel, cluster], ['physicalMemory', '0,0']);
    assert.match(lines[0] ?? '', /^[\d,]+ of 4,096 free · /);
    assert.ok(
      lines.some((line) => /frame 0x[\da-f]+, user of shell, child, copy-on-write/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.some((line) => /page table of shell/.test(line)));
  });

  it('gives every process letters of its own', () => {
    const letters = (...names: string[]) => [...initials(names).values()];
    assert.deepEqual(letters('shell', 'log', 'db'), ['s', 'l', 'd']);
    assert.deepEqual(letters('child', 'cat'), ['ch', 'ca']);
    assert.deepEqual(letters('app', 'app.fork1', 'app.fork2'), ['a1', 'a2', 'a3']);
  });

  it('shows the busiest of very many clusters, and the chosen one', () => {
    const banks = Array.from({ length: 256 }, (_, index) => ({
      cluster: { index, x: index >> 4, y: index & 15 },
      frames: 1024,
      free: index === 200 ? 10 : 768,
    }));
    const shownBanks = state.banksShown(banks, 255).map(({ cluster }) => cluster.index);
    assert.ok(shownBanks.includes(200) && shownBanks.includes(255) && shownBanks.length < 40);
    assert.equal(state.banksShown(banks.slice(0, 16), 3).length, 16);
  });

  it('keeps what was chosen over a reload, and nothing that is wrong', () => {
    const chosen = { ...shown, cluster: 3, coloring: 'sharing' as const, selected: 270 };
    const again = state.restoredState(state.savedOf(chosen));
    assert.deepEqual([again.cluster, again.coloring, again.selected], [3, 'sharing', 270]);
    assert.deepEqual(state.restoredState({ version: 1, cluster: 'x', coloring: 'pink' }).coloring, 'owner');
    assert.equal(state.restoredState(null), state.initialState);
  });
});
