import { strict as assert } from 'node:assert';
import { linkSync, symlinkSync } from 'node:fs';
import { checkOutputs } from '../../../simulator/cli/output-file.ts';
import { InputError } from '../../../simulator/files/input-error.ts';
import { Folder } from './pagewalk.ts';

describe('files that a command writes', () => {
  const folder = new Folder({
    'in.walk': '',
    'in.dat': '',
    'img.json': '',
    'old.bin': '',
    'old.bin.json': '',
    'inside/x': '',
  });
  before(async () => {
    linkSync(folder.at('in.walk'), folder.at('hard'));
    symlinkSync('in.dat', folder.at('soft'));
    symlinkSync('.', folder.at('here'));
    symlinkSync('old.bin', folder.at('same.json'));
    symlinkSync('nowhere', folder.at('dangling'));
    await folder.pipe('pipe');
  });
  after(() => {
    folder.remove();
  });
  const inputs = (): string[] => ['in.walk', 'in.dat', 'img.json'].map((name) => folder.at(name));

  for (const [output, reason] of [
    ['in.walk', /^this file is an input of this run and would be overwritten; choose another name/],
    ['hard', /^this is the same file as .*in\.walk, which is an input/],
    ['soft', /^this is the same file as .*in\.dat, which is an input/],
    ['here/inside/../in.dat', /^this is the same file as .*in\.dat, which is an input/],
    ['img', /^this file is an input/],
    ['same', /^this is the same file as .*old\.bin, which is written as well/],
    ['pipe', /^it is not a regular file/],
    ['inside', /^it is a folder/],
    ['in.dat/x', /^a part of its path is a file/],
  ] as const) {
    it(`are refused where they are something else already: ${output}`, async () => {
      const place = output === 'same' ? 'old.bin' : output;
      const outputs = [folder.at(place), `${folder.at(output)}.json`];
      await assert.rejects(checkOutputs(outputs, inputs()), (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, reason);
        return true;
      });
    });
  }

  it('may be new, or written before', async () => {
    for (const output of ['new', 'old.bin', 'dangling', 'nowhere/new'])
      await checkOutputs([folder.at(output), folder.at(`${output}.json`)], inputs());
    await checkOutputs(['/dev/null'], inputs());
  });
});
