// Brings VS Code as code-server into .cache/, once: unpacks the npm package and installs its dependencies without the
// package's own post-install script, which refuses to run as root and fetches parts that are not needed here.
import { existsSync, globSync } from 'node:fs';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './paths.ts';
import { findProgram, must } from './process.ts';

export const codeServerVersion = '4.139.1';
const folder = path.join(cacheFolder, `code-server-${codeServerVersion}`);

/** The installed code-server's entry script. */
export async function installCodeServer(): Promise<string> {
  const entry = path.join(folder, 'out', 'node', 'entry.js');
  if (existsSync(entry)) return entry;
  console.log(
    `Installing VS Code (code-server ${codeServerVersion}) into .cache/, once; this takes one to four minutes.`,
  );
  const partial = `${folder}.partial-${String(process.pid)}`;
  await mkdir(partial, { recursive: true });
  try {
    await unpackInto(partial);
    // Complete only under its final name, so that an interrupted installation is begun anew.
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return entry;
}

async function unpackInto(partial: string): Promise<void> {
  const env = installEnvironment();
  await must('npm', ['pack', `code-server@${codeServerVersion}`, '--silent', '--pack-destination', partial], { env });
  const [archive] = globSync('code-server-*.tgz', { cwd: partial });
  if (archive === undefined) throw new Error(`npm pack left no archive of code-server ${codeServerVersion}`);
  await must('tar', ['-xzf', archive, '--strip-components=1'], { cwd: partial });
  await rm(path.join(partial, archive));

  const workbench = path.join(partial, 'lib', 'vscode');
  const install = ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await must('npm', install, { cwd: partial, env });
  await must('npm', install, { cwd: workbench, env });
  await must('npm', ['rebuild', 'argon2'], { cwd: partial, env });
  await must('npm', ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog', '@vscode/sqlite3'], {
    cwd: workbench,
    env,
  });
  await symlink('node_modules', path.join(workbench, 'node_modules.asar'));
}

/** The native modules use N-API, so the headers of any Node on this machine do, and none need be downloaded. */
function installEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  // What npm tells a script about the surrounding project must not leak into the installation of another one.
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_(?!config_(?:registry|proxy|https_proxy|cafile|nodedir|cache)$)/i.test(name)) env[name] = value;
  }
  const headers = headerPrefix();
  if (headers !== undefined) env['npm_config_nodedir'] ??= headers;
  return env;
}

function headerPrefix(): string | undefined {
  const withoutOurs = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((part) => !part.includes('node_modules'));
  for (const bin of withoutOurs) {
    const prefix = path.dirname(bin);
    if (existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))) return prefix;
  }
  return undefined;
}

if (import.meta.main) {
  if (findProgram('tar') === undefined) throw new Error('tar is needed to unpack code-server: install it');
  console.log(await installCodeServer());
}
