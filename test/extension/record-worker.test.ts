import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromRecordingThread, RecordJob } from '../../extension/recording/protocol.ts';
import { startThread } from '../lifetime/thread.ts';

const recordings = fileURLToPath(new URL('../../examples/recordings/', import.meta.url));

/** Prints, and writes what Valgrind wrote of cow_fork, where it is told to. */
const fakeValgrind = `#!/bin/sh
echo "the program says hello in $PWD"
for word in "$@"; do case "$word" in --log-file=*) logs="\${word#--log-file=}";; esac; done
for pid in 24105 24106; do gzip -dc "${recordings}cow_fork.$pid.log.gz" > "$(echo "$logs" | sed "s/%p/$pid/")"; done
gzip -dc "${recordings}cow_fork.layout.txt.gz" >&2
`;

describe('the thread that records a program for the editor', () => {
  let scratch = '';
  const before = process.env['PATH'];

  beforeEach(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'record-worker-'));
  });
  afterEach(() => {
    process.env['PATH'] = before;
    rmSync(scratch, { recursive: true });
  });

  function install(script: string): void {
    writeFileSync(path.join(scratch, 'valgrind'), script, { mode: 0o755 });
    process.env['PATH'] = `${scratch}:${before ?? ''}`;
  }

  /** Every message up to the last one. `look` may answer with something to send. */
  async function perform(look: (message: FromRecordingThread) => object | null = () => null) {
    const job: RecordJob = {
      kind: 'record',
      command: ['/bin/true'],
      folder: scratch,
      output: path.join(scratch, 'x.walkrec'),
      compiler: ['gcc'],
      bounds: {},
    };
    const worker = startThread(new URL('../../extension/recording/worker.ts', import.meta.url));
    const messages: FromRecordingThread[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('message', (message: FromRecordingThread) => {
          messages.push(message);
          const answer = look(message);
          if (answer !== null) worker.postMessage(answer);
          if (message.type !== 'progress' && message.type !== 'output') resolve();
        });
        worker.postMessage(job);
      });
    } finally {
      await worker.terminate();
    }
    return messages;
  }

  it('makes the file in the program’s folder, and passes on what the program prints', async () => {
    install(fakeValgrind);
    const messages = await perform();
    assert.deepEqual(messages.at(-1), { type: 'recorded', exit: 0, hasSource: false });
    const said = messages.flatMap((message) => (message.type === 'output' ? [message.text] : [])).join('');
    assert.equal(said, `the program says hello in ${scratch}\n`);
    assert.ok(existsSync(path.join(scratch, 'x.walkrec')));
  });

  it('leaves nothing behind when it is cancelled', async () => {
    install('#!/bin/sh\nsleep 600 & wait\n');
    const messages = await perform((message) => (message.type === 'progress' ? { kind: 'cancel' } : null));
    assert.deepEqual(messages.at(-1), { type: 'cancelled' });
    assert.deepEqual(readdirSync(scratch), ['valgrind']);
  });

  it('says how to install what is missing', async () => {
    process.env['PATH'] = scratch;
    const [last] = (await perform()).slice(-1);
    assert.ok(last?.type === 'failed');
    assert.match(last.message, /valgrind is not installed; .*valgrind/);
  });
});
