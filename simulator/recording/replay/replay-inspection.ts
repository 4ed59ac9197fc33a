/** A step of a recording for people who look: where its log has it, and where its addresses are in the simulated process. */
import { findPiece, type Piece } from '../order/address-map.ts';
import { accessWord } from '../logs/first-touches.ts';
import type { ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import type { ReplayProcess, ReplayState } from '../order/replay-state.ts';
import type { TimelineStep } from '../order/timeline.ts';

export interface StepInspection {
  /** Name of the log's file, and the lines in it. */
  readonly log: string;
  readonly line: number;
  readonly endLine: number;
  /** The first access of the step. */
  readonly access: { readonly word: string; readonly recorded: number; readonly here: number | null } | null;
  /** Where recorded memory is now; `here` is null where only addresses are kept free. */
  readonly mappings: readonly MappingInspection[];
}

export interface MappingInspection {
  readonly start: number;
  readonly end: number;
  readonly here: number | null;
  readonly kind: string;
}

export function inspectStep(recording: Recording, state: ReplayState, step: TimelineStep): StepInspection {
  const { log: index, line, endLine, first } = step;
  const self = processOf(state, step);
  const access =
    first === null
      ? null
      : {
          word: accessWord(first.kind),
          recorded: first.address,
          here: self === null ? null : here(self, first.address),
        };
  return {
    log: (recording.processes[index] as ProcessLog).file,
    line,
    endLine,
    access,
    mappings: (self?.map.pieces ?? []).map(mappingOf),
  };
}

/** Where a recorded address of the step's process is now; null where nothing is mapped. */
export function relocate(state: ReplayState, step: TimelineStep, address: number): number | null {
  const self = processOf(state, step);
  return self === null ? null : here(self, address);
}

function processOf({ processes }: ReplayState, { log }: TimelineStep): ReplayProcess | null {
  return processes.find((process) => process.log === log) ?? null;
}

function here({ map }: ReplayProcess, address: number): number | null {
  const piece = findPiece(map, address);
  return piece === null || piece.base === null ? null : piece.base + (address - piece.start);
}

function mappingOf({ start, end, base, kind }: Piece): MappingInspection {
  return { start, end, here: base, kind };
}
