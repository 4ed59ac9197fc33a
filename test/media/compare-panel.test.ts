import { strict as assert } from 'node:assert';
import type { Browser } from 'playwright-core';
import { until } from '../lifetime/waiting.ts';
import { comparison, done, request, told } from './compare-fixtures.ts';
import { bundlePanels, openBrowser, openPanel, violations, type PanelOptions, type PanelPage } from './panel-page.ts';
import { themes, type PageTheme } from './themes.ts';

describe('panel of compared kernels in a browser', () => {
  let browser: Browser;
  let bundle: Awaited<ReturnType<typeof bundlePanels>>;

  before(async () => {
    [browser, bundle] = await Promise.all([openBrowser(), bundlePanels()]);
  });
  after(async () => {
    await browser.close();
    await bundle.remove();
  });

  const open = (options: Partial<PanelOptions> = {}): Promise<PanelPage> =>
    openPanel(browser, {
      folder: bundle.folder,
      panel: 'compare',
      theme: themes.dark,
      width: 900,
      handle: ({ command }) => Promise.reject(new Error(`nobody answers ${command}`)),
      ...options,
    });

  async function openDone(options: Partial<PanelOptions> = {}): Promise<PanelPage> {
    const opened = await open(options);
    await opened.tell(told());
    await opened.page.waitForSelector('.lines tbody tr');
    return opened;
  }

  for (const theme of Object.values<PageTheme>(themes)) {
    it(`has no accessibility violation in ${theme.name}: done, empty, failed and running`, async () => {
      const opened = await openDone({ theme });
      await opened.tell({ type: 'line', line: 5 });
      await opened.page.waitForSelector('tr.current');
      assert.deepEqual(await violations(opened), []);
      await opened.tell(told({ state: 'failed', request, message: 'line 1: there is no such file' }));
      await opened.page.waitForSelector('.empty [role=alert]');
      assert.deepEqual(await violations(opened), []);
      await opened.page.context().close();
      const empty = await open({ theme });
      await empty.page.waitForSelector('.empty vscode-button');
      assert.deepEqual(await violations(empty), []);
      await empty.tell(told({ state: 'running', request, progress: { column: 'haiku', statements: 1200 } }));
      await empty.page.waitForSelector('.badge');
      assert.deepEqual(await violations(empty), []);
      assert.deepEqual([...opened.problems, ...empty.problems], []);
      await empty.page.context().close();
    });
  }

  it('has a column for each kernel, and the totals stand over the lines', async () => {
    const { page } = await openDone();
    const heads = await page.locator('.lines thead th').allInnerTexts();
    assert.deepEqual(heads, ['line', ...comparison.columns.map(({ name }) => name)]);
    const left = async (selector: string) =>
      page.locator(selector).evaluateAll((cells) => cells.map((one) => Math.round(one.getBoundingClientRect().left)));
    assert.deepEqual(await left('.totals thead th'), (await left('.lines thead th')).slice(1));
    assert.match(await page.innerText('.totals'), /pages copied\s+1\s+0\s+1\s+256/);
    await page.context().close();
  });

  it('shows both sides of a parting, what the other lacks, and the functions at work', async () => {
    const { page, received } = await openDone();
    const second = page.locator('.parting >> nth=1');
    assert.match(await second.innerText(), /lunaix first differs from almos-mkh in\s+line 5\s+let child = fork\(\)/);
    assert.deepEqual(await second.locator('.kind.own').allInnerTexts(), ['page-copy']);
    assert.match(await second.innerText(), /dup_page 9\.2, step 4: copy the page through the quick mapping/);
    await second.locator('h2 .link').click();
    await until(() => received.some(({ type }) => type === 'reveal'), 'the panel asks for the line');
    assert.deepEqual(
      received.filter(({ type }) => type === 'reveal'),
      [{ type: 'reveal', line: 5 }],
    );
    await page.context().close();
  });

  it('goes with the editor’s cursor and back, by mouse and keyboard', async () => {
    const opened = await openDone();
    const { page, received, problems } = opened;
    await opened.tell({ type: 'line', line: 6 });
    await page.waitForSelector('tr.current');
    assert.match(await page.innerText('tr.current'), /let child = fork/);
    await page.click('.lines tbody tr >> nth=2');
    await page.focus('.lines');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.getAttribute('.lines', 'aria-activedescendant'), 'line-row-4');
    await page.keyboard.press('Enter');
    const lines = () => received.filter((one) => one.type === 'reveal').map(({ line }) => line);
    await until(() => lines().length >= 2, 'the panel asks for two lines');
    assert.deepEqual(lines(), [4, 8]);
    assert.deepEqual(problems, []);
    await page.context().close();
  });

  it('leaves the lines that differ, and remembers that with the comparison over a reload', async () => {
    const { page } = await openDone();
    await page.click('.filters .chip >> nth=1');
    assert.equal(await page.locator('.lines tbody tr').count(), 2);
    const saved = await page.evaluate(() =>
      (window as unknown as { savedPanelState: () => unknown }).savedPanelState(),
    );
    await page.context().close();
    const again = await open({ saved });
    // A host that has just been started knows of nothing.
    await again.tell(told({ state: 'none' }));
    await again.page.waitForSelector('.lines tbody tr');
    assert.equal(await again.page.locator('.lines tbody tr').count(), 2);
    await again.page.context().close();
  });

  it('asks to cancel, to run again and to choose', async () => {
    const opened = await openDone();
    const { page, received } = opened;
    await page.click('.actions .chip >> nth=0');
    await opened.tell(told({ state: 'running', request, progress: null }));
    await page.waitForSelector('.badge');
    assert.equal(await page.locator('.lines').count(), 1, 'the last comparison stays');
    await page.click('.actions .chip >> nth=0');
    await page.click('.actions .chip >> nth=1');
    const actions = () => received.filter((one) => one.type === 'compare').map(({ action }) => action);
    await until(() => actions().length >= 3, 'the panel asks three times');
    assert.deepEqual(actions(), ['again', 'cancel', 'choose']);
    await page.context().close();
  });

  it('scrolls inside itself in a narrow column and under forced colours', async () => {
    const opened = await openDone({ width: 420, height: 500, forcedColors: true });
    const overflow = await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.equal(overflow, 0);
    assert.deepEqual(opened.problems, []);
    await opened.page.context().close();
  });

  it('describes itself', async () => {
    const opened = await openDone();
    const { received, page } = opened;
    await opened.tell({ type: 'describe', id: 3 });
    await until(() => received.some(({ type }) => type === 'description'), 'the panel describes itself');
    const told = received.find((message) => message.type === 'description');
    assert.equal(told?.description.panel, 'compare');
    assert.equal(told.description.process, 'fork.walk');
    assert.equal(done.state, 'done');
    await page.context().close();
  });
});
