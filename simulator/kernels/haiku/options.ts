import type { KernelOptionInfo } from '../kernel.ts';
import { daemonDocs, daemonNames } from './daemons/daemons.ts';

export const haikuOptions: readonly KernelOptionInfo[] = [
  {
    name: 'fork',
    type: 'word',
    words: ['cow', 'clone'],
    default: 'cow',
    doc: '`clone`: built from the historic primitives; a child sees what its parent writes later. `cow`: symmetric copy-on-write.',
  },
  {
    name: 'diskLatency',
    type: 'integer',
    min: 0,
    max: 10_000_000,
    default: 5000,
    doc: 'Microseconds that reading or writing a page takes.',
  },
  {
    name: 'lowWater',
    type: 'integer',
    min: 0,
    max: 1_000_000,
    default: 0,
    doc: 'Free pages below which the page daemon begins to trim; 0 means an eighth of memory.',
  },
  {
    name: 'highWater',
    type: 'integer',
    min: 0,
    max: 1_000_000,
    default: 0,
    doc: 'Free pages above which the page daemon stops trimming; 0 means a quarter of memory.',
  },
  ...daemonNames.map((name) => ({
    name,
    type: 'switch' as const,
    words: ['on', 'off'],
    default: 'off',
    doc: `${daemonDocs[name]} On: it runs from the start; \`daemon\` switches it later.`,
  })),
];
