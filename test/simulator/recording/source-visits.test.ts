import { strict as assert } from 'node:assert';
import path from 'node:path';
import { openedWalkrec } from '../../../simulator/files/recording-files.ts';
import {
  isContinuation,
  linesWithCode,
  placeOfVisit,
  visitAt,
} from '../../../simulator/recording/logs/source-lines.ts';
import type { RecordedSources } from '../../../simulator/recording/logs/source-lines.ts';

async function sourcesOf(file: string): Promise<RecordedSources> {
  const opened = await openedWalkrec(path.join(import.meta.dirname, file));
  assert.ok(opened?.recording.sources !== undefined, `${file} has a line table`);
  return opened.recording.sources;
}

/** `  depth:18` for the beginning of a line, indented by its frames; with `+` where it goes on. */
function story({ table, visits }: RecordedSources, log = 0): string[] {
  return [...(visits[log]?.places ?? [])].map((word) => {
    const place = table.places[placeOfVisit(word)];
    assert.ok(place !== undefined);
    return `${'  '.repeat(place.depth)}${place.function}:${String(place.line)}${isContinuation(word) ? '+' : ''}`;
  });
}

describe('the source of a recording', () => {
  it('is followed through inlined, recursive and foreign calls, and a jump out of them', async () => {
    const sources = await sourcesOf('programs/calls.walkrec');
    assert.deepEqual(sources.files.map((file) => file.path), ['calls.c']); // prettier-ignore
    assert.match(sources.files[0]?.sha256 ?? '', /^[\da-f]{64}$/);
    const compare = ['  compare:11', '  compare:12', '  compare:13', 'main:30+'];
    assert.deepEqual(story(sources), [
      'main:27', 'main:28', 'main:29', '  twice:8', 'main:29', 'main:30',
      ...compare, ...compare, ...compare,
      'main:31', '  depth:15', '  depth:16', '  depth:18', '    depth:15', '    depth:16', '    depth:18',
      '      depth:15', '      depth:16', '      depth:17', '      depth:19', '    depth:18+', '    depth:19',
      '  depth:18+', '  depth:19', 'main:31+',
      'main:32', 'main:33', '  leave:21', '  leave:22', '  leave:24', '    leave:21', '    leave:22', '    leave:23',
      'main:32', 'main:34', 'main:35', ':0+',
    ]); // prettier-ignore
  });

  it('says where a debugger may stop, and which visit an access belongs to', async () => {
    const { table, visits } = await sourcesOf('programs/calls.walkrec');
    const lines = linesWithCode(table, 0);
    assert.ok(lines.includes(30) && lines.includes(8), String(lines));
    assert.ok(!lines.includes(9) || lines.includes(19), 'lines without code are none');
    assert.ok(!lines.includes(1) && !lines.includes(26));
    const [first] = visits;
    assert.ok(first !== undefined);
    const second = first.accesses[1] ?? 0;
    assert.deepEqual([visitAt(first, 0), visitAt(first, second - 1), visitAt(first, second)], [-1, 0, 1]);
  });

  it('goes on in a child where its parent was at the fork', async () => {
    const sources = await sourcesOf('../../../examples/recordings/matrix.walkrec');
    const child = story(sources, 1);
    assert.deepEqual(child.slice(0, 5), ['main:33+', 'main:34', 'main:35', '  fill:13', '  fill:14']);
    assert.ok(child.includes('    cell:10'), 'what is inlined is a frame of its own');
    assert.equal(child.at(-1), 'main:37');
  });
});
