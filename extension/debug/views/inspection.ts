import { inspectCommands, InspectError } from '../../../simulator/inspect/requests.ts';
import { runState } from '../../../simulator/inspect/state-json.ts';
import { cannotInspect } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';

function inspection(name: string): Handler {
  return (debuggee, args) => {
    debuggee.requireSimulation(args.command);
    try {
      return debuggee.inspector?.answer(name, args.fields);
    } catch (error) {
      throw error instanceof InspectError ? cannotInspect(error) : error;
    }
  };
}

/** Requests of the panels. They read and change nothing, and are answered during a run as well. */
export const inspectionHandlers: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(inspectCommands.map((name) => [`pagewalk/${name}`, inspection(name)])),
  'pagewalk/state'(debuggee, { command }) {
    const { simulation } = debuggee.requireSimulation(command);
    return runState({ kernel: simulation.kernel, world: simulation.world });
  },
};
