/** The manual's pages agree with the tables that they are written from, and their links lead somewhere. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { docs, manualPages } from '../tools/docs/pages.ts';
import { root } from '../tools/paths.ts';
import { anchors, localLinks, pages, type Page } from './manual.ts';

const all = pages();
const anchorsOf = new Map(all.map(({ file, text }) => [file, new Set(anchors(text))]));

/** Null: the link is sound. */
function complaint({ file }: Page, link: string): string | null {
  const [target = '', anchor] = link.split('#');
  const place = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
  if (!existsSync(path.join(root, place))) return `${link}: there is no ${place}`;
  if (anchor === undefined || anchorsOf.get(place)?.has(anchor) === true) return null;
  return `${link}: ${place} has no heading for #${anchor}`;
}

describe('pages of the manual', () => {
  it('are as `npm run docs` writes them', () => {
    for (const [file, text] of manualPages()) {
      const written = path.join(docs, file);
      assert(existsSync(written), `docs/${file} is missing: npm run docs begins it`);
      assert.equal(readFileSync(written, 'utf8'), text, `docs/${file} is stale: npm run docs writes it`);
    }
  });

  for (const page of all) {
    it(`${page.file}: links lead somewhere`, () => {
      assert.deepEqual(
        localLinks(page.text).flatMap((link) => complaint(page, link) ?? []),
        [],
      );
    });

    it(`${page.file}: begins with its title, and skips no level of headings`, () => {
      const levels = [...page.text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^(#+) /gm)].map(
        ([, marks = '']) => marks.length,
      );
      assert.equal(levels[0], 1);
      levels.slice(1).forEach((level, index) => {
        assert(
          level > 1 && level <= (levels[index] ?? 0) + 1,
          `heading ${String(index + 2)} is of level ${String(level)}`,
        );
      });
    });
  }
});
