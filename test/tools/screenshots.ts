// All still pictures of docs/images/, one after the other. The demo is made by `npm run demo`.
// node test/tools/screenshots.ts [NAME…]
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.ts';
import { must } from './process.ts';

interface Picture {
  readonly scenario: string;
  readonly themes: readonly string[];
  /** Of screenshot-session.ts. */
  readonly options: readonly string[];
}

const showKernel = ['--command', 'Pagewalk: Show Kernel Structures'];
const unmap = 'compare-partial-unmap.walk';

const pictures: Readonly<Record<string, Picture>> = {
  session: {
    scenario: 'cow-fork.walk',
    themes: ['dark', 'light', 'high-contrast'],
    options: ['--breakpoint', lineOf('cow-fork.walk', 'the copy happens here'), '--steps', '1'],
  },
  compare: {
    scenario: 'compare-fork.walk',
    themes: ['dark', 'light'],
    options: [
      ...['--no-debug', '--command', 'Pagewalk: Compare Kernels', '--press', 'Enter', '--until', 'table'],
      ...['--line', lineOf('compare-fork.walk', 'fork()')],
    ],
  },
  recording: {
    scenario: 'cow_fork.layout.txt.gz',
    themes: ['dark'],
    options: ['--breakpoint', '182', '--steps', '1'],
  },
  'recording-page': {
    scenario: 'cow_fork.layout.txt.gz',
    themes: ['dark'],
    options: ['--no-debug', '--until', 'table'],
  },
  'physical-memory': {
    scenario: 'cow-fork.walk',
    themes: ['dark'],
    options: [
      ...['--breakpoint', lineOf('cow-fork.walk', 'the copy happens here'), '--steps', '1'],
      ...['--command', 'Pagewalk: Show Physical Memory'],
    ],
  },
  cluster: {
    scenario: 'cow-fork.walk',
    themes: ['dark'],
    options: [
      ...['--breakpoint', lineOf('cow-fork.walk', 'the copy happens here'), '--steps', '1'],
      ...['--command', 'Pagewalk: Show Cluster'],
    ],
  },
  timeline: {
    scenario: 'cow-fork.walk',
    themes: ['dark'],
    options: [
      ...['--breakpoint', lineOf('cow-fork.walk', 'the copy happens here'), '--steps', '1'],
      ...['--command', 'Pagewalk: Show Timeline'],
    ],
  },
  'kernel-haiku': {
    scenario: 'haiku-cache-chain.walk',
    themes: ['dark'],
    options: ['--breakpoint', lineOf('haiku-cache-chain.walk', 'write(view, 0x21'), '--steps', '1', ...showKernel],
  },
  ...Object.fromEntries(
    ['almos-mkh', 'vm-region', 'lunaix'].map((kernel) => [
      `kernel-${kernel}`,
      {
        scenario: unmap,
        themes: ['dark'],
        // The name of the kernel becomes two lines of their own.
        options: ['--kernel', kernel, '--breakpoint', lineOf(unmap, 'munmap(', 2), ...showKernel],
      },
    ]),
  ),
};

/** Line of the first statement with that text, from 1, and so many further. */
function lineOf(scenario: string, text: string, further = 0): string {
  const lines = readFileSync(path.join(root, 'examples', scenario), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text) && !line.startsWith('//'));
  if (index < 0) throw new Error(`${scenario} has no line with ${text}`);
  return String(index + 1 + further);
}

const asked = process.argv.slice(2);
for (const name of asked) if (!Object.hasOwn(pictures, name)) throw new Error(`there is no picture ${name}`);
for (const [name, { scenario, themes, options }] of Object.entries(pictures)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const args = ['--name', name, '--scenario', scenario, ...themes.flatMap((theme) => ['--theme', theme]), ...options];
  await must(process.execPath, [path.join(root, 'test', 'tools', 'screenshot-session.ts'), ...args], { cwd: root });
}
