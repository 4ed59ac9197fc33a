/** A panel's bundle in headless Chromium, with this process as its extension host. */
import axe from 'axe-core';
import { build } from 'esbuild';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { answer } from '../../media/protocol/channel.ts';
import type { FromPanel, Request, ToPanel } from '../../media/protocol/messages.ts';
import { startBrowser } from '../lifetime/browser.ts';
import { chromiumPath } from '../tools/chromium.ts';
import type { PageTheme } from './themes.ts';

const root = path.join(import.meta.dirname, '../..');

const panelNames = [
  'address-space',
  'page-table',
  'kernel',
  'physical-memory',
  'cluster',
  'timeline',
  'compare',
] as const;
export type PanelName = (typeof panelNames)[number];

export async function openBrowser(): Promise<Browser> {
  const executablePath = await chromiumPath();
  return startBrowser({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
}

/** Bundles the panels as the build does, into a folder that the caller removes. */
export async function bundlePanels(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pagewalk-panels-'));
  await build({
    entryPoints: panelNames.map((name) => ({
      in: path.join(root, `media/${name}/main.tsx`),
      out: name,
    })),
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface PanelPage {
  readonly page: Page;
  /** Messages that were no requests, in order. */
  readonly received: FromPanel[];
  readonly requests: Request[];
  readonly problems: string[];
  tell(message: ToPanel): Promise<void>;
}

export interface PanelOptions {
  readonly folder: string;
  readonly panel: PanelName;
  readonly theme: PageTheme;
  readonly width?: number;
  readonly height?: number;
  readonly saved?: unknown;
  readonly scale?: number;
  readonly forcedColors?: boolean;
  readonly handle: (request: Request) => Promise<unknown>;
}

/** The policy is the one that the extension host sets. */
const policy = "default-src 'none'; script-src 'self' file:; style-src 'self' file:";

function html(options: PanelOptions): string {
  const { panel, theme } = options;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${panel}</title>
<link rel="stylesheet" href="${theme.name}.css"><link rel="stylesheet" href="${panel}.css"><script src="${panel}.js" defer></script></head><body class="${theme.bodyClass}"></body></html>`;
}

export async function openPanel(browser: Browser, options: PanelOptions): Promise<PanelPage> {
  const file = path.join(options.folder, `${options.panel}-${String(counter++)}.html`);
  await writeFile(file, html(options));
  const variables = Object.entries(options.theme.variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  await writeFile(path.join(options.folder, `${options.theme.name}.css`), `html { ${variables.join(' ')} }`);
  const context = await browser.newContext({
    viewport: { width: options.width ?? 760, height: options.height ?? 900 },
    deviceScaleFactor: options.scale ?? 1,
    forcedColors: options.forcedColors === true ? 'active' : 'none',
  });
  // The limit is that of the test.
  context.setDefaultTimeout(0);
  const page = await context.newPage();
  const received: FromPanel[] = [];
  const requests: Request[] = [];
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const tell = async (message: ToPanel): Promise<void> => {
    await page.evaluate((data) => {
      window.postMessage(data, '*');
    }, message);
  };
  await page.exposeFunction('hostReceives', (message: FromPanel) => {
    if (message.type !== 'request') {
      received.push(message);
      return;
    }
    requests.push(message);
    void answer(message, options.handle).then(tell);
  });
  await page.addInitScript((saved) => {
    let state: unknown = saved;
    const api = {
      postMessage: (message: unknown) =>
        (window as unknown as { hostReceives: (message: unknown) => void }).hostReceives(message),
      getState: () => state,
      setState: (next: unknown) => {
        state = next;
      },
    };
    Object.assign(window, { acquireVsCodeApi: () => api, savedPanelState: () => state });
  }, options.saved);
  await page.goto(pathToFileURL(file).href);
  return { page, received, requests, problems, tell };
}

let counter = 0;

/** What axe finds. */
export async function violations(opened: PanelPage): Promise<string[]> {
  await opened.page.evaluate(axe.source);
  const found = await opened.page.evaluate(async () => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const { violations: list } = await checker.run(document, {
      // It would fetch style sheets again, which the page's policy refuses.
      preload: false,
      rules: {
        // A webview is a part of VS Code's window, which has the landmarks.
        region: { enabled: false },
      },
    });
    return list.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join('\n')}`,
    );
  });
  return found;
}
