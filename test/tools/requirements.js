// Says at once what `npm test` or `npm start` misses on this machine, before anything long begins, and how to get it.
// Plain JavaScript: a Node that is too old for the rest must be able to read it.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const GiB = 2 ** 30;
/** The first that runs TypeScript as it is. */
const oldestNode = [22, 18];

/**
 * @typedef {object} Machine what is asked of the machine
 * @property {string} nodeVersion
 * @property {boolean} hasPackages `npm ci` has run
 * @property {boolean} hasCodeServer VS Code as code-server is in `.cache/`
 * @property {number} freeBytes on the disk of the checkout
 * @property {string} platform as `process.platform`
 * @property {boolean} canInstall apt-get is there, and this is root
 * @property {(...names: string[]) => boolean} has one of these programs is on the PATH
 *
 * @typedef {object} Missing
 * @property {string} what
 * @property {string} [packages] of Debian
 */

/**
 * @param {Machine} machine
 * @param {'test' | 'start'} purpose
 * @returns {Missing[]}
 */
export function missingOn(machine, purpose) {
  const [major = 0, minor = 0] = machine.nodeVersion.split('.').map(Number);
  if (!machine.hasPackages) return [{ what: 'the npm packages: run "npm ci" first' }];
  const missing = [];
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    missing.push({
      what: `Node ${oldestNode.join('.')} or newer; this is ${machine.nodeVersion}. It comes with the packages: run "npm ci" without --omit=optional`,
    });
  }
  // `npm start` opens the VS Code that is installed, if there is one.
  const needsCodeServer = purpose === 'test' || !machine.has('code');
  if (needsCodeServer && !machine.hasCodeServer) missing.push(...missingForCodeServer(machine));
  // Root on Debian gets it from the tests themselves; elsewhere than on Linux, applications are not on the PATH.
  if (purpose === 'test' && machine.platform === 'linux' && !machine.canInstall && !machine.has(...browsers)) {
    missing.push({ what: 'Chromium or Chrome, in which the tests open VS Code', packages: 'chromium' });
  }
  return missing;
}

const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Its native modules are built here, once. */
function missingForCodeServer(machine) {
  const missing = [];
  if (!machine.has('c++', 'g++', 'clang++') || !machine.has('cc', 'gcc', 'clang') || !machine.has('make')) {
    missing.push({ what: 'a C and C++ compiler and make, which build parts of VS Code', packages: 'build-essential' });
  }
  if (!machine.has('python3', 'python')) {
    missing.push({ what: 'Python 3, which builds parts of VS Code', packages: 'python3' });
  }
  if (!machine.has('tar')) missing.push({ what: 'tar, which unpacks VS Code', packages: 'tar' });
  if (machine.freeBytes < 2 * GiB) {
    const free = (machine.freeBytes / GiB).toFixed(1);
    missing.push({ what: `2 GiB of disk space for VS Code and the builds; ${free} GiB are free` });
  }
  return missing;
}

/**
 * @param {readonly Missing[]} missing
 * @param {Machine} machine
 * @param {'test' | 'start'} purpose
 */
export function report(missing, machine, purpose) {
  const lines = [`npm ${purpose} needs the following, which this machine does not have:`];
  for (const { what } of missing) lines.push(`  - ${what}`);
  const packages = missing.flatMap((one) => one.packages ?? []).join(' ');
  if (packages !== '') {
    const install = `apt-get update && apt-get install -y --no-install-recommends ${packages}`;
    if (machine.canInstall) lines.push('Install it with:', `  ${install}`);
    else
      lines.push('Install it with the package manager of your system; on Debian or Ubuntu, as root:', `  ${install}`);
  }
  return `${lines.join('\n')}\n`;
}

/** @returns {Machine} */
function thisMachine() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const has = (...names) => names.some((name) => folders.some((folder) => isExecutable(path.join(folder, name))));
  return {
    nodeVersion: process.versions.node,
    hasPackages: fs.existsSync(path.join(root, 'node_modules', 'webpack')),
    hasCodeServer: hasCodeServer(path.join(root, '.cache')),
    freeBytes: freeBytes(),
    platform: process.platform,
    canInstall: process.getuid?.() === 0 && has('apt-get'),
    has,
  };
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hasCodeServer(cache) {
  return fs.existsSync(cache) && fs.readdirSync(cache).some((name) => /^code-server-[\d.]+$/.test(name));
}

/** Node before 18.15 cannot tell, and is missing something else anyway. */
function freeBytes() {
  if (fs.statfsSync === undefined) return Infinity;
  const { bavail, bsize } = fs.statfsSync(root);
  return bavail * bsize;
}

if (process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const purpose = process.argv[2] === 'start' ? 'start' : 'test';
  const machine = thisMachine();
  const missing = missingOn(machine, purpose);
  if (missing.length > 0) {
    process.stderr.write(report(missing, machine, purpose));
    process.exitCode = 1;
  }
}
