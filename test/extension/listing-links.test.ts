/** Every number in a listing, and the function itself, lead to a place in the manual that is there. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listingOf } from '../../extension/debug/program/listing.ts';
import { listingLinks } from '../../extension/guide/listing-links.ts';
import { anchorIn } from '../../extension/guide/section-anchor.ts';
import { kernels } from '../../simulator/kernels/registry.ts';
import { functionPage } from '../../simulator/language/manual-address.ts';
import { anchors } from '../docs/manual.ts';
import { docs } from '../tools/docs/pages.ts';

for (const { name, title, functions } of kernels) {
  describe(`listings of ${name}`, () => {
    const page = readFileSync(path.join(docs, 'kernels', `${name}.md`), 'utf8');
    const known = new Set(anchors(page));

    it('lead from their source to the function', () => {
      for (const { info } of functions) {
        const { text } = listingOf(info, title);
        const [source] = listingLinks(text, name, page);
        assert.deepEqual(source?.page, functionPage(name, info));
        assert.equal(text.slice(source.start, source.end), `${title} ${info.section}`);
      }
    });

    it('lead to headings that are there', () => {
      for (const { info } of functions)
        for (const link of listingLinks(listingOf(info, title).text, name, page)) {
          const [file, anchor = ''] = link.page.split('#');
          assert.equal(file, `kernels/${name}.md`);
          assert(known.has(anchorIn(page, anchor)), link.page);
        }
    });
  });
}

describe('a number in a listing', () => {
  const page = '# K\n\n## 4.9 Faults\n\n## 6 Invariants\n\n- **I7** A rule.\n\n## Departures\n\n| **D3** | text |\n';

  it('leads to its section, or to the heading over its entry', () => {
    const text = '# f()\n\nSee 4.9, I7 and D3, but neither L1 tables, 0.5 nor v4.9.1.\n';
    const found = listingLinks(text, 'k', page).map(({ start, end, page: to }) => [text.slice(start, end), to]);
    assert.deepEqual(found, [
      ['4.9', 'kernels/k.md#4.9'],
      ['I7', 'kernels/k.md#I7'],
      ['D3', 'kernels/k.md#D3'],
    ]);
    assert.deepEqual(
      ['4.9', 'I7', 'D3', '49-faults'].map((section) => anchorIn(page, section)),
      ['49-faults', '6-invariants', 'departures', '49-faults'],
    );
  });
});
