/** Literals of the walk language (section 2), exact: Langium's own conversions round, stop at `_` and ignore `0b`. */

/** The unit that a time was written in. */
export type TimeUnit = 'us' | 'ms' | 's' | 'cycles';

export interface TimeValue {
  readonly value: bigint;
  readonly unit: TimeUnit;
}

export interface StringProblem {
  /** Offset of the offending escape in the source text of the literal, its quotes included. */
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

export const smallestInteger = -(2n ** 63n);
export const largestInteger = 2n ** 64n - 1n;

const bytesPerUnit: Readonly<Record<string, bigint>> = {
  B: 1n,
  KiB: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
  page: 4096n,
  pages: 4096n,
};

/** `1_000`, `0x2B`, `0b101`; a leading zero does not make a number octal. */
export function parseInteger(text: string): bigint {
  return BigInt(text.replaceAll('_', ''));
}

/** `64KiB`, `4 pages` and `0xA pages` in bytes. */
export function parseSize(text: string): bigint {
  const match = /^(0x[0-9A-Fa-f_]+(?=[ \t])|[0-9_]+)[ \t]*([A-Za-z]+)$/.exec(text);
  const unit = bytesPerUnit[match?.[2] ?? ''];
  if (unit === undefined) throw new Error(`no size: ${text}`);
  return parseInteger(match?.[1] ?? '') * unit;
}

/** Bytes where a size or a bare integer, which counts bytes, may stand; 0 where the text has neither. */
export function sizeInBytes(node: {
  readonly size?: string | undefined;
  readonly integer?: string | undefined;
}): bigint {
  return node.size === undefined ? parseInteger(node.integer ?? '0') : parseSize(node.size);
}

/** `100_000us`, `5s`, `100 cycles`. */
export function parseTime(text: string): TimeValue {
  const match = /^([0-9_]+)[ \t]*(us|ms|s|cycles)$/.exec(text);
  if (match === null) throw new Error(`no time: ${text}`);
  return { value: parseInteger(match[1] ?? ''), unit: match[2] as TimeUnit };
}

/** A time in microseconds; null for cycles, whose length the machine's cost table decides. */
export function microseconds(time: TimeValue): bigint | null {
  switch (time.unit) {
    case 'us':
      return time.value;
    case 'ms':
      return time.value * 1000n;
    case 's':
      return time.value * 1_000_000n;
    case 'cycles':
      return null;
  }
}

/** `2x2`: columns, then rows. */
export function parseMesh(text: string): { readonly width: number; readonly height: number } {
  const [width = '', height = ''] = text.split('x');
  return { width: Number(width), height: Number(height) };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\', '"': '"' };
const escapePattern = /\\(?:x[0-9A-Fa-f]{2}|[^])/g;

/**
 * The text between the quotes. `\xNN` is a byte: from 0x80 on, which is no character, it is kept as the lone surrogate
 * U+DCNN (Python's surrogateescape). An unknown escape stays as it is written.
 */
export function decodeString(literal: string): string {
  return literal.slice(1, -1).replace(escapePattern, (escape) => decodeEscape(escape) ?? escape);
}

/** Escapes that the language does not have. */
export function stringProblems(literal: string): StringProblem[] {
  const problems: StringProblem[] = [];
  for (const match of literal.slice(0, -1).matchAll(escapePattern)) {
    if (decodeEscape(match[0]) !== null) continue;
    problems.push({ offset: match.index, length: match[0].length, text: match[0] });
  }
  return problems;
}

function decodeEscape(escape: string): string | null {
  if (escape.length === 4) {
    const byte = Number.parseInt(escape.slice(2), 16);
    return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
  }
  return escapes[escape.charAt(1)] ?? null;
}
