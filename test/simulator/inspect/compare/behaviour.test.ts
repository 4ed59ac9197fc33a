import { strict as assert } from 'node:assert';
import type { EventName, FieldsOfEvent } from '../../../../simulator/hardware/event-shapes.ts';
import type { CommonEvent } from '../../../../simulator/hardware/trace-event.ts';
import {
  countedOf,
  EpisodeBuilder,
  firstDifference,
  isCompared,
  kindNames,
  signatureOf,
  type ComparedEvent,
} from '../../../../simulator/inspect/compare/behaviour.ts';

let nextId = 0;

/** What a test does not say of an event does not matter to it. */
function event<N extends EventName>(name: N, fields: Partial<FieldsOfEvent<N>> = {}, thread = 'app'): CommonEvent<N> {
  const id = nextId++;
  const head = {
    id,
    name,
    isOwn: false,
    step: id,
    cycle: id,
    core: 0,
    cluster: 0,
    owner: 1,
    thread,
    line: 3,
    cause: -1,
  };
  return { ...head, fields } as unknown as CommonEvent<N>;
}

function built(events: readonly ComparedEvent[], keep = -1): EpisodeBuilder {
  const builder = new EpisodeBuilder(false, keep);
  for (const one of events) builder.add(one);
  builder.close();
  return builder;
}

const told = (events: readonly ComparedEvent[]): string[][] => built(events).runs.map(({ kinds }) => kindNames(kinds));
const demand = (ppn: number, vpn: number): ComparedEvent[] => [
  event('page-alloc', { ppn }),
  event('page-zero', { ppn }),
  event('pte-set', { vpn, ppn }),
  event('page-fault'),
];

describe('behaviour that is compared', () => {
  it('leaves out the hardware, waiting, messages, and the kernel’s own thread', () => {
    for (const name of [
      'access',
      'tlb-hit',
      'tlb-miss',
      'page-walk',
      'tlb-flush',
      'remote-access',
      'lock-wait',
      'rpc',
    ] as const)
      assert.equal(isCompared(event(name)), false, name);
    assert.equal(isCompared(event('pte-set')), true);
    assert.equal(isCompared(event('pte-set', {}, 'kernel')), false);
  });

  it('does not see frames of tables, however many', () => {
    const table = (ppn: number): ComparedEvent[] => [event('page-alloc', { ppn }), event('page-zero', { ppn })];
    const one = built([...table(1), ...demand(9, 5)]);
    const three = built([...table(1), ...table(2), ...table(3), ...demand(9, 5)]);
    assert.equal(signatureOf(one.runs), signatureOf(three.runs));
    assert.deepEqual(told([...table(1), ...demand(9, 5)]), [['page-alloc', 'page-zero', 'pte-set', 'page-fault']]);
  });

  it('does not see the order within a trap, but sees each trap', () => {
    const [allocated, zeroed, set, fault] = demand(9, 5) as [
      ComparedEvent,
      ComparedEvent,
      ComparedEvent,
      ComparedEvent,
    ];
    assert.equal(signatureOf(built([zeroed, set, allocated, fault]).runs), signatureOf(built(demand(9, 5)).runs));
    const twice = built([...demand(1, 1), ...demand(2, 2)]);
    assert.equal(twice.count, 2);
    // Two pages in one trap are another behaviour than one page in each of two.
    const around = built([...demand(1, 1).slice(0, 3), ...demand(2, 2)]);
    assert.equal(around.count, 1);
    assert.notEqual(signatureOf(twice.runs), signatureOf(around.runs));
  });

  it('knows one source of a page: zeroes that the same trap overwrites are none', () => {
    const filled = [
      event('page-zero', { ppn: 9 }),
      event('page-in'),
      event('pte-set', { vpn: 5, ppn: 9 }),
      event('page-fault'),
    ];
    assert.deepEqual(told(filled), [['page-in', 'pte-set', 'page-fault']]);
  });

  it('tells a replaced entry from a removed one, and both from a window that closes again', () => {
    const replaced = [event('pte-clear', { vpn: 4 }), event('pte-set', { vpn: 4, ppn: 1 })];
    assert.deepEqual(
      countedOf(replaced).map(({ name }) => name),
      ['pte-set'],
    );
    const window = [event('pte-set', { vpn: 4, ppn: 1 }), event('pte-clear', { vpn: 4, ppn: 1 })];
    assert.deepEqual(countedOf(window), []);
    const removed = [event('pte-clear', { vpn: 4 }), event('pte-set', { vpn: 5, ppn: 1 })];
    assert.deepEqual(
      countedOf(removed).map(({ name }) => name),
      ['pte-clear', 'pte-set'],
    );
    assert.deepEqual(told([event('pte-clear')]), [['pte-clear']]);
  });

  it('tells a refusal from a refusal for want of memory', () => {
    assert.deepEqual(told([event('segv'), event('oom')]), [['oom', 'segv']]);
    assert.deepEqual(told([event('segv'), ...demand(1, 1)])[0], ['segv']);
    const three = built([event('segv'), event('segv'), event('oom')], 1);
    assert.deepEqual(
      three.runs.map(({ count }) => count),
      [1, 1],
    );
    assert.deepEqual(
      three.kept.map(({ name }) => name),
      ['segv', 'oom'],
    );
  });

  it('does not see the regions of a process that is being made', () => {
    const builder = new EpisodeBuilder(true);
    for (const one of [event('region-create'), event('pte-set', { vpn: 1, ppn: 1 })]) builder.add(one);
    builder.close();
    assert.deepEqual(kindNames(builder.runs[0]?.kinds ?? 0), ['pte-set']);
  });

  it('keeps the events of the episode that is asked for', () => {
    const builder = built([...demand(1, 1), ...demand(2, 2), ...demand(3, 3)], 1);
    assert.deepEqual(
      builder.kept.map((one) => ('ppn' in one.fields ? one.fields.ppn : undefined)),
      [2, 2, 2, undefined],
    );
  });

  it('finds the first episode that differs, through runs of equal ones', () => {
    const many = (count: number): ComparedEvent[] => Array.from({ length: count }, (_, at) => demand(at, at)).flat();
    const copy = [event('page-copy'), event('pte-set', { vpn: 1, ppn: 1 }), event('cow-fault')];
    const one = built([...many(5), ...copy, ...many(2)]).runs;
    const other = built([...many(5), ...many(3)]).runs;
    assert.equal(firstDifference(one, one), null);
    const found = firstDifference(one, other);
    assert.equal(found?.episode, 5);
    assert.deepEqual(kindNames(found.kinds[0] ?? 0), ['page-copy', 'pte-set', 'cow-fault']);
    const shorter = firstDifference(built(many(5)).runs, built(many(3)).runs);
    assert.deepEqual([shorter?.episode, shorter?.kinds[1]], [3, null]);
  });
});
