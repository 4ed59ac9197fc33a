// Pictures of a debug session: opens a scenario, presses F5, and leaves docs/images/session-<theme>.png.
// node test/tools/screenshot-session.ts [--scenario FILE] [--theme dark|light|high-contrast|high-contrast-light]…
//   [--kernel NAME] [--no-debug] [--breakpoint LINE] [--steps N] [--command TITLE]… [--press KEY]… [--line N] [--until SELECTOR] [--name NAME]
// --breakpoint runs to a line of what the first stop shows, a recording's view for one. --kernel debugs on a kernel that the scenario does not name. --no-debug opens the scenario only; --until waits for a part of the last webview.
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { FrameLocator } from 'playwright-core';
import { themes, Workbench, type Theme } from '../vscode/workbench.ts';
import { root } from './paths.ts';
import { restingSettings, steadyPicture } from './steady-picture.ts';

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: 'examples' },
    scenario: { type: 'string', default: 'cow-fork.walk' },
    theme: { type: 'string', multiple: true, default: ['dark'] },
    'no-debug': { type: 'boolean', default: false },
    kernel: { type: 'string' },
    steps: { type: 'string', default: '0' },
    command: { type: 'string', multiple: true, default: [] },
    press: { type: 'string', multiple: true, default: [] },
    line: { type: 'string' },
    breakpoint: { type: 'string' },
    until: { type: 'string' },
    name: { type: 'string', default: 'session' },
    output: { type: 'string', default: 'docs/images' },
  },
});

for (const theme of values.theme) {
  if (!isTheme(theme)) throw new Error(`--theme ${theme}: one of ${Object.keys(themes).join(', ')}`);
  const workbench = await Workbench.open({
    workspace: await workspaceFor(values.kernel),
    theme,
    settings: restingSettings,
  });
  try {
    await workbench.openFile(values.scenario);
    if (!values['no-debug']) await workbench.debugToStop();
    if (values.breakpoint !== undefined) await runTo(workbench, Number(values.breakpoint));
    for (let step = 0; step < Number(values.steps); step++) {
      await workbench.press('F10');
      await workbench.stopped();
      await panelsDrawn(workbench);
      // The marks and variables of the stop before may still be there.
      await steadyPicture(workbench.page);
    }
    for (const command of values.command) await workbench.runCommand(command);
    for (const key of values.press) {
      await workbench.locator('.quick-input-widget .monaco-list-row').first().waitFor();
      await workbench.press(key);
    }
    if (values.until !== undefined) await lastWebview(workbench).locator(values.until).first().waitFor();
    await panelsDrawn(workbench);
    if (values.line !== undefined) {
      await workbench.locator('.tab', { hasText: values.scenario }).first().click();
      await workbench.goToLine(Number(values.line));
    }
    // The mouse was last where something was clicked, and would leave its tooltip in the picture.
    await workbench.page.mouse.move(2, 2);
    const file = path.resolve(root, values.output, `${values.name}-${theme}.png`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, await steadyPicture(workbench.page));
    console.log(path.relative(root, file));
  } finally {
    await workbench.close();
  }
}

/** Sets a breakpoint in the editor that the stop has opened, and goes on to it. */
async function runTo(workbench: Workbench, line: number): Promise<void> {
  await steadyPicture(workbench.page);
  await workbench.locator('.editor-instance .monaco-editor').first().click();
  await workbench.goToLine(line);
  await workbench.press('F9', 'F5');
  await steadyPicture(workbench.page);
  await workbench.stopped();
  // What a step changes is marked against what a panel has shown before.
  if (values.until !== undefined) await lastWebview(workbench).locator(values.until).first().waitFor();
  await panelsDrawn(workbench);
}

/** For a kernel that the scenario does not name: a copy of the workspace, in which it does. */
async function workspaceFor(kernel: string | undefined): Promise<string> {
  const workspace = path.resolve(root, values.workspace);
  if (kernel === undefined) return workspace;
  const copy = path.join(await mkdtemp(path.join(tmpdir(), 'pagewalk-')), path.basename(workspace));
  await cp(workspace, copy, { recursive: true });
  const file = path.join(copy, values.scenario);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^(?=[^/\s])/m, `kernel ${kernel}\n\n`));
  return copy;
}

/** A panel that has drawn what it shows has a number somewhere. */
async function panelsDrawn({ page }: Workbench): Promise<void> {
  const panels = page.locator('iframe.webview.ready').filter({ visible: true });
  for (let index = 0; index < (await panels.count()); index++) {
    const body = panels.nth(index).contentFrame().frameLocator('#active-frame').locator('body');
    await body.filter({ hasText: /\d/ }).waitFor();
  }
}

function lastWebview({ page }: Workbench): FrameLocator {
  return page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
}

function isTheme(name: string): name is Theme {
  return Object.hasOwn(themes, name);
}
