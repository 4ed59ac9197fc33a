/** From the memory that a recorded program started with to a program that a kernel can load. */
import type { ProgramImage } from '../../session/calls/replay-host.ts';
import { type Piece, type PieceKind, Right } from '../order/address-map.ts';
import { type Layout, type LayoutRow, rightsOf } from '../logs/layout-parser.ts';
import { RecordingError } from '../logs/recording-error.ts';

/** Where kernels that say nothing else put programs: a recorded program below it moves up to it. */
const LOWEST_BASE = 0x40_0000;

/** A run of recorded rows that becomes one segment. */
export interface ImageSegment {
  readonly kind: Extract<PieceKind, 'code' | 'data'>;
  /** Recorded addresses. */
  readonly start: number;
  readonly end: number;
  /** End of what the file holds; anonymous rows behind it are zero. */
  readonly fileEnd: number;
  readonly rows: readonly LayoutRow[];
}

/**
 * The program is the rows of the lowest file and the anonymous ones right behind them. Rows without the right to
 * write become one code segment, which also holds read-only data; the others one data segment.
 */
export function imageSegments(layout: Layout): ImageSegment[] {
  const rows = programRows(layout);
  const code = rows.filter((row) => !row.write);
  const data = rows.filter((row) => row.write);
  const segments = [segmentOf('code', code), segmentOf('data', data)].filter((segment) => segment !== null);
  const [first, second] = segments;
  if (first === undefined)
    throw new RecordingError({ file: layout.file }, 'the memory layout has no program: no file is mapped');
  if (second !== undefined && second.start < first.end) {
    const row = code.find((row) => row.start >= second.start);
    throw new RecordingError(
      { file: layout.file, ...(row === undefined ? {} : { line: row.line }) },
      'the program has read-only memory above its data, which is not supported yet',
    );
  }
  return segments;
}

/** Rows of the layout that belong to neither program, heap nor stack: a dynamic linker, Valgrind's own page. */
export function otherRows(layout: Layout): LayoutRow[] {
  const program = new Set(programRows(layout));
  const inside = (row: LayoutRow, area: Layout['stack']): boolean =>
    area !== null && row.start >= area.start && row.end <= area.end;
  return layout.rows.filter((row) => !program.has(row) && !inside(row, layout.heap) && !inside(row, layout.stack));
}

function programRows(layout: Layout): LayoutRow[] {
  const first = layout.rows.findIndex((row) => row.kind === 'file');
  const path = layout.rows[first]?.path ?? null;
  const rows: LayoutRow[] = [];
  for (const row of layout.rows.slice(Math.max(first, 0))) {
    const last = rows.at(-1);
    const isSameFile = row.kind === 'file' && row.path === path;
    const isBehind =
      row.kind === 'anon' && last !== undefined && row.start === last.end && row.start !== layout.heap?.start;
    if (!isSameFile && !isBehind) break;
    rows.push(row);
  }
  return rows;
}

function segmentOf(kind: ImageSegment['kind'], rows: readonly LayoutRow[]): ImageSegment | null {
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return null;
  const fileEnd = rows.findLast((row) => row.kind === 'file')?.end ?? first.start;
  return { kind, start: first.start, end: last.end, fileEnd, rows };
}

/** How far the program moves when it is loaded as an ELF file. */
export function loadDistance(segments: readonly ImageSegment[]): number {
  return Math.max(0, LOWEST_BASE - (segments[0] as ImageSegment).start);
}

/** The program's bytes are not recorded: its file holds zeros. */
export function elfImage(segments: readonly ImageSegment[]): ProgramImage {
  const distance = loadDistance(segments);
  const base = (segments[0] as ImageSegment).start;
  return {
    kind: 'elf',
    entry: base + distance,
    bytes: new Uint8Array(Math.max(...segments.map((segment) => segment.fileEnd - base))),
    segments: segments.map((segment) => ({
      address: segment.start + distance,
      memorySize: segment.end - segment.start,
      fileOffset: segment.start - base,
      fileSize: segment.fileEnd - segment.start,
      protection: { read: true, write: segment.kind === 'data', execute: segment.kind === 'code' },
    })),
  };
}

/** A piece for every row, with the row's own rights, `distance` above the recorded addresses. */
export function segmentPieces(segment: ImageSegment, distance: number): Piece[] {
  const simulatedRights = segment.kind === 'code' ? Right.read | Right.execute : Right.read | Right.write;
  return segment.rows.map((row) => ({
    start: row.start,
    end: row.end,
    base: row.start + distance,
    rights: rightsOf(row),
    simulatedRights,
    kind: segment.kind,
    origin: '',
    file: null,
  }));
}
