/** Numbers the places of a program's source as they are met: each frame of each call stack once. */
import type { PlacedSpot } from './source-modules.ts';
import { NOWHERE, type SourcePlace } from '../logs/source-lines.ts';

/** Beyond it a stack is told without its callers: recursion would make places without an end. */
const MOST_PLACES = 500_000;

export class PlaceTable {
  readonly list: SourcePlace[] = [
    { file: 0, line: 0, column: 0, function: '', isInlined: false, caller: NOWHERE, depth: 0 },
  ];
  readonly files: string[] = [];
  private readonly fileNumbers = new Map<string, number>();
  private readonly numbers = new Map<string, number>();
  private readonly bySpot = new Map<PlacedSpot['spot'], Map<number, number>>();

  fileNumber(path: string): number {
    const known = this.fileNumbers.get(path);
    if (known !== undefined) return known;
    this.files.push(path);
    this.fileNumbers.set(path, this.files.length - 1);
    return this.files.length - 1;
  }

  placeOf({ spot, module }: PlacedSpot, caller: number): number {
    const known = this.bySpot.get(spot)?.get(caller);
    if (known !== undefined) return known;
    const place = this.makePlace(spot, module, caller);
    const byCaller = this.bySpot.get(spot) ?? new Map<number, number>();
    byCaller.set(caller, place);
    this.bySpot.set(spot, byCaller);
    return place;
  }

  private makePlace(spot: PlacedSpot['spot'], module: PlacedSpot['module'], caller: number): number {
    const { files, functions } = module.lines;
    const nameOf = (index: number): string => functions[index]?.name ?? 'unknown function';
    const numberOf = (file: number): number => this.fileNumber(files[file] ?? '');
    let around = this.list.length > MOST_PLACES ? NOWHERE : caller;
    let name = nameOf(spot.function);
    for (const [at, inlined] of spot.inlined.entries()) {
      const { callFile = -1, callLine = 0 } = functions[inlined] ?? {};
      const place = { file: numberOf(callFile < 0 ? spot.file : callFile), line: callLine, column: 0 };
      around = this.number({ ...place, function: name, isInlined: at > 0, caller: around });
      name = nameOf(inlined);
    }
    const { line, column } = spot;
    const isInlined = spot.inlined.length > 0;
    // Parts of one line are one place: the column of the first part that was met stands for it.
    return this.number({ file: numberOf(spot.file), line, column, function: name, isInlined, caller: around });
  }

  private number(place: Omit<SourcePlace, 'depth'>): number {
    const { file, line, function: name, isInlined, caller } = place;
    const key = `${String(file)}:${String(line)}:${String(caller)}:${String(isInlined)}:${name}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const depth = caller === NOWHERE ? 0 : (this.list[caller]?.depth ?? 0) + 1;
    this.list.push({ ...place, depth });
    this.numbers.set(key, this.list.length - 1);
    return this.list.length - 1;
  }
}
