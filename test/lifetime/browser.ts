import { chromium, type Browser, type LaunchOptions } from 'playwright-core';
import { keep } from './started.ts';

/** Starts Chromium. It ends at the latest with the test that started it, and with this process, to which it holds a pipe. */
export async function startBrowser(options: LaunchOptions): Promise<Browser> {
  // Whoever starts it knows how long that may take.
  const browser = await chromium.launch({ ...options, timeout: 0 });
  const forget = keep({ what: 'a browser', end: () => browser.close() });
  browser.once('disconnected', forget);
  return browser;
}
