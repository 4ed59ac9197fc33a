import { strict as assert } from 'node:assert';
import type { Browser } from 'playwright-core';
import type { Request, SessionStatus } from '../../media/protocol/messages.ts';
import { almosMkh } from '../../simulator/kernels/almos-mkh/kernel.ts';
import { wholeKernels } from '../../simulator/kernels/registry.ts';
import { until } from '../lifetime/waiting.ts';
import { MachineSession } from './machine-session.ts';
import { bundlePanels, openBrowser, openPanel, violations, type PanelPage } from './panel-page.ts';
import { themes, type PageTheme } from './themes.ts';

const stopped: SessionStatus = { state: 'stopped', name: 'cow-fork.walk', reason: 'step', stop: 7 };

/** Panels about the machine, and what each draws at a stop. */
const contents = { 'physical-memory': '.frame.data', cluster: '.cluster.chosen' } as const;
type MachinePanel = keyof typeof contents;
const panels = Object.keys(contents) as MachinePanel[];

describe('panels about the machine in a browser', () => {
  let browser: Browser;
  let bundle: Awaited<ReturnType<typeof bundlePanels>>;
  let session: MachineSession;

  before(async () => {
    [browser, bundle] = await Promise.all([openBrowser(), bundlePanels()]);
    session = new MachineSession(almosMkh, { forks: true });
  });
  after(async () => {
    await browser.close();
    await bundle.remove();
  });

  async function open(panel: MachinePanel, options: Partial<Parameters<typeof openPanel>[1]> = {}): Promise<PanelPage> {
    const opened = await openPanel(browser, {
      folder: bundle.folder,
      panel,
      theme: themes.dark,
      handle: session.handle,
      ...options,
    });
    return opened;
  }

  async function openStopped(
    panel: MachinePanel,
    options: Partial<Parameters<typeof openPanel>[1]> = {},
  ): Promise<PanelPage> {
    const opened = await open(panel, options);
    await opened.tell({ type: 'session', session: stopped });
    await opened.page.waitForSelector(contents[panel]);
    return opened;
  }

  for (const panel of panels) {
    for (const theme of Object.values<PageTheme>(themes))
      it(`${panel} has no accessibility violation in ${theme.name}`, async () => {
        const empty = await open(panel, { theme });
        await empty.page.waitForSelector('.empty vscode-button');
        assert.deepEqual(await violations(empty), []);
        await empty.page.context().close();
        const opened = await openStopped(panel, { theme });
        await opened.page.keyboard.press('?');
        await opened.page.waitForSelector('.key-sheet');
        assert.deepEqual(await violations(opened), []);
        assert.deepEqual(opened.problems, []);
        await opened.page.context().close();
      });

    for (const width of [270, 520, 900])
      it(`${panel} fits a column of ${String(width)} pixels`, async () => {
        const opened = await openStopped(panel, { width, height: 620, forcedColors: width === 270 });
        const overflow = await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.equal(overflow, 0);
        assert.deepEqual(opened.problems, []);
        await opened.page.context().close();
      });

    for (const kernel of wholeKernels)
      it(`${panel} shows ${kernel.name}`, async () => {
        const { handle } = new MachineSession(kernel);
        const opened = await openStopped(panel, { handle });
        assert.deepEqual(opened.problems, []);
        await opened.page.context().close();
      });

    it(`${panel} says why it is empty, and its button starts a session`, async () => {
      const opened = await open(panel);
      assert.match(await opened.page.innerText('.empty'), /No simulation is being debugged/);
      await opened.page.click('.empty vscode-button');
      await until(() => opened.received.some((message) => message.type === 'start'), 'the panel asks for a session');
      await opened.page.context().close();
    });

    it(`${panel} tells a failure instead of showing nothing`, async () => {
      const handle = (request: Request) => Promise.reject(new Error(`cannot read ${request.command}`));
      const opened = await open(panel, { handle });
      await opened.tell({ type: 'session', session: stopped });
      await opened.page.waitForFunction(() => document.body.innerText.includes('cannot read'));
      await opened.page.context().close();
    });
  }

  it('walks the frames with the keyboard, selects one, and shows its page in the other panels', async () => {
    const opened = await openStopped('physical-memory');
    const { page } = opened;
    const shared = session.inspector.answer('page', { process: 'shell', vpn: session.buf / 4096 }) as {
      frame: { page: number };
    };
    await opened.tell({ type: 'select', selection: { process: 'shell', cluster: 0, vpn: session.buf / 4096 } });
    await page.waitForSelector('.detail');
    assert.match(await page.innerText('.detail'), /shell[^]*child/);
    await page.focus('.map');
    const active = () => page.getAttribute('.map', 'aria-activedescendant');
    const id = (frame: number) => `frame-${frame.toString(16)}`;
    assert.equal(await active(), id(shared.frame.page));
    await page.keyboard.press('ArrowRight');
    assert.equal(await active(), id(shared.frame.page + 1));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.detail').count(), 0);
    await page.keyboard.press('Enter');
    await page.click('.detail ul .link >> nth=1');
    await until(() => opened.received.some((message) => message.type === 'select'), 'the mapping is selected');
    const selections = opened.received.filter((message) => message.type === 'select');
    assert.equal(selections[0]?.selection.process, 'child');
    await page.context().close();
  });

  it('reaches every cluster, keeps the choice, and marks what a step has changed', async () => {
    const own = new MachineSession(almosMkh);
    const opened = await openStopped('physical-memory', { handle: own.handle });
    const { page } = opened;
    await page.selectOption('.cluster-picker', '3');
    await page.waitForSelector('.frame.kernel');
    await until(() => opened.requests.some(({ args }) => (args as { cluster?: number }).cluster === 3), 'it asks');
    await page.selectOption('.cluster-picker', 'follow');
    await page.waitForSelector('.frame.data');
    own.run.write(own.run.main(own.shell), own.buf + 9 * 4096);
    await opened.tell({ type: 'session', session: { ...stopped, stop: 8 } });
    await page.waitForSelector('.frame.changed');
    const saved = await page.evaluate(() =>
      (window as unknown as { savedPanelState: () => unknown }).savedPanelState(),
    );
    assert.deepEqual(saved, { version: 1, cluster: null, coloring: 'owner', selected: null });
    await page.context().close();
  });

  it('walks the mesh with the keyboard, and shows the memory of a cluster', async () => {
    const opened = await openStopped('cluster');
    const { page } = opened;
    await page.focus('.mesh');
    const active = () => page.getAttribute('.mesh', 'aria-activedescendant');
    assert.equal(await active(), 'cluster-0');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('#cluster-2.chosen');
    assert.equal(await active(), 'cluster-2');
    await page.waitForFunction(() => document.querySelector('.detail h2')?.textContent.includes('1,0') === true);
    await page.keyboard.press('Enter');
    await until(() => opened.received.some(({ type }) => type === 'showMemory'), 'the memory is asked for');
    assert.deepEqual(opened.received.at(-1), { type: 'showMemory', cluster: 2 });
    await page.selectOption('.cluster-picker', '3');
    await page.waitForSelector('#cluster-3.chosen');
    await page.context().close();
  });

  it('reaches every one of 256 clusters at 270 pixels', async () => {
    const large = new MachineSession(almosMkh, { mesh: 16 });
    const opened = await openStopped('cluster', { handle: large.handle, width: 270 });
    const { page } = opened;
    assert.equal(await page.locator('.cluster').count(), 256);
    await page.selectOption('.cluster-picker', '255');
    await page.waitForSelector('#cluster-255.chosen');
    assert.match(await page.innerText('.detail h2'), /15,15/);
    assert.deepEqual(await violations(opened), []);
    await page.context().close();
  });
});
