/** Which program file is loaded where, and what its debug information says of an address. */
import { type ModuleLines, type Spot, SpotFinder } from '../debug-info/module-lines.ts';
import type { LineColumns } from '../logs/source-lines.ts';
import type { PlaceTable } from './source-places.ts';

/** The debug information of the file with a path; null where there is none. */
export type FindModule = (path: string) => ModuleLines | null;

interface LoadedModule {
  readonly path: string;
  readonly lines: ModuleLines;
  readonly finder: SpotFinder;
  readonly functions: readonly object[];
}

/** Code without functions: one for all. */
const noFunction = {};

interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly bias: number;
  readonly module: LoadedModule;
}

export interface Found {
  /** The answer is the same for `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly spot: PlacedSpot | null;
}

/** Addresses are those of the process. */
export interface PlacedSpot {
  readonly start: number;
  readonly entry: number;
  readonly isStatement: boolean;
  readonly function: object;
  readonly spot: Spot;
  readonly module: LoadedModule;
}

/** What several processes share: each file is read once. */
class SharedModules {
  private readonly findModule: FindModule;
  private readonly known = new Map<string, LoadedModule | null>();

  constructor(findModule: FindModule) {
    this.findModule = findModule;
  }

  get isEmpty(): boolean {
    return [...this.known.values()].every((module) => module === null);
  }

  empty(): ModuleMap {
    return new ModuleMap(this, []);
  }

  open(path: string): LoadedModule | null {
    const known = this.known.get(path);
    if (known !== undefined) return known;
    const lines = this.findModule(path);
    const functions = lines?.functions.map(() => ({}));
    const module =
      lines === null || functions === undefined ? null : { path, lines, finder: new SpotFinder(lines), functions };
    this.known.set(path, module);
    return module;
  }

  /** As they are written, with the numbers that places have for the files. */
  columns(places: PlaceTable): LineColumns[] {
    return [...this.known.values()].flatMap((module) => {
      if (module === null) return [];
      const { path, lines } = module;
      let before = 0;
      return [
        {
          path,
          addresses: lines.rows.map(({ address }) => {
            const distance = address - before;
            before = address;
            return distance;
          }),
          files: lines.rows.map(({ file }) => (file < 0 ? -1 : places.fileNumber(lines.files[file] ?? ''))),
          lines: lines.rows.map(({ line }) => Math.max(line, 0)),
          statements: lines.rows.map(({ isStatement }) => isStatement),
          functions: lines.functions.map(({ name, ranges, parent }) => ({
            ...{ name, start: ranges[0]?.start ?? 0, end: ranges[0]?.end ?? 0, parent },
          })),
        },
      ];
    });
  }
}

export class ModuleMap {
  private readonly shared: SharedModules;
  private mappings: Mapping[];
  private readonly placed = new Map<Spot, Map<number, Found>>();

  constructor(shared: SharedModules, mappings: Mapping[]) {
    this.shared = shared;
    this.mappings = mappings;
  }

  static sharing(findModule: FindModule): SharedModules {
    return new SharedModules(findModule);
  }

  copy(): ModuleMap {
    return new ModuleMap(this.shared, [...this.mappings]);
  }

  /** `[start, end)` shows the file from `offset` on. */
  add(path: string, start: number, end: number, offset: number): void {
    this.mappings = this.mappings.filter((one) => one.end <= start || one.start >= end);
    const module = this.shared.open(path);
    if (module === null) return;
    const segment = module.lines.segments.find(
      (one) => Math.floor(one.offset / 4096) * 4096 <= offset && offset < one.offset + one.fileSize,
    );
    if (segment === undefined) return;
    this.mappings.push({ start, end, bias: start - (segment.address - segment.offset + offset), module });
    this.mappings.sort((left, right) => left.start - right.start);
  }

  find(address: number): Found {
    let from = 0;
    for (const mapping of this.mappings) {
      if (address < mapping.start) return { start: from, end: mapping.start, spot: null };
      if (address < mapping.end) return this.findIn(mapping, address);
      from = mapping.end;
    }
    return { start: from, end: Infinity, spot: null };
  }

  private findIn({ start, end, bias, module }: Mapping, address: number): Found {
    const spot = module.finder.spotAt(address - bias);
    if (spot === null) {
      const next = Math.min(end, module.finder.nextLine(address - bias) + bias);
      return { start: address, end: Math.max(next, address + 1), spot: null };
    }
    const known = this.placed.get(spot)?.get(bias);
    if (known !== undefined) return known;
    const found: Found = {
      start: Math.max(start, spot.start + bias),
      end: Math.min(end, spot.end + bias),
      spot: {
        start: spot.start + bias,
        entry: spot.entry < 0 ? -1 : spot.entry + bias,
        isStatement: spot.isStatement,
        function: module.functions[spot.function] ?? noFunction,
        ...{ spot, module },
      },
    };
    const byBias = this.placed.get(spot) ?? new Map<number, Found>();
    byBias.set(bias, found);
    this.placed.set(spot, byBias);
    return found;
  }
}
