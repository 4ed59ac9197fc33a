// A thread that finds tests in texts and runs those of files.
import { parentPort } from 'node:worker_threads';
import { testFile } from '../../simulator/cli/test/test-file.ts';
import { Workspace } from '../../simulator/files/workspace.ts';
import { testsInText } from '../../simulator/language/tests-in-text.ts';
import type { FromTestThread, ToTestThread } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('tests are found and run in a worker thread');

const tell = (message: FromTestThread): void => {
  port.postMessage(message);
};

port.on('message', (message: ToTestThread) => {
  if (message.type === 'find') {
    tell({ type: 'found', id: message.id, found: testsInText(message.text, message.file) });
    return;
  }
  const began = (test: string): void => {
    tell({ type: 'began', test });
  };
  void testFile(message.job, { began }, new Workspace(message.folders)).then((tested) => {
    tell({ type: 'done', tested });
  });
});
