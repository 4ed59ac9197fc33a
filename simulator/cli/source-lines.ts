/** What stands on the lines that findings name: a scenario's text, or the view of a recording. */
import path from 'node:path';
import { isRecordingFile } from '../recording/logs/recording.ts';
import { RecordingError } from '../recording/logs/recording-error.ts';
import { withoutPlace } from '../recording/replay/recording-view.ts';
import { defaultSettings } from '../recording/order/replay-state.ts';
import { RecordingReplayer, type RecordingView } from '../recording/replay/replayer.ts';
import { inputErrorOf } from './input-error.ts';
import type { RunOptions } from './options.ts';
import { readScenario } from './read-scenario.ts';
import { isRecordingName, loadRecordings } from './recording-files.ts';

export async function isRecording(file: string): Promise<boolean> {
  return isRecordingFile(file) || (await isRecordingName(file));
}

/** Throws an InputError where it cannot be read. */
export async function readReplayer(
  recordings: Iterable<string>,
  options: Pick<RunOptions, 'order' | 'strict'>,
  resolve: (written: string) => string,
): Promise<RecordingReplayer> {
  const paths = [...recordings];
  const settings = { ...defaultSettings, ...options.order, strict: options.strict === true };
  try {
    return new RecordingReplayer(await loadRecordings(paths, resolve), settings);
  } catch (error) {
    if (error instanceof RecordingError) throw inputErrorOf(error, path.dirname(resolve(paths[0] as string)));
    throw error;
  }
}

/** A recording as a text. Throws an InputError where it cannot be read. */
export async function readView(file: string, options: Pick<RunOptions, 'order' | 'strict'>): Promise<RecordingView> {
  return (await readReplayer([file], options, (written) => written)).view(file);
}

/** Null where there is no such text any more. */
export async function sourceLines(file: string, options: RunOptions): Promise<readonly string[] | null> {
  try {
    if (!(await isRecording(file))) return (await readScenario(file)).split('\n');
    return (await readView(file, options)).text.split('\n').map(withoutPlace);
  } catch {
    return null;
  }
}
