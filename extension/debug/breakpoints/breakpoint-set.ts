import type { DebugProtocol } from '@vscode/debugprotocol';
import { LineBreakpoints, toProtocol, type LineBreakpoint } from './breakpoints.ts';
import type { ClientFormat } from '../protocol/client-format.ts';
import { basename } from '../protocol/basename.ts';

export interface FunctionBreakpoint {
  readonly id: number;
  readonly name: string;
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly problem?: string;
}

export interface ExceptionBreakpoint {
  readonly filter: string;
  readonly condition?: string;
}

/** Everything that the client wants to stop at. It lives outside the simulation and survives seeks and restarts. */
export class BreakpointSet {
  private nextId = 1;
  readonly lines: LineBreakpoints;
  functions: FunctionBreakpoint[] = [];
  exceptions: ExceptionBreakpoint[] = [];

  private readonly hits = new Map<number, number>();

  /** `realPath` gives one name to a file that clients name in several ways. */
  constructor(realPath: (path: string) => string) {
    this.lines = new LineBreakpoints(() => this.newId(), realPath);
  }

  /** How often the breakpoint has been reached in this run, this time included. */
  countHit(id: number): number {
    const hits = (this.hits.get(id) ?? 0) + 1;
    this.hits.set(id, hits);
    return hits;
  }

  /** A new run counts anew. */
  forgetHits(): void {
    this.hits.clear();
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
