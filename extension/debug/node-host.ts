import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { AdapterHost } from './host.ts';

const unzip = promisify(gunzip);

/** Bytes that a file may have at most, packed or not: a bound against mistakes, far above any recording. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

/** The adapter's host on Node: a worker thread, the command line, a test. */
export const nodeHost: AdapterHost = {
  readFile: (file) => readFile(file),
  inflate: (bytes) => unzip(bytes, { maxOutputLength: MAX_FILE_BYTES }),
  defer: (callback) => {
    setImmediate(callback);
  },
  now: () => performance.now(),
  resolve: (fromFile, file) => path.resolve(path.dirname(fromFile), file),
};
