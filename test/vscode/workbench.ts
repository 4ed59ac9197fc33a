// Drives the real VS Code in a headless browser: opens files, presses keys, runs commands, looks into webviews.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { startBrowser } from '../lifetime/browser.ts';
import { chromiumPath } from '../tools/chromium.ts';
import { startCodeServer, type CodeServer, type CodeServerOptions } from '../tools/code-server.ts';
import { cacheFolder } from '../tools/paths.ts';

export const themes = {
  dark: 'Dark 2026',
  light: 'Light 2026',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;
export type Theme = keyof typeof themes;

export interface WorkbenchOptions extends Omit<CodeServerOptions, 'stateFolder'> {
  theme?: Theme;
  viewport?: { width: number; height: number };
  /** Called with the page before it opens the window, for bindings and listeners. */
  beforeOpen?: (page: Page) => Promise<void>;
}

const browserArguments = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class Workbench {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: CodeServer;
  readonly #stateFolder: string;

  private constructor(page: Page, browser: Browser, server: CodeServer, stateFolder: string) {
    this.page = page;
    this.#browser = browser;
    this.#server = server;
    this.#stateFolder = stateFolder;
  }

  /** Opens a window on a folder with fresh user data; it is ready for input when the promise is fulfilled. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const executablePath = await chromiumPath();
    await mkdir(path.join(cacheFolder, 'windows'), { recursive: true });
    const stateFolder = await mkdtemp(path.join(cacheFolder, 'windows', 'window-'));
    const settings = {
      'workbench.colorTheme': themes[options.theme ?? 'dark'],
      // Else the browser's preference for light or dark decides.
      'window.autoDetectColorScheme': false,
      'window.autoDetectHighContrast': false,
      ...options.settings,
    };
    const server = await startCodeServer({ ...options, settings, stateFolder });
    const browser = await startBrowser({ executablePath, args: browserArguments, headless: true });
    try {
      const page = await browser.newPage({ viewport: options.viewport ?? { width: 1600, height: 1000 } });
      // Whoever uses the window knows how long it may take.
      page.setDefaultTimeout(0);
      await options.beforeOpen?.(page);
      await page.goto(server.address);
      const workbench = new Workbench(page, browser, server, stateFolder);
      await workbench.#ready();
      return workbench;
    } catch (error) {
      await browser.close();
      await server.stop();
      throw error;
    }
  }

  async #ready(): Promise<void> {
    for (const mark of ['code/didStartWorkbench', 'code/didLoadExtensions']) {
      await this.page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, mark);
    }
    await this.page.locator('.monaco-workbench .statusbar').waitFor();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await rm(this.#stateFolder, { recursive: true, force: true });
  }

  get serverLog(): string {
    return this.#server.logFile;
  }

  /** Opens a file of the workspace by its name, through quick open. */
  async openFile(name: string): Promise<void> {
    await this.#pick('Control+P', name, name);
    await this.page.locator(`.tab.active[data-resource-name="${path.basename(name)}"]`).waitFor();
    // A packed recording has no text to show; that it can be run tells that the window knows what it is.
    const text = this.page.locator('.editor-instance .monaco-editor .view-line');
    await text.or(this.page.locator('.editor-actions .codicon-run')).first().waitFor();
  }

  /** Runs a command by its title in the command palette, such as "Pagewalk: Show Address Space". */
  async runCommand(title: string): Promise<void> {
    await this.#pick('F1', `>${title}`, title);
  }

  /** Presses a key that opens the quick input; a window that is still moving the focus may need it again. */
  async #quickInput(key: string): Promise<Locator> {
    const input = this.page.locator('.quick-input-widget input[type="text"]').filter({ visible: true });
    const dialog = this.page.locator('.monaco-dialog-box');
    for (;;) {
      await this.page.keyboard.press(key);
      if (await settled(input.or(dialog).first().waitFor({ timeout: 3000 }))) break;
    }
    // A modal dialog takes the keyboard, so the key never arrived.
    if (await dialog.isVisible()) throw new Error(`a dialog is in the way: ${await dialog.innerText()}`);
    return input;
  }

  async #pick(key: string, typed: string, expected: string): Promise<void> {
    const input = await this.#quickInput(key);
    await input.fill(typed);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: path.basename(expected) }).first();
    await row.waitFor();
    await row.click();
    // The input itself may stay: a command can ask further.
    await row.waitFor({ state: 'hidden' });
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Puts the cursor on a line of the active editor (from 1). */
  async goToLine(line: number): Promise<void> {
    const input = await this.#quickInput('Control+G');
    await input.fill(`:${String(line)}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Starts debugging the active file and waits until the session has stopped somewhere. */
  async debugToStop(): Promise<void> {
    await this.press('F5');
    await this.stopped();
  }

  /** Waits until the debug session stands still, and its place is marked in the editor or in the call stack. */
  async stopped(): Promise<void> {
    await this.page.locator('.debug-toolbar').waitFor();
    await this.page.locator('.debug-toolbar .codicon-debug-continue').first().waitFor();
    const marks = '.debug-call-stack .monaco-list-row .stack-frame, .codicon-debug-stackframe';
    await this.page.locator(marks).first().waitFor();
  }

  /** The text of the window's parts that match, whitespace folded. */
  async texts(selector: string): Promise<string[]> {
    const all = await this.page.locator(selector).allInnerTexts();
    return all.map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }

  /** The messages in the notification centre; toasts never show in a window with an extension under development. */
  async notifications(): Promise<string[]> {
    await this.runCommand('Notifications: Show Notifications');
    const messages = await this.texts('.notifications-center .notification-list-item-message');
    await this.press('Escape');
    return messages;
  }

  /** The document inside a webview: of the one with this title, or of the only one. */
  webview(title?: string): FrameLocator {
    const frame =
      title === undefined
        ? this.page.frameLocator('iframe.webview.ready')
        : this.page.frameLocator(
            `iframe.webview.ready[title="${title}"], iframe.webview.ready[aria-label*="${title}"]`,
          );
    return frame.frameLocator('#active-frame');
  }

  locator(selector: string, options?: Parameters<Page['locator']>[1]): Locator {
    return this.page.locator(selector, options);
  }

  async screenshot(file: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  }
}

async function settled(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
