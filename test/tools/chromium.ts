import { existsSync } from 'node:fs';
import { findProgram, must } from './process.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser that shows VS Code to the tests; as root on Debian it is installed when missing. */
export async function chromiumPath(): Promise<string> {
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && findProgram('apt-get') !== undefined) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await must('apt-get', ['update', '-qq'], { env });
    await must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env });
    const installed = find();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'The tests in VS Code need Chromium or Chrome: install one of them (Debian: "apt-get install chromium") ' +
      `so that one of ${names.join(', ')} is on the PATH.`,
  );
}

function find(): string | undefined {
  return findProgram(...names) ?? macApplications.find((file) => existsSync(file));
}

// No await at the top level: mocha loads tests, and what they import, with require.
if (import.meta.main) void chromiumPath().then(console.log);
