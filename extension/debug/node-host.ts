import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { loadRecordings } from '../../simulator/cli/recording-files.ts';
import type { AdapterHost } from './host.ts';

const unzip = promisify(gunzip);

/** Bytes that an unpacked file may have: a bound against mistakes, far above any recording. */
const MAX_FILE_BYTES = 1 << 30;

function resolve(fromFile: string, file: string): string {
  return path.resolve(path.dirname(fromFile), file);
}

/** The adapter's host on Node: a worker thread, the command line, a test. */
export const nodeHost: AdapterHost = {
  readFile: (file) => readFile(file),
  loadRecordings: (paths, fromFile) => loadRecordings(paths, (written) => resolve(fromFile, written)),
  inflate: (bytes) => unzip(bytes, { maxOutputLength: MAX_FILE_BYTES }),
  defer: (callback) => {
    setImmediate(callback);
  },
  now: () => performance.now(),
  resolve,
};
