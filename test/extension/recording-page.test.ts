import { strict as assert } from 'node:assert';
import path from 'node:path';
import type { FromRecordingThread, ReadJob } from '../../extension/recording/protocol.ts';
import { pageCommands, recordingPage, type PageContent } from '../../extension/recording/recording-page.ts';
import { summarizeRecording } from '../../simulator/files/recording-summary.ts';
import { startThread } from '../lifetime/thread.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'examples', 'recordings');
const uri = 'file:///a%20folder/cow_fork.layout.txt.gz';

async function read(job: Omit<ReadJob, 'kind'>): Promise<FromRecordingThread> {
  const worker = startThread(new URL('../../extension/recording/worker.ts', import.meta.url));
  try {
    return await new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', resolve);
      worker.postMessage({ kind: 'read', ...job });
    });
  } finally {
    await worker.terminate();
  }
}

const page = (content: PageContent): string => recordingPage(uri, 'cow_fork.layout.txt.gz', content, 'n0nce');

/** What somebody reads on a page. */
const textOf = (html: string): string =>
  html
    .replace(/<style[^]*?<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the page of a recording', () => {
  it('says what it is, whichever of its files was opened', async () => {
    for (const name of ['cow_fork.layout.txt.gz', 'cow_fork.24105.log.gz', 'cow_fork.24106.log.gz']) {
      const answer = await read({ path: path.join(folder, name), bounds: {} });
      assert(answer.type === 'summary');
      const text = textOf(page({ state: 'read', summary: answer.summary }));
      assert.match(text, /A recording of the program \.\/cow_fork :/);
      assert.match(text, /Processes 2 System calls 25 Memory accesses 48,334 Size on disk .* in 3 files/);
      assert.match(text, /24105 the shell .* exit code 0 24106 24105 .* exit code 0/);
    }
  });

  it('says how each process ended', () => {
    const ends = [{ exitCode: 3 }, { signal: 'SIGSEGV' }, null];
    const processes = ends.map((end, pid) => ({ pid, parent: null, accesses: 1, calls: 1, end }));
    const text = textOf(page({ state: 'read', summary: { name: 'a', command: './a', processes, files: [] } }));
    assert.match(text, /exit code 3 .* killed by SIGSEGV .* not recorded/);
  });

  it('has Debug, Run and Compare Kernels, and may run no other command', async () => {
    const summary = await summarizeRecording(path.join(folder, 'cow_fork.layout.txt.gz'));
    const links = [...page({ state: 'read', summary }).matchAll(/href="command:([\w.]+)\?([^"]+)">([^<]+)/g)];
    assert.deepEqual(
      links.map(([, command, , title]) => [command, title]),
      [
        ['pagewalk.debugFile', 'Debug'],
        ['pagewalk.runFile', 'Run'],
        ['pagewalk.compareKernels', 'Compare Kernels'],
      ],
    );
    for (const [, command = '', args = ''] of links) {
      assert((pageCommands as readonly string[]).includes(command));
      assert.deepEqual(JSON.parse(decodeURIComponent(args)), [uri]);
    }
  });

  it('says why a recording cannot be read, and within which bound', async () => {
    const missing = await read({ path: path.join(folder, 'nothing.layout.txt'), bounds: {} });
    assert(missing.type === 'failed');
    assert.match(textOf(page({ state: 'failed', message: missing.message })), /cannot be read: .*no such recording/);
    const bounded = await read({ path: path.join(folder, 'cow_fork.layout.txt.gz'), bounds: { recordingSize: 100 } });
    assert(bounded.type === 'failed');
    assert.match(bounded.message, /recordingSize/);
  });

  it('shows names as they are, and runs no script', () => {
    const file = { name: '<b>&"', bytes: 1 };
    const summary = { name: '<script>alert(1)</script>', command: '<i>', processes: [], files: [file] };
    const html = page({ state: 'read', summary });
    assert(!html.includes('<script') && !html.includes('<i>') && !html.includes('<b>'));
    assert.match(html, /default-src 'none'; style-src 'nonce-n0nce'/);
  });
});
