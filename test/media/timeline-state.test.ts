import { strict as assert } from 'node:assert';
import { rangeOf } from '../../media/timeline/curves.ts';
import { fitText, placeLanes, stepOf, thingAt, ticks, xOf } from '../../media/timeline/layout.ts';
import * as state from '../../media/timeline/state.ts';
import type { TimelineReply } from '../../media/protocol/messages.ts';
import { lunaix } from '../../simulator/kernels/lunaix/kernel.ts';
import { ScenarioSession } from './machine-session.ts';

const source = `process app { code 1 page  data 1 page }
as app {
    let a = mmap(4 pages, rw)
    for i in 0..4 { write(a + i * 4096, 1) }
}
`;

describe('state of the timeline', () => {
  const { inspector } = new ScenarioSession(lunaix, source);
  const ask = (args: object = {}) => inspector.answer('timeline', { buckets: 500, ...args }) as TimelineReply;
  const model = ask();
  const shown = state.withModel(state.initialState, model);
  const whole = model.recorded;

  it('zooms around the cursor, pans, and never leaves the run', () => {
    const near = state.zoomed({ ...shown, cursor: Math.floor(whole / 2) }, 0.5);
    assert.equal((near.view?.to ?? 0) - (near.view?.from ?? 0), Math.round(whole / 2));
    const left = state.panned(state.panned(near, -5), -5);
    assert.equal(left.view?.from, 0);
    assert.equal(state.panned(near, 50).view?.to, whole);
    assert.equal(state.zoomed(near, 4).view, null);
    let deep = shown;
    for (let time = 0; time < 40; time++) deep = state.zoomed(deep, 0.5);
    assert.ok((deep.view?.to ?? 0) - (deep.view?.from ?? 0) >= 12, 'it stays wide enough to read');
  });

  it('fits the selection, then the whole run', () => {
    const selected = state.withSelection(shown, { from: 10, to: 40 });
    const fit = state.fitted(selected);
    assert.deepEqual(fit.view, { from: 10, to: 40 });
    assert.equal(state.fitted(fit).view, null);
    assert.equal(state.withSelection(shown, { from: 40, to: 40 }).selection, null);
  });

  it('makes a selection of the innermost slice under the cursor', () => {
    const fault = model.slices.find(({ kind }) => kind === 'fault');
    assert.ok(fault !== undefined);
    const selected = state.selectSlice({ ...shown, cursor: fault.from });
    assert.deepEqual(selected.selection, { from: fault.from, to: fault.to });
  });

  it('moves to where the simulation stops, and forgets the cursor then', () => {
    const away = { ...shown, view: { from: 0, to: 20 }, cursor: 3 };
    const next = state.withModel(away, { ...model, stop: model.stop + 1, from: 0, to: 20, position: 200 });
    assert.ok(next.view !== null && next.view.from <= 200 && next.view.to >= 200);
    assert.equal(next.view.to - next.view.from, 20);
    assert.equal(next.cursor, null);
    assert.equal(state.cursorOf(next), 200);
  });

  it('opens few lanes, and remembers what was opened and closed', () => {
    const lane = model.lanes.find(({ depth }) => depth > 1);
    assert.ok(lane !== undefined && state.isOpen(shown, lane));
    const closed = state.withToggled(shown, lane);
    assert.equal(state.isOpen(closed, lane), false);
    const { height } = placeLanes(shown);
    assert.ok(placeLanes(closed).height < height);
    const again = state.restoredState(state.savedOf(closed));
    assert.deepEqual(again.open, closed.open);
    assert.equal(state.restoredState({ version: 1, view: { from: 5, to: 2 }, kind: 'x' }).view, null);
  });

  it('finds what is under the pointer', () => {
    const { places } = placeLanes(shown);
    const view = state.shownOf(shown);
    const slice = model.slices.find(({ kind }) => kind === 'fault');
    const place = places.find(({ lane }) => lane.id === slice?.lane);
    assert.ok(slice !== undefined && place !== undefined);
    const x = xOf(view, 800, (slice.from + slice.to) / 2);
    const thing = thingAt(model, places, view, 800, x, place.top + slice.depth * 15 + 3);
    assert.deepEqual(thing, { slice });
    assert.equal(thingAt(model, places, view, 800, x, 5), null);
    assert.equal(Math.round(stepOf(view, 800, xOf(view, 800, 123))), 123);
  });

  it('cuts labels to their room, and leaves out what would be no word', () => {
    const measure = (text: string) => text.length * 6;
    assert.equal(fitText('statement', 60, measure), 'statement');
    assert.equal(fitText('statement', 40, measure), 'state…');
    assert.equal(fitText('statement', 20, measure), '');
  });

  it('numbers the axis with round steps that do not touch', () => {
    const found = ticks({ from: 95, to: 2900 }, 700);
    assert.ok(found.length >= 4 && found.length <= 10, found.join());
    const [one, other] = found;
    assert.equal((one ?? 1) % ((other ?? 0) - (one ?? 0)), 0);
    assert.deepEqual(rangeOf([7, 7]), [6, 8]);
  });

  it('says in words what the picture shows', () => {
    const { lines, panel } = state.describe(shown);
    assert.equal(panel, 'timeline');
    assert.match(lines[0] ?? '', /^step 0 of \d+$/);
    assert.ok(
      lines.some((line) => /app@0 fault: fault at 0x/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.some((line) => /^\d+ faults$/.test(line)));
    assert.match(state.messageOf(state.initialState) ?? '', /Nothing has run yet/);
  });
});
