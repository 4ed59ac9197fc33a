// The thread on which kernels are compared: one job, and it is ended when nobody waits for it any more.
import { parentPort } from 'node:worker_threads';
import { compareFile } from '../../simulator/cli/compare-file.ts';
import { InputError } from '../../simulator/files/input-error.ts';
import { sourceLines } from '../../simulator/cli/source-lines.ts';
import { Workspace } from '../../simulator/files/workspace.ts';
import type { Look } from '../../simulator/inspect/compare/compare.ts';
import { kernels, wholeKernels } from '../../simulator/kernels/registry.ts';
import type { CompareJob, FromCompareThread } from './protocol.ts';

if (parentPort === null) throw new Error('kernels are compared in a worker thread');
const port = parentPort;

/** Milliseconds between two words on how far it has come. */
const PAUSE = 150;

function tell(message: FromCompareThread): void {
  port.postMessage(message);
}

port.once('message', (job: CompareJob) => {
  void perform(job);
});
tell({
  type: 'kernels',
  kernels: kernels.map((kernel) => ({
    name: kernel.name,
    title: kernel.title,
    isWhole: wholeKernels.includes(kernel),
  })),
});

async function perform({ path, kernels: names, folders, bounds }: CompareJob): Promise<void> {
  let told = 0;
  try {
    const look: Look = (column, { world }) => {
      const now = performance.now();
      if (now - told < PAUSE) return;
      told = now;
      tell({ type: 'progress', column, statements: world.script.statements });
    };
    const comparison = await compareFile(path, { ...bounds, kernels: names }, look, new Workspace(folders));
    tell({ type: 'done', comparison, sources: (await sourceLines(path, bounds)) ?? [] });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    tell({ type: 'failed', message: `line ${String(error.line)}: ${error.message}` });
  }
}
