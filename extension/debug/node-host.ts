import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { findSources } from '../../simulator/files/find-sources.ts';
import { readInputs } from '../../simulator/files/read-inputs.ts';
import { readScenario } from '../../simulator/files/read-scenario.ts';
import { isRecording } from '../../simulator/files/recording-files.ts';
import { Workspace } from '../../simulator/files/workspace.ts';
import type { AdapterHost } from './protocol/host.ts';

/**
 * The adapter's host on Node: a worker thread, the command line, a test. Scenarios may read from the given folders as well as
 * from their own.
 */
export function nodeHost(folders: readonly string[]): AdapterHost {
  const workspace = new Workspace(folders);
  return {
    readScenario,
    isRecording,
    readInputs: (scenario, bounds) => readInputs(scenario, workspace, bounds),
    findSources,
    defer: (callback) => {
      setImmediate(callback);
    },
    now: () => performance.now(),
    realPath,
    holdsNow,
  };
}

function realPath(file: string): string {
  const absolute = path.resolve(file);
  try {
    return realpathSync.native(absolute);
  } catch {
    return absolute;
  }
}

const BYTE_ORDER_MARK = 3;

/** A file of another size need not be read. */
function holdsNow(file: string, text: string): boolean {
  try {
    const stats = statSync(file);
    const size = Buffer.byteLength(text);
    if (!stats.isFile() || (stats.size !== size && stats.size !== size + BYTE_ORDER_MARK)) return false;
    return new TextDecoder().decode(readFileSync(file)) === text;
  } catch {
    return false;
  }
}
