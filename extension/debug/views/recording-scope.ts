/** What the debugger tells of a frame that stands in a recording: the log's own lines, and recorded addresses as simulated ones. */
import { hex } from '../../../simulator/hardware/word.ts';
import type { RecordingReplayer } from '../../../simulator/recording/replay/replayer.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import type { SimulationFrame } from '../../../simulator/session/moves/stop.ts';
import type { Debuggee } from '../debuggee.ts';
import type { VariableRow } from '../protocol/variable-store.ts';

interface Place {
  readonly replayer: RecordingReplayer;
  readonly state: unknown;
  /** Of the recording's view; null in the program's source. */
  readonly line: number | null;
}

/** Null where the frame's thread stands in no recording. */
function placeOf({ simulation, program }: Debuggee, frameId: number): Place | null {
  if (simulation === null || program === null || program.replayer === null) return null;
  const frame = bottomOf(simulation, frameId);
  const replay = simulation.world.script.control.findLast(({ kind }) => kind === 'replay')?.replay;
  const source = program.sources.find(({ file }) => file === frame?.file);
  const isSource = source?.isRecorded === true;
  if (frame === undefined || replay === undefined || !(isSource || (source?.reference ?? 0) !== 0)) return null;
  return { replayer: program.replayer, state: replay, line: isSource ? null : frame.line };
}

function bottomOf(simulation: Simulation, frameId: number): SimulationFrame | undefined {
  const stacks = simulation.threads().map(({ id }) => simulation.stack(id));
  return stacks.find((frames) => frames.some(({ id }) => id === frameId))?.at(-1);
}

/** Empty where the frame stands in no recording. */
export function recordingRows(debuggee: Debuggee, frameId: number): VariableRow[] {
  const place = placeOf(debuggee, frameId);
  const step = place?.replayer.inspect(place.state, place.line) ?? null;
  if (step === null) return [];
  const { log, line, endLine, access, mappings } = step;
  return [
    { name: 'log', value: log },
    {
      name: endLine > line ? 'lines' : 'line',
      value: endLine > line ? `${String(line)} to ${String(endLine)}` : String(line),
    },
    ...(access === null ? [] : [addressRow(`first ${access.word}`, access.recorded, access.here)]),
    {
      name: 'mappings',
      value: String(mappings.length),
      children: () =>
        mappings.map(({ start, end, here, kind }) => {
          const pages = Math.ceil((end - start) / 4096);
          const text = `${here === null ? 'not mapped here' : `→ ${hex(here)}`}, ${kind}, ${String(pages)} ${pages === 1 ? 'page' : 'pages'}`;
          return { ...addressRow(hex(start), start, here), value: text };
        }),
    },
  ];
}

/** A hexadecimal number in a view is a recorded address: where it is now. Null where it is none. */
export function recordedAddress(debuggee: Debuggee, frameId: number, text: string): VariableRow | null {
  if (!/^0x[\da-f]{1,12}$/.test(text)) return null;
  const place = placeOf(debuggee, frameId);
  if (place === null) return null;
  const here = place.replayer.relocate(place.state, place.line, Number(text));
  return here === null ? null : addressRow(text, Number(text), here);
}

/** From where it was in the recording to where it is now. */
function addressRow(name: string, recorded: number, here: number | null): VariableRow {
  if (here === null) return { name, value: `${hex(recorded)}, not mapped here` };
  return { name, value: `${hex(recorded)} → ${hex(here)}`, address: here };
}
