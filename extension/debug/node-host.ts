import { readFileSync, realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { loadRecordings } from '../../simulator/cli/recording-files.ts';
import type { AdapterHost } from './protocol/host.ts';

function resolve(fromFile: string, file: string): string {
  return path.resolve(path.dirname(fromFile), file);
}

function realPath(file: string): string {
  const absolute = path.resolve(file);
  try {
    return realpathSync.native(absolute);
  } catch {
    return absolute;
  }
}

/** A file of another size need not be read. */
function holdsNow(file: string, bytes: Uint8Array): boolean {
  try {
    const stats = statSync(file);
    return stats.isFile() && stats.size === bytes.length && readFileSync(file).equals(bytes);
  } catch {
    return false;
  }
}

/** The adapter's host on Node: a worker thread, the command line, a test. */
export const nodeHost: AdapterHost = {
  readFile: (file) => readFile(file),
  loadRecordings: (paths, fromFile) => loadRecordings(paths, (written) => resolve(fromFile, written)),
  defer: (callback) => {
    setImmediate(callback);
  },
  now: () => performance.now(),
  realPath,
  holdsNow,
  resolve,
};
