import { strict as assert } from 'node:assert';
import { mkdirSync, realpathSync, symlinkSync, truncateSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Inputs, readInputs } from '../../../simulator/files/read-inputs.ts';
import { Workspace } from '../../../simulator/files/workspace.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { type Bounds, standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { Folder } from '../cli/pagewalk.ts';
import { logOf } from '../recording/recordings.ts';

describe('the files that a scenario names', () => {
  const folder = new Folder({
    'work/own/data.bin': 'own',
    'work/beside.bin': 'beside',
    'work/own/big.bin': '',
    'secret.bin': 'secret',
    'work/own/bomb.1.log.gz': gzipSync(Buffer.concat([logOf([]), Buffer.from('I  00401827,5\n'.repeat(99_999))])),
  });
  const work = folder.at('work');
  before(async () => {
    mkdirSync(folder.at('work/own/folder'));
    await folder.pipe('work/own/pipe');
    await folder.pipe('work/own/pipe.1.log');
    symlinkSync('../../secret.bin', folder.at('work/own/link-out'));
    symlinkSync('/dev/zero', folder.at('work/own/link-device'));
    symlinkSync('../beside.bin', folder.at('work/own/link-in'));
    symlinkSync('nowhere', folder.at('work/own/dangling'));
    symlinkSync('loop', folder.at('work/own/loop'));
    symlinkSync('../..', folder.at('work/own/up'));
    truncateSync(folder.at('work/own/big.bin'), 2 << 20);
  });
  after(() => {
    folder.remove();
  });

  const read = (text: string, folders: readonly string[] = [], bounds: Partial<Bounds> = {}): Promise<Inputs> => {
    const { scenario } = parseScenario(`kernel almos-mkh\n${text}`, folder.at('work/own/a.walk'));
    assert.ok(scenario !== null);
    return readInputs(scenario, new Workspace(folders), { ...standardBounds, ...bounds });
  };
  const file = (name: string): string => `file "/f" { from "${name}" }`;

  it('are read where they lie beside the scenario or in the workspace', async () => {
    const { assets, problems, places } = await read(
      `${file('data.bin')}\nfile "/g" { from "../beside.bin" }\nfile "/h" { from "link-in" }`,
      [work],
    );
    assert.deepEqual(problems, []);
    const texts = Object.entries(assets).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
    assert.deepEqual(texts, [
      ['data.bin', 'own'],
      ['../beside.bin', 'beside'],
      ['link-in', 'beside'],
    ]);
    assert.deepEqual(
      places.map((place) => place.slice(realpathSync(work).length)),
      ['/own/data.bin', '/beside.bin', '/beside.bin'],
    );
  });

  const refused: readonly (readonly [what: string, text: string, reason: RegExp, bounds?: Partial<Bounds>])[] = [
    ['a device', file('/dev/zero'), /"\/dev\/zero" cannot be read: it is outside the folders/],
    ['a link to a device', file('link-device'), /it is a link to \/dev\/zero, which is outside/],
    ['a pipe', file('pipe'), /it is a named pipe; only regular files/],
    ['a folder', file('folder'), /it is a folder/],
    ['a path that leads out', file('../../secret.bin'), /outside the folders .*copy it there/],
    ['a path that leads out to nothing', file('../../../../etc/none'), /it is outside/],
    ['a link that leads out', file('link-out'), /it is a link to .*secret\.bin, which is outside/],
    ['a path through a link that leads out', file('up/secret.bin'), /which is outside/],
    ['a link that leads nowhere', file('dangling'), /it is a symbolic link to nowhere, which does not exist/],
    ['links in a circle', file('loop'), /its symbolic links form a loop/],
    ['nothing', file('none.bin'), /"none\.bin" cannot be read: there is no such file/],
    ['a path through a file', file('data.bin/x'), /a part of its path is a file/],
    [
      'a large file',
      file('big.bin'),
      /it has 2 MiB, and at most 1 MiB are read; raise .*--file-size/,
      { fileSize: 1 << 20 },
    ],
    ['a program that is a device', 'process p load "/dev/zero"', /"\/dev\/zero" cannot be read/],
    ['a program that is a pipe', 'process p load "pipe"', /a named pipe/],
    ['a recording that leads out', 'replay "../../other"', /recording "\.\.\/\.\.\/other" cannot be read: .*outside/],
    ['a recording that is a pipe', 'replay "pipe"', /pipe\.1\.log: it cannot be read: it is a named pipe/],
    ['no recording', 'replay "none"', /no such recording/],
    [
      'a recording that unpacks to too much',
      'replay "bomb"',
      /bomb\.1\.log.*more than 1 MiB decompressed; /,
      { recordingSize: 1 << 20 },
    ],
  ];
  for (const [what, text, reason, bounds] of refused) {
    it(`are refused at their statement: ${what}`, async () => {
      const { problems } = await read(text, [], bounds);
      assert.deepEqual(
        problems.map(({ code, range }) => [code, range.line]),
        [['WALK226', 2]],
      );
      assert.match(problems[0]?.message ?? '', reason);
      assert.doesNotMatch(problems[0]?.message ?? '', /E[A-Z]{4,}/, 'the system’s own words');
    });
  }

  it('are read up to the bound although their size says less', async () => {
    const { problems } = await read(`file "/f" { from "/proc/self/maps" }`, ['/proc'], { fileSize: 10 });
    assert.match(problems[0]?.message ?? '', /it has more than 10 bytes; raise the bound/);
  });
});
