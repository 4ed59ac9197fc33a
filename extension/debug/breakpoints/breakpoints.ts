import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StopConditions } from './stop-conditions.ts';
import { toClient, type ClientFormat } from '../protocol/client-format.ts';
import { bodiesOf } from '../../../simulator/session/scenario/named-files.ts';
import { innerBlocks } from '../../../simulator/session/scenario/program.ts';
import type { Scenario, Statement } from '../../../simulator/session/scenario/scenario.ts';

/** Where execution can stop: the beginning of a statement. */
export interface Location {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** In the listing of a kernel function: its numbered step. */
  readonly step?: { readonly name: string; readonly label: string };
}

/** With its file as the simulation names it. */
export interface PlacedLocation extends Location {
  readonly file: string;
}

export interface BreakableSource {
  /** As clients name it. */
  readonly file: string;
  readonly locations: readonly Location[];
  /** Why its lines mean nothing. */
  readonly problem?: string;
}

/** A breakpoint as the user set it, and where it ended up. */
export interface LineBreakpoint extends StopConditions {
  readonly id: number;
  /** As the client wrote it, with the number of a source that is no file. */
  readonly file: string;
  readonly reference?: number;
  /** Set on a text that is not the launched one: it stands nowhere while that is so. */
  readonly isOnChangedText?: boolean;
  readonly requestedLine: number;
  /** Null: not on a statement, or its file is not part of the session. */
  location: PlacedLocation | null;
  message?: string;
}

/** The places where a scenario can stop, in order; also inside its tests. */
export function locationsOf(scenario: Scenario): Location[] {
  const found: Location[] = [];
  for (const body of bodiesOf(scenario)) collect(body, found);
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

function collect(statements: readonly Statement[], found: Location[]): void {
  for (const statement of statements) {
    const { line, column, endLine, endColumn } = statement.range;
    found.push({ line, column, endLine, endColumn });
    for (const inner of innerBlocks(statement)) collect(inner, found);
  }
}

/** Lines of statements that say which error they expect. */
export function expectingLines(scenario: Scenario): Set<number> {
  const found = new Set<number>();
  const add = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'expect-fails' || statement.kind === 'expect-kills') found.add(statement.range.line);
      innerBlocks(statement).forEach(add);
    }
  };
  bodiesOf(scenario).forEach(add);
  return found;
}

/** The statement at a line, else the next one below it; null after the last. */
export function locate(locations: readonly Location[], line: number): Location | null {
  return locations.find((location) => location.line >= line) ?? null;
}

/** The user's line breakpoints by file. They survive a restart and are checked again when the scenario changes. */
export class LineBreakpoints {
  private readonly byFile = new Map<string, LineBreakpoint[]>();
  private readonly inLaunchedText = new Map<string, LineBreakpoint[]>();
  private readonly newId: () => number;
  private readonly realPath: (path: string) => string;

  constructor(newId: () => number, realPath: (path: string) => string) {
    this.newId = newId;
    this.realPath = realPath;
  }

  private keyOf(file: string): string {
    return fileKey(this.realPath(file));
  }

  /** `isLaunchedText`: in the copy of the file's launched text, which has breakpoints of its own. */
  set(
    file: string,
    breakpoints: readonly Omit<LineBreakpoint, 'id' | 'file' | 'location'>[],
    isLaunchedText = false,
  ): LineBreakpoint[] {
    const set = breakpoints.map((breakpoint) => ({ ...breakpoint, id: this.newId(), file, location: null }));
    (isLaunchedText ? this.inLaunchedText : this.byFile).set(this.keyOf(file), set);
    return set;
  }

  /**
   * Places every breakpoint in the program's sources and gives those whose place has changed. `changeOf` says why lines of
   * a file as it is now mean nothing to the program; null where they do.
   */
  place(sources: readonly BreakableSource[], changeOf: (file: string) => string | null = () => null): LineBreakpoint[] {
    const changed: LineBreakpoint[] = [];
    for (const [key, breakpoints] of [...this.byFile, ...this.inLaunchedText]) {
      const source = sources.find(({ file }) => this.keyOf(file) === key);
      for (const breakpoint of breakpoints) {
        const before = breakpoint.location?.line;
        const problem =
          breakpoint.problem ??
          source?.problem ??
          (breakpoint.isOnChangedText === true ? changeOf(source?.file ?? '') : null);
        const isPossible = source !== undefined && problem === null;
        const location = isPossible ? locate(source.locations, breakpoint.requestedLine) : null;
        breakpoint.location = location === null || source === undefined ? null : { ...location, file: source.file };
        breakpoint.message =
          source === undefined
            ? 'This file is not being debugged.'
            : (problem ?? 'There is no statement at or below this line.');
        if (breakpoint.location?.line !== before) changed.push(breakpoint);
      }
    }
    return changed;
  }

  /** The sources that have breakpoints, as the client names them. */
  files(): string[] {
    return [...this.byFile.values()].flatMap(([first]) => (first === undefined ? [] : [first.file]));
  }

  /** The breakpoints that can be hit. */
  placed(): (LineBreakpoint & { readonly location: PlacedLocation })[] {
    return [...this.byFile.values(), ...this.inLaunchedText.values()]
      .flat()
      .filter(
        (breakpoint): breakpoint is LineBreakpoint & { location: PlacedLocation } => breakpoint.location !== null,
      );
  }
}

/** The same file may arrive with another slash or another case of its drive letter. */
export function fileKey(path: string): string {
  return path.replaceAll('\\', '/').replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
}

export function toProtocol(
  breakpoint: LineBreakpoint,
  source: DebugProtocol.Source,
  format: ClientFormat,
): DebugProtocol.Breakpoint {
  const { id, location, message } = breakpoint;
  if (location === null) return { id, verified: false, source, ...(message === undefined ? {} : { message }) };
  return { id, verified: true, source, ...toClient(format, location.line, location.column) };
}
