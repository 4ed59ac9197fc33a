/** What stands on the lines that findings name: a scenario's text, or the view of a recording. */
import { InputError } from '../files/input-error.ts';
import { readInputs } from '../files/read-inputs.ts';
import { readScenario } from '../files/read-scenario.ts';
import { isRecording } from '../files/recording-files.ts';
import { Workspace } from '../files/workspace.ts';
import { withoutPlace } from '../recording/replay/recording-view.ts';
import { RecordingReplayer, type RecordingView, scenarioOfRecording } from '../recording/replay/replayer.ts';
import { boundsOf, type RunOptions, settingsOf } from './options.ts';

/** A recording as a text. Throws an InputError where it cannot be read. */
export async function readView(file: string, options: RunOptions): Promise<RecordingView> {
  const inputs = await readInputs(scenarioOfRecording(file), new Workspace([]), boundsOf(options));
  const [problem] = inputs.problems;
  if (problem !== undefined) throw new InputError(problem.range.file, problem.message, problem.range.line);
  if (inputs.recordings === null) throw new Error('internal: a recording that replays nothing');
  return new RecordingReplayer(inputs.recordings, settingsOf(options)).view(file);
}

/** Null where there is no such text any more. */
export async function sourceLines(file: string, options: RunOptions): Promise<readonly string[] | null> {
  try {
    if (!(await isRecording(file))) return (await readScenario(file, boundsOf(options))).split('\n');
    return (await readView(file, options)).text.split('\n').map(withoutPlace);
  } catch {
    return null;
  }
}
