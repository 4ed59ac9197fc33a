import { capabilities } from '../protocol/capabilities.ts';
import type { Arguments } from '../protocol/arguments.ts';
import { readFormat } from '../protocol/client-format.ts';
import type { Debuggee } from '../debuggee.ts';
import { alreadyLaunched, cancelled, hasEnded, isLoading, notLaunched } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';
import { changedText, missingSentence } from './c-sources.ts';
import { readSettings } from './launch.ts';
import { basename } from '../protocol/basename.ts';

export const lifecycleHandlers: Readonly<Record<string, Handler>> = {
  initialize(debuggee, args) {
    debuggee.format = readFormat(args);
    return capabilities;
  },
  launch,
  configurationDone(debuggee) {
    // It may be on its way while the client is stopping the launch, which is no mistake of anybody.
    if (debuggee.phase === 'ended') return;
    debuggee.isConfigured = true;
    debuggee.begin();
  },
  restart,
  terminate(debuggee) {
    // Clients may ask while the end is on its way to them.
    if (debuggee.phase === 'ended') return;
    debuggee.end();
    debuggee.host.defer(() => {
      debuggee.send('exited', { exitCode: 0 });
      debuggee.send('terminated');
    });
  },
  disconnect(debuggee) {
    debuggee.end();
  },
  /** The text that the session was launched with; null for a recording. */
  'pagewalk/launchedText'(debuggee, { command }) {
    const { program } = debuggee.requireSimulation(command);
    return { content: program.launched?.text ?? null };
  },
  /** What the client's editor shows of a file: the launched text or another one; null when it shows it no more. */
  'pagewalk/editorText'(debuggee, args) {
    const isOther = args.fields['isOther'] === null ? null : args.boolean('isOther', false);
    debuggee.launchedText.noteEditor(args.string('path'), isOther);
  },
  cancel(debuggee, args) {
    const request = args.optionalInteger('requestId');
    args.optionalString('progressId');
    if (request !== undefined) debuggee.runner.cancel(request);
  },
};

async function launch(debuggee: Debuggee, args: Arguments): Promise<void> {
  if (debuggee.phase === 'ended') throw hasEnded('launch');
  if (debuggee.phase !== 'fresh') throw alreadyLaunched();
  const settings = readSettings(args);
  debuggee.phase = 'loading';
  debuggee.settings = settings;
  try {
    await debuggee.load(settings);
  } catch (error) {
    // Stopped by its client meanwhile: whatever was wrong with the program interests nobody any more.
    if (debuggee.hasEnded()) throw cancelled();
    debuggee.host.defer(() => {
      debuggee.send('terminated');
      debuggee.end();
    });
    throw error;
  }
  debuggee.phase = 'ready';
  debuggee.send('process', { name: basename(settings.program), isLocalProcess: false, startMethod: 'launch' });
  debuggee.send('initialized');
  tellLostSources(debuggee);
  debuggee.begin();
}

/** Source files that have changed or moved: those that are not there are asked for, once a launch. */
function tellLostSources({ program, output, send }: Debuggee): void {
  const lost = program?.lostSources ?? [];
  for (const one of lost) output.write('console', one.state === 'missing' ? missingSentence(one) : changedText(one));
  const missing = lost.find(({ state }) => state === 'missing');
  if (missing !== undefined)
    send('pagewalk/sourceMissing', { recorded: missing.recorded, message: missingSentence(missing) });
}

/** Reads the program anew, as it may have been edited. A program that cannot run leaves the old session as it is. */
async function restart(debuggee: Debuggee, args: Arguments): Promise<void> {
  const { settings, phase } = debuggee;
  if (phase === 'ended') throw hasEnded('restart');
  if (settings === null || phase === 'fresh') throw notLaunched('restart');
  if (phase === 'loading' || phase === 'ready') throw isLoading('restart');
  const changed = args.fields['arguments'] === undefined ? settings : readSettings(args.record('arguments'));
  debuggee.runner.halt('the simulation is restarted');
  debuggee.phase = 'ready';
  try {
    await debuggee.load(changed);
  } catch (error) {
    if (debuggee.hasEnded()) throw cancelled();
    if (debuggee.phase === 'ready')
      debuggee.runner.announce({ reason: 'pause', description: 'Paused: the restart failed' });
    throw error;
  }
  if (debuggee.phase !== 'ready') throw cancelled();
  tellLostSources(debuggee);
  debuggee.begin();
}
