/** Files that a program names: read before it runs, so that the simulation itself never waits for a disk. */
import type { RecordingSource } from '../../../simulator/recording/replay/replayer.ts';
import { namedFiles } from '../../../simulator/session/scenario/named-files.ts';
import type { Scenario } from '../../../simulator/session/scenario/scenario.ts';
import { cannotRead } from '../protocol/errors.ts';
import type { AdapterHost } from '../protocol/host.ts';

export async function readBytes(host: AdapterHost, path: string): Promise<Uint8Array> {
  try {
    return await host.readFile(path);
  } catch (error) {
    throw cannotRead(path, error instanceof Error ? error.message : String(error));
  }
}

/** Bytes by the path as it is written in the scenario. */
export async function readAssets(host: AdapterHost, scenario: Scenario): Promise<Record<string, Uint8Array>> {
  const assets: Record<string, Uint8Array> = {};
  for (const path of namedFiles(scenario).files) {
    assets[path] = await readBytes(host, host.resolve(scenario.file, path));
  }
  return assets;
}

/** Null for a scenario that replays nothing. */
export async function readRecordings(host: AdapterHost, scenario: Scenario): Promise<RecordingSource | null> {
  const { recordings } = namedFiles(scenario);
  if (recordings.size === 0) return null;
  try {
    return await host.loadRecordings([...recordings], scenario.file);
  } catch (error) {
    throw cannotRead([...recordings].join(', '), error instanceof Error ? error.message : String(error));
  }
}
