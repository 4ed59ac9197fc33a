import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Position } from '../../../simulator/session/moves/stop.ts';
import type { Watch } from '../../../simulator/session/moves/watches.ts';
import { LineBreakpoints, toProtocol, type LineBreakpoint } from './breakpoints.ts';
import type { Condition } from './condition.ts';
import { Passes } from './passes.ts';
import type { StopConditions } from './stop-conditions.ts';
import type { ClientFormat } from '../protocol/client-format.ts';
import { basename } from '../protocol/basename.ts';

export interface FunctionBreakpoint extends StopConditions {
  readonly id: number;
  readonly name: string;
}

export interface ExceptionBreakpoint {
  readonly filter: string;
  readonly condition?: Condition;
  readonly problem?: string;
}

export interface DataBreakpoint extends StopConditions {
  readonly id: number;
  /** The data and the kind of access, as the client names them. */
  readonly key: string;
  readonly name: string;
  /** Null where it has a problem. */
  readonly watch: Watch | null;
}

/** A breakpoint that can be hit, and where. */
export type BreakpointPlace = StopConditions & { readonly id: number } & (
    | { readonly kind: 'line'; readonly file: string; readonly line: number }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'step'; readonly name: string; readonly label: string }
    | { readonly kind: 'data'; readonly name: string; readonly key: string; readonly watch: Watch }
  );

/** Everything that the client wants to stop at. It lives outside the simulation and survives seeks and restarts. */
export class BreakpointSet {
  private nextId = 1;
  readonly lines: LineBreakpoints;
  functions: FunctionBreakpoint[] = [];
  exceptions: ExceptionBreakpoint[] = [];
  data: DataBreakpoint[] = [];
  /** By place and condition: a breakpoint that is set once more goes on counting. */
  private readonly passes = new Map<string, Passes>();

  /** `realPath` gives one name to a file that clients name in several ways. */
  constructor(realPath: (path: string) => string) {
    this.lines = new LineBreakpoints(() => this.newId(), realPath);
  }

  /** Where a run can stop. */
  places(): BreakpointPlace[] {
    return [
      ...this.lines.placed().map((one) => placeOf(one)),
      ...this.functions
        .filter(({ problem }) => problem === undefined)
        .map((one) => ({ ...one, kind: 'function' as const })),
      ...this.data.flatMap(({ watch, problem, ...one }): BreakpointPlace[] =>
        watch === null || problem !== undefined ? [] : [{ ...one, watch, kind: 'data' }],
      ),
    ];
  }

  passesOf(place: BreakpointPlace): Passes {
    const key = keyOf(place);
    const known = this.passes.get(key);
    if (known !== undefined) return known;
    const passes = new Passes();
    this.passes.set(key, passes);
    return passes;
  }

  /** Those that count their hits. */
  counted(): Passes[] {
    return this.places()
      .filter(({ hits }) => hits !== undefined)
      .map((place) => this.passesOf(place));
  }

  /** A new run counts anew. */
  forgetHits(): void {
    this.passes.clear();
  }

  /** Up to a position the run is the same. */
  forgetHitsFrom(position: Position): void {
    for (const passes of this.passes.values()) passes.forgetFrom(position);
  }

  newId(): number {
    return this.nextId++;
  }

  describe(breakpoint: LineBreakpoint, format: ClientFormat): DebugProtocol.Breakpoint {
    const { file, reference } = breakpoint;
    const source = { name: basename(file), path: file };
    return toProtocol(breakpoint, reference === undefined ? source : { ...source, sourceReference: reference }, format);
  }
}

function placeOf({ location, ...one }: ReturnType<LineBreakpoints['placed']>[number]): BreakpointPlace {
  const { id, condition, hits, log } = one;
  const conditions = {
    id,
    ...(condition === undefined ? {} : { condition }),
    ...(hits === undefined ? {} : { hits }),
    ...(log === undefined ? {} : { log }),
  };
  const { file, line, step } = location;
  if (step !== undefined) return { kind: 'step', ...step, ...conditions };
  return { kind: 'line', file, line, ...conditions };
}

function keyOf(place: BreakpointPlace): string {
  const condition = place.condition?.text ?? '';
  switch (place.kind) {
    case 'line':
      return JSON.stringify([place.kind, place.file, place.line, condition]);
    case 'function':
      return JSON.stringify([place.kind, place.name, condition]);
    case 'data':
      return JSON.stringify([place.kind, place.key, condition]);
    case 'step':
      return JSON.stringify([place.kind, place.name, place.label, condition]);
  }
}
