/** Every diagnostic code has a page with a scenario that gets it and one that does not. Both are run with all others. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pageOfCode } from '../tools/docs/code-pages.ts';
import { allCodes } from '../tools/docs/codes.ts';
import { docs } from '../tools/docs/pages.ts';
import { walkBlocks } from './manual.ts';
import { findingsOf } from './run-block.ts';

/** What no scenario can get, with the reason. Their pages say what to do instead. */
const without: Readonly<Record<string, string>> = {
  WALK134: 'a bug of Pagewalk',
  WALK212: 'a kernel that loses frames',
  WALK215: 'a bug of Pagewalk',
  WALK222: 'comes from flags and launch configurations; texts get codes of their own',
};

for (const code of allCodes.keys()) {
  describe(`the page of ${code}`, () => {
    const file = pageOfCode(code);
    const text = readFileSync(path.join(docs, file), 'utf8');
    const blocks = walkBlocks({ file, text });

    if (without[code] !== undefined) {
      it('says what to do', () => {
        assert.deepEqual(blocks, []);
        assert.match(text, /^## What to do\n\n\w/m);
      });
      return;
    }

    it('has a wrong and a right example', () => {
      const sections = [...text.matchAll(/^## (Wrong|Right)\n\n```walk/gm)].map(([, title]) => title);
      assert.deepEqual(sections, ['Wrong', 'Right']);
      assert(['fails', 'warns', 'notes'].includes(blocks[0]?.words[0] ?? ''));
      assert.equal(blocks[0]?.words[1], code);
    });

    it('has a right example that does not get it', async () => {
      const [, right] = blocks;
      assert(right !== undefined);
      const found = await findingsOf(right.text, right.words);
      assert(!found.some((finding) => finding.code === code));
    });
  });
}
