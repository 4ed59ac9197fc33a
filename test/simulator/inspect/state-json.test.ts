import { strict as assert } from 'node:assert';
import { plainJson } from '../../../simulator/inspect/plain-json.ts';
import { runState, type ProcessJson, type RegionJson, type RunState } from '../../../simulator/inspect/state-json.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { runToEnd, simulationOf } from '../session/simulations.ts';

function finished(text: string): Simulation {
  return runToEnd(simulationOf(text));
}

function stateOf(text: string, change: { withFrames?: boolean } = {}): RunState {
  const { kernel, world } = finished(text);
  return runState({ kernel, world, ...change });
}

function processOf(state: RunState, name: string): ProcessJson {
  const process = state.processes.find((one) => one.name === name);
  assert.ok(process !== undefined, `no process ${name}`);
  return process;
}

function regionsOf(process: ProcessJson, kind: string): RegionJson[] {
  return process.regions.filter((region) => region.kind === kind);
}

const header = 'process a { code 1 page data 2 pages }\n';

describe('the JSON state of a run', () => {
  it('names machine and kernel', () => {
    const state = stateOf('machine tsar { mesh 1x2 cores 3 memory 8MiB }\n');
    assert.deepEqual(state.machine, {
      preset: 'tsar',
      mesh: [1, 2],
      cores: 3,
      memory: 8 << 20,
      paging: 'tsar',
      pageSize: 4096,
    });
    assert.equal(state.kernel, 'almos-mkh');
    assert.deepEqual(
      state.clusters.map(({ cluster, frames }) => ({ cluster, frames })),
      [
        { cluster: [0, 0], frames: 2048 },
        { cluster: [0, 1], frames: 2048 },
      ],
    );
  });

  it('counts resident pages of a region by its present entries', () => {
    const state = stateOf(`${header}as a {\n let m = mmap(5 pages, rw)\n write(m, 1)\n read(m + 3 pages)\n }`);
    const [anon] = regionsOf(processOf(state, 'a'), 'anon');
    assert.equal(anon?.residentPages, 2);
    assert.equal(Number(anon.end) - Number(anon.start), 5 * 4096);
    assert.equal(anon.prot, 'rw-');
    assert.deepEqual(anon.cluster, [0, 0]);
    assert.equal(anon.sharedPages, 0);
  });

  it('gives the words of an entry in the order of the machine, the attributes of TSAR above', () => {
    const text = `${header}as a {\n let m = mmap(1 page, rw)\n write(m, 7)\n print pte(m).raw\n print pte(m).ppn\n print m / 4096\n}`;
    const state = stateOf(text);
    const [raw, ppn, vpn] = state.prints.map(BigInt) as [bigint, bigint, bigint];
    const entries = processOf(state, 'a').pageTables[0]?.entries ?? [];
    const entry = entries.find((one) => BigInt(one.vpn) === vpn);
    assert.ok(entry !== undefined);
    assert.equal(BigInt(entry.raw), raw);
    assert.equal(BigInt(entry.raw) & 0xfff_ffffn, ppn);
    assert.equal(BigInt(entry.raw) >> 63n, 1n, 'the valid bit of word 0');
    assert.equal(BigInt(entry.ppn), ppn);
    assert.equal(entry.flags, 'r w u accessed dirty');
    assert.equal(entry.big, false);
  });

  it('sorts entries by page and regions by start', () => {
    const text = `${header}as a {\n let m = mmap(1 page, rw)\n let n = mmap(9 pages, rw)\n write(n + 8 pages, 1)\n write(m, 1)\n write(n, 1)\n write(a.data, 1)\n}`;
    const process = processOf(stateOf(text), 'a');
    const starts = process.regions.map(({ start }) => Number(start));
    assert.deepEqual(
      starts,
      [...starts].sort((left, right) => left - right),
    );
    const vpns = process.pageTables[0]?.entries.map(({ vpn }) => Number(vpn)) ?? [];
    assert.ok(vpns.length >= 4);
    assert.deepEqual(
      vpns,
      [...vpns].sort((left, right) => left - right),
    );
  });

  it('counts pages that another live process also maps', () => {
    const text = `${header}as a {\n let m = mmap(4 pages, rw)\n touch(m, 4 pages, w)\n let c = fork()\n}\nas c { write(m, 1) }`;
    const state = stateOf(text);
    for (const name of ['a', 'c']) {
      const [anon] = regionsOf(processOf(state, name), 'anon');
      assert.deepEqual([name, anon?.residentPages, anon?.sharedPages], [name, 4, 3]);
    }
  });

  it('shows a dead process as it was just before its exit', () => {
    const text = `${header}as a {\n let m = mmap(4 pages, rw)\n touch(m, 4 pages, w)\n let c = fork()\n}\nas c { write(m, 1) exit() }`;
    const state = stateOf(text);
    const child = processOf(state, 'c');
    assert.equal(child.alive, false);
    const [anon] = regionsOf(child, 'anon');
    assert.deepEqual([anon?.residentPages, anon?.sharedPages], [4, 3]);
    assert.equal(child.pageTables[0]?.entries.filter(({ flags }) => flags.includes('cow')).length, 3);
    const parent = regionsOf(processOf(state, 'a'), 'anon')[0];
    assert.deepEqual([parent?.residentPages, parent?.sharedPages], [4, 0], 'nobody else lives');
  });

  it('lists what a killed process had', () => {
    const text = `${header}as a {\n let m = mmap(2 pages, rw)\n write(m, 1)\n expect read(0x10) kills\n}`;
    const process = processOf(stateOf(text), 'a');
    assert.equal(process.alive, false);
    assert.equal(regionsOf(process, 'anon')[0]?.residentPages, 1);
  });

  it('counts each cluster’s own copy of a region by itself', () => {
    const text =
      'process a { code 3 pages data 0 pages }\nthread far of a at (1,1)\n' +
      'as a { fetch(a.code) fetch(a.code + 1 page) }\nas far { fetch(a.code) }';
    const copies = regionsOf(processOf(stateOf(text), 'a'), 'code').filter(({ name }) => name === 'code');
    assert.deepEqual(
      copies.map(({ cluster, residentPages }) => ({ cluster, residentPages })),
      [
        { cluster: [0, 0], residentPages: 2 },
        { cluster: [1, 1], residentPages: 1 },
      ],
    );
  });

  it('counts a page once that tables of two clusters map', () => {
    const text = `${header}thread far of a at (1,0)\nas a {\n let m = mmap(2 pages, rw)\n write(m, 1)\n}\nas far { write(m, 2) }`;
    const process = processOf(stateOf(text), 'a');
    assert.equal(process.pageTables.length, 2);
    assert.deepEqual(
      regionsOf(process, 'anon').map(({ residentPages, sharedPages }) => [residentPages, sharedPages]),
      [[1, 0]],
    );
  });

  it('counts events of everyone and of each process', () => {
    const text = `${header}as a {\n let m = mmap(3 pages, rw)\n touch(m, 3 pages, w)\n let c = fork()\n}\nas c { write(m, 1) }\nas a { exit() }`;
    const state = stateOf(text);
    assert.equal(state.counters['page-fault'], 3);
    assert.equal(processOf(state, 'a').counters['page-fault'], 3);
    assert.equal(processOf(state, 'c').counters['cow-fault'], 1);
    const total = state.processes.reduce((sum, { counters }) => sum + (counters['access'] ?? 0), 0);
    assert.equal(state.counters['access'], total);
  });

  it('lists frames on demand only', () => {
    assert.equal(stateOf(header).frames, undefined);
    const state = stateOf(`${header}as a {\n let m = mmap(1 page, rw)\n write(m, 1)\n print pte(m).ppn\n}`, {
      withFrames: true,
    });
    assert.equal(state.frames?.length, 4 * 4096);
    const used = state.frames.find(({ ppn }) => BigInt(ppn) === BigInt(state.prints[0] as string));
    assert.deepEqual({ ...used, ppn: '' }, { ppn: '', cluster: [0, 0], state: 'user', refs: 1 });
    const free = state.frames.filter(({ state: word }) => word === 'free').length;
    assert.equal(
      free,
      state.clusters.reduce((sum, cluster) => sum + cluster.free, 0),
    );
  });

  it('tells a panic, a failure and the prints', () => {
    const state = stateOf(`${header}print "one"\nprint 1 << 63\nexpect 1 == 2\nprint "still"`);
    assert.equal(state.ok, false);
    assert.deepEqual(state.prints, ['one', '9223372036854775808', 'still']);
    assert.deepEqual(state.expectations, { passed: 0, failed: 1 });
    const [found] = state.diagnostics;
    assert.deepEqual([found?.code, found?.line, found?.column, found?.severity], ['WALK201', 5, 8, 'error']);
    assert.equal(state.panic, null);
  });

  it('takes a report of several runs, and tests', () => {
    const { kernel, world } = finished(header);
    const prints = [{ text: 'p', line: 1 }];
    const report = { passed: 3, failed: 0, prints, moreLines: 0, diagnostics: [], emulated: [] };
    const state = runState({ kernel, world, report, tests: [{ name: 't', ok: false, message: 'm' }] });
    assert.equal(state.ok, false, 'a test failed');
    assert.deepEqual(state.prints, ['p']);
    assert.deepEqual(state.tests, [{ name: 't', ok: false, message: 'm' }]);
    assert.deepEqual(state.expectations, { passed: 3, failed: 0 });
  });

  it('changes nothing', () => {
    const { kernel, world } = finished(`${header}as a {\n let m = mmap(1 page, rw)\n write(m, 1)\n}`);
    const first = JSON.stringify(runState({ kernel, world, withFrames: true }));
    assert.equal(JSON.stringify(runState({ kernel, world, withFrames: true })), first);
  });

  it('is JSON: nothing is lost on the way', () => {
    const state = stateOf(`${header}as a {\n let m = mmap(1 page, rw)\n write(m, 1)\n}`);
    assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
    assert.ok((state.kernelState['vseg'] as unknown[]).length > 0);
  });
});

describe('kernel objects as JSON', () => {
  it('writes integers that a JSON number cannot carry in hexadecimal', () => {
    assert.deepEqual(plainJson([2 ** 53 - 1, 2 ** 53, -(2 ** 60), 5n, -5n, 2n ** 64n - 1n]), [
      9007199254740991,
      '0x20000000000000',
      '-0x1000000000000000',
      '0x5',
      '-0x5',
      '0xffffffffffffffff',
    ]);
  });

  it('keeps fractions, drops what is no data, and gives null for what no number is', () => {
    assert.deepEqual(plainJson({ half: 0.5, none: undefined, call: () => 1, nan: NaN, endless: Infinity, nil: null }), {
      half: 0.5,
      nan: null,
      endless: null,
      nil: null,
    });
  });

  it('lists maps, sets and typed arrays by their values', () => {
    const value = {
      map: new Map([['a', 1]]),
      set: new Set([2]),
      words: new Uint32Array([3]),
      big: new BigInt64Array([-1n]),
    };
    assert.deepEqual(plainJson(value), { map: [1], set: [2], words: [3], big: ['-0x1'] });
  });

  it('takes the same object twice, but none inside itself', () => {
    const shared = { x: 1 };
    assert.deepEqual(plainJson([shared, shared]), [{ x: 1 }, { x: 1 }]);
    const loop: { self?: object } = {};
    loop.self = loop;
    assert.throws(() => plainJson(loop), /contains itself/);
  });
});
