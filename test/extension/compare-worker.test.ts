import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CompareJob, FromCompareThread } from '../../extension/compare/protocol.ts';
import { kernels } from '../../simulator/kernels/registry.ts';
import { startThread } from '../lifetime/thread.ts';

const script = new URL('../../extension/compare/worker.ts', import.meta.url);
const examples = path.join(import.meta.dirname, '../../examples');

/** What the thread says until it is done or has failed. */
async function perform(asked: Pick<CompareJob, 'path' | 'kernels'>): Promise<FromCompareThread[]> {
  const worker = startThread(script);
  const heard: FromCompareThread[] = [];
  try {
    return await new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (message: FromCompareThread) => {
        heard.push(message);
        if (message.type === 'done' || message.type === 'failed') resolve(heard);
      });
      const job: CompareJob = { ...asked, folders: [], bounds: {} };
      worker.postMessage(job);
    });
  } finally {
    await worker.terminate();
  }
}

describe('the thread that compares kernels', () => {
  it('names all kernels, then compares those that are asked for', async () => {
    const [first, ...rest] = await perform({
      path: path.join(examples, 'compare-fork.walk'),
      kernels: ['lunaix', 'almos-mkh'],
    });
    assert.ok(first?.type === 'kernels');
    assert.deepEqual(
      first.kernels.map(({ name }) => name),
      kernels.map(({ name }) => name),
    );
    // One that the scenario itself defines is compared only where it is asked for.
    assert.deepEqual(
      first.kernels.filter(({ isWhole }) => !isWhole).map(({ name }) => name),
      ['bare'],
    );
    const last = rest.at(-1);
    assert.ok(last?.type === 'done');
    assert.deepEqual(
      last.comparison.columns.map(({ name, state }) => [name, state]),
      [
        ['lunaix', 'ended'],
        ['almos-mkh', 'ended'],
      ],
    );
    assert.match(last.sources[0] ?? '', /^\/\/ Fork of a touched megabyte/);
  });

  it('tells what is wrong with a file', async () => {
    const heard = await perform({ path: path.join(examples, 'missing.walk'), kernels: ['almos-mkh'] });
    assert.deepEqual(heard.at(-1), { type: 'failed', message: 'line 1: there is no such file' });
    const unknown = await perform({ path: path.join(examples, 'compare-fork.walk'), kernels: ['minix'] });
    const last = unknown.at(-1);
    assert.match(last?.type === 'failed' ? last.message : '', /there is no kernel minix; kernels are almos-mkh/);
  });

  it('tells how far it has come, and can be ended in the middle', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pagewalk-compare-'));
    const long = path.join(folder, 'long.walk');
    await writeFile(
      long,
      'process app { code 1 page data 0 pages }\nas app { let b = mmap(1 page, rw) repeat 4000000 { write(b, 1) } }\n',
    );
    const worker = startThread(script);
    try {
      const progress = await new Promise<FromCompareThread>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('message', (message: FromCompareThread) => {
          if (message.type === 'progress' && message.statements > 0) resolve(message);
          assert.notEqual(message.type, 'done');
        });
        worker.postMessage({ path: long, kernels: ['almos-mkh'], folders: [], bounds: {} } satisfies CompareJob);
      });
      assert.equal(progress.type === 'progress' ? progress.column : '', 'almos-mkh');
      // A thread that is busy is ended all the same.
      await worker.terminate();
    } finally {
      await worker.terminate();
      await rm(folder, { recursive: true });
    }
  });
});
