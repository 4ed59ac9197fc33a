import { strict as assert } from 'node:assert';
import { answer, Requester } from '../../media/protocol/channel.ts';
import type { InspectContext, Request } from '../../media/protocol/messages.ts';
import { PanelError } from '../../media/protocol/panel-error.ts';
import { contrast, ensureContrast, parseColor, type Rgb } from '../../media/shared/color.ts';
import { addressText, endText, hex, pageText, sizeText } from '../../media/shared/format.ts';
import { Latest } from '../../media/shared/latest.ts';
import {
  chooseCluster,
  chooseProcess,
  choiceOf,
  emptyMessage,
  followCurrent,
  noSession,
  repairView,
} from '../../media/shared/panel-state.ts';
import { makeTheme } from '../../media/shared/theme.ts';
import { context } from './fixtures.ts';
import { themes } from './themes.ts';

describe('format', () => {
  it('groups addresses, and extends the sign of the upper half', () => {
    assert.equal(addressText(0x2000000, 32), '0200 0000');
    assert.equal(addressText(0x7ffff7dd5000, 48), '7fff f7dd 5000');
    assert.equal(addressText(0x800000000000, 48), 'ffff 8000 0000 0000');
    assert.equal(addressText(2 ** 38, 39), 'ffff ffc0 0000 0000');
    assert.equal(addressText(0x1000, 39), '0000 0000 1000');
    assert.equal(endText(2 ** 32, 32), '1 0000 0000');
    assert.equal(endText(2 ** 47, 48), '8000 0000 0000');
    assert.equal(endText(2 ** 48, 48), '1 0000 0000 0000 0000');
    assert.equal(endText(0xc0100000, 32), 'c010 0000');
    assert.equal(pageText(4, 32), '0x00004');
    assert.equal(pageText(4, 48), '0x000000004');
    assert.equal(pageText(4, 39), '0x0000004');
    assert.equal(hex(0xabc, 4), '0x0abc');
  });

  it('writes sizes in three digits', () => {
    assert.deepEqual([0, 4096, 45_056, 1_400_000, 2 ** 32, 2 ** 48].map(sizeText), [
      '0 B',
      '4 KiB',
      '44 KiB',
      '1.34 MiB',
      '4 GiB',
      '256 TiB',
    ]);
  });
});

describe('requests over a port', () => {
  it('ends each: answered, refused, or timed out', async () => {
    const posted: Request[] = [];
    const requester = new Requester((request) => posted.push(request), 30);
    const good = requester.request('machine', {});
    const bad = requester.request('page', { vpn: 1 });
    const lost = requester.request('machine', {});
    requester.settle(await answer(posted[0] as Request, () => Promise.resolve({ preset: 'tsar' })));
    requester.settle(await answer(posted[1] as Request, () => Promise.reject(new Error('no such page'))));
    requester.settle({ type: 'reply', id: 99, ok: true, body: null });
    assert.deepEqual(await good, { preset: 'tsar' });
    await assert.rejects(bad, /no such page/);
    const gone = requester.request('page', { process: 'child', vpn: 1 });
    const refusal = new PanelError('unknown-process', 'no child');
    requester.settle(await answer(posted[3] as Request, () => Promise.reject(refusal)));
    await assert.rejects(gone, { name: 'PanelError', code: 'unknown-process', message: 'no child' });
    await assert.rejects(lost, /no answer to 'machine' within 0.03 s/);
  });

  it('runs the newest of many jobs and drops the rest', async () => {
    const done: number[] = [];
    let finished: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (finished = resolve));
    const latest = new Latest<number>((value) => { done.push(value); finished(); }, () => undefined); // prettier-ignore
    let runs = 0;
    for (let job = 1; job <= 50; job++) {
      latest.run(() => {
        runs++;
        return Promise.resolve(job);
      });
    }
    await all;
    assert.deepEqual([done, runs], [[50], 2]);
  });
});

describe('choice of process and cluster', () => {
  it('follows until something is chosen, and starts over where the choice is gone', () => {
    assert.deepEqual(choiceOf(followCurrent), {});
    const child = chooseProcess(followCurrent, 'child');
    assert.deepEqual(choiceOf(child), { process: 'child' });
    assert.deepEqual(choiceOf(chooseCluster(followCurrent, context, 0)), { process: 'shell', cluster: 0 });
    assert.deepEqual(repairView(child, new PanelError('unknown-process', 'gone')), followCurrent);
    assert.deepEqual(repairView(child, new PanelError('unknown-cluster', 'gone')), followCurrent);
    assert.equal(repairView(child, new Error('the process of the debug adapter has ended')), null);
    assert.equal(repairView(followCurrent, new PanelError('unknown-process', 'gone')), null);
  });

  it('always has a reason for an empty panel', () => {
    const empty: InspectContext = { ...context, process: null, processes: [] };
    assert.match(emptyMessage({ ...noSession, state: 'ended' }, null) ?? '', /ended/);
    assert.match(emptyMessage({ ...noSession, state: 'running' }, null) ?? '', /running/);
    assert.match(emptyMessage({ ...noSession, state: 'stopped' }, empty) ?? '', /No process yet/);
    assert.match(emptyMessage({ ...noSession, state: 'ended' }, empty) ?? '', /ended/);
    assert.equal(emptyMessage({ ...noSession, state: 'stopped' }, context), null);
  });
});

describe('colours', () => {
  it('computes the ratio of the WCAG', () => {
    assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
    assert.equal(contrast([119, 119, 119], [255, 255, 255]).toFixed(2), '4.48');
    assert.deepEqual(parseColor('rgba(31, 31, 31, 0.5)', [1, 1, 1]), [16, 16, 16]);
    assert.deepEqual(parseColor('#ffffff00', [9, 9, 9]), [9, 9, 9]);
    assert.deepEqual(parseColor('#18f'), [17, 136, 255]);
    assert.deepEqual(parseColor('rgb(1 2 3 / 100%)'), [1, 2, 3]);
    assert.equal(parseColor('Canvas'), null);
  });

  const backgrounds = [
    ...Object.values(themes).map((theme) => theme.variables['editor-background'] as string),
    '#fdf6e3',
    '#002b36',
    '#282a36',
    '#808080',
  ];
  for (const text of backgrounds) {
    it(`every kind is readable on ${text}`, () => {
      const background = parseColor(text) as Rgb;
      const { kinds, dim, mark } = makeTheme({ background, foreground: [127, 127, 127], highContrast: false });
      const ratio = (color: string) => contrast(parseColor(color) as Rgb, background);
      for (const [kind, { strong, outline }] of Object.entries(kinds)) {
        assert.ok(ratio(strong) >= 4.5, `${kind} text ${ratio(strong).toFixed(2)}`);
        assert.ok(ratio(outline) >= 3, `${kind} outline ${ratio(outline).toFixed(2)}`);
      }
      assert.ok(ratio(dim) >= 4.5 && ratio(mark) >= 4.5);
      assert.deepEqual(ensureContrast(background, [background], 1), background);
    });
  }
});
