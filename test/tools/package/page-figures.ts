// The pictures of README.md, drawn in characters: VS Code shows no picture on the page of an extension but one with a public
// address. They are drawn from the simulator while the package is made, so they cannot become stale.
import { cacheChains } from './figures/cache-chains.ts';
import { copiedPage } from './figures/copied-page.ts';
import { differingRuns } from './figures/differing-runs.ts';
import { frames } from './figures/frames.ts';
import { recordedSteps } from './figures/recorded-steps.ts';

/** What stands on the page instead of a picture. */
export interface Figure {
  readonly text: string;
  /** Says what is drawn; the picture may show more. */
  readonly caption: string;
}

interface Drawing {
  readonly caption: string;
  readonly draw: () => string | Promise<string>;
}

/** By the picture's file. */
const drawings: Readonly<Record<string, Drawing>> = {
  'docs/images/demo.webp': {
    caption: 'A write to a copy-on-write page: its page-table entry before and after, and what the kernel did between',
    draw: copiedPage,
  },
  'docs/images/recording-dark.png': {
    caption: 'A recorded C program around its fork: each line is a step of the debugger',
    draw: recordedSteps,
  },
  'docs/images/compare-dark.png': {
    caption:
      'One scenario on two kernels: what differs in total, the first event that differs, and the steps that led to it',
    draw: differingRuns,
  },
  'docs/images/physical-memory-dark.png': {
    caption: 'The frames of a cluster: one character is a frame, its letter the process that owns it',
    draw: frames,
  },
  'docs/images/kernel-haiku-dark.png': {
    caption: 'Haiku’s cache chains: a private copy of a private mapping, on top of its file',
    draw: cacheChains,
  },
};

/** By the picture's file. */
export type Figures = ReadonlyMap<string, Figure>;

export async function pageFigures(): Promise<Figures> {
  const figures = new Map<string, Figure>();
  for (const [picture, { caption, draw }] of Object.entries(drawings))
    figures.set(picture, { text: await draw(), caption });
  return figures;
}
