/** Tells by its first bytes what a file is. Only lackey logs and their layouts can be replayed. */
import { decodeText } from './text.ts';
import { headerMagic } from './walkrec-layout.ts';

export type RecordingFormat =
  | 'lackey'
  | 'layout'
  | 'bundle'
  | 'walkrec'
  | 'gzip'
  | 'xz'
  | 'zstd'
  | 'zip'
  | 'strace'
  | 'perf'
  | 'maps'
  | 'smaps'
  | 'elf'
  | 'empty'
  | 'unknown';

/** Bytes that are enough to tell. */
export const HEAD_LENGTH = 8192;

/** `head`: the first HEAD_LENGTH bytes, or all of a shorter file. */
export function detectFormat(head: Uint8Array): RecordingFormat {
  if (head.length === 0) return 'empty';
  const magic = formatByMagic(head);
  if (magic !== null) return magic;
  const lines = decodeText(head.subarray(0, HEAD_LENGTH)).split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const line = lines[first] ?? '';
  if (/^walkrec \d+$/.test(line)) return 'bundle';
  if (/^==\d+== (Lackey|Memcheck|Cachegrind)/.test(line)) return line.includes('Lackey') ? 'lackey' : 'unknown';
  if (/^(I {2}| [LSM] )[0-9a-f]{8,16},\d+$/.test(line)) return 'lackey';
  if (/^-?--\d+:\d+: *\w+/.test(line)) return 'layout';
  if (/^[0-9a-f]{8,16}-[0-9a-f]{8,16} [r-][w-][x-][ps] /.test(line))
    return /^Size: /.test(lines[first + 1] ?? '') ? 'smaps' : 'maps';
  if (/page-faults: +[0-9a-f]+ /.test(line) || line.startsWith('PERF_RECORD_')) return 'perf';
  if (/^(\d+ +)?(\d+\.\d+ )?(\[.*?\] )*[a-z_0-9]+\(.*(=|<unfinished \.\.\.>)/.test(line)) return 'strace';
  return 'unknown';
}

function formatByMagic(head: Uint8Array): RecordingFormat | null {
  const [a, b, c, d] = head;
  if (headerMagic.every((byte, index) => head[index] === byte)) return 'walkrec';
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0xfd && b === 0x37 && c === 0x7a) return 'xz';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x4b && c === 0x03) return 'zip';
  if (a === 0x7f && b === 0x45 && c === 0x4c && d === 0x46) return 'elf';
  return null;
}

/** What to tell somebody who gave a file of that format as a recording. */
export function refusalOf(format: RecordingFormat): string {
  const remedy = 'Record with: pagewalk record -o NAME.walkrec -- PROGRAM ARGUMENTS';
  switch (format) {
    case 'lackey':
    case 'layout':
    case 'bundle':
    case 'gzip':
    case 'walkrec':
      throw new Error(`internal: ${format} is not refused`);
    case 'strace':
      return `this is a log of strace: make a recording of it with pagewalk import strace FILE -o OUT.walkrec`;
    case 'perf':
      return `this is output of perf script, not a recording. ${remedy}`;
    case 'maps':
    case 'smaps':
      return `this is a /proc/PID/${format} listing, one moment of a process and not a recording. ${remedy}`;
    case 'elf':
      return `this is a program, not a recording of one. ${remedy}`;
    case 'xz':
    case 'zstd':
    case 'zip':
      return `this is compressed with ${format}; only gzip is read. Decompress it first`;
    case 'empty':
      return 'the file is empty';
    case 'unknown':
      return `no recording that is known. ${remedy}`;
  }
}
