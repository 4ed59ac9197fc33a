// Physical memory of one cluster, a letter a frame, as its panel draws it in colours.
import type { FrameKind, FrameMapModel, FrameMapRow } from '../../../../simulator/inspect/physical-models.ts';
import { StoppedExample } from './stopped-example.ts';

const PER_ROW = 32;
/** Rows that are drawn; a folded run of frames is one. */
const MOST_ROWS = 6;

export function frames(): string {
  const example = new StoppedExample('cow-fork.walk');
  example.runTo('expect pte(buf).ppn == original');
  const map = example.answer<FrameMapModel>('frameMap', { perRow: PER_ROW, count: MOST_ROWS, cluster: 0 });
  const letters = letterOf(map);
  return [
    `cluster ${String(map.cluster.x)},${String(map.cluster.y)}: ${counted(map.free)} of ${counted(map.frames)} frames free`,
    '',
    ...map.rows.map((row) => `${address(row.page)}  ${cells(row, letters)}`),
    ...(map.total > map.rows.length ? [`            … ${String(map.total - map.rows.length)} rows more`] : []),
    '',
    [...new Set(map.kinds.map((kind, index) => `${letters[index] ?? ''} ${meaning(kind)}`))].join('   '),
  ].join('\n');
}

function letterOf({ kinds, processes }: FrameMapModel): string[] {
  return kinds.map(({ content, owners }) => {
    const [owner = ''] = owners;
    if (content === 'kernel') return '█';
    if (content === 'free') return '·';
    const letter = owners.length > 1 ? '*' : String.fromCharCode(65 + processes.indexOf(owner));
    return content === 'table' ? letter.toLowerCase() : letter;
  });
}

function meaning({ content, owners }: FrameKind): string {
  if (content === 'kernel' || content === 'free') return content;
  return `${owners.join(' and ')}: ${content === 'table' ? 'page table' : 'page'}`;
}

function cells({ folded, pages, runs }: FrameMapRow, letters: readonly string[]): string {
  if (folded) return `${(letters[runs[0]?.kind ?? 0] ?? '').repeat(PER_ROW)}  ${counted(pages)} frames`;
  return runs.map((run) => (letters[run.kind] ?? '').repeat(run.pages)).join('');
}

function address(page: number): string {
  return `0x${(page * 4096).toString(16).padStart(8, '0')}`;
}

function counted(value: number): string {
  return value.toLocaleString('en');
}
