/** A kernel's page has everything that its tables have, and a place for every number that a message or a listing mentions. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { kernels } from '../../simulator/kernels/registry.ts';
import { functionAnchor, headingOfSection, sectionMentions } from '../../simulator/language/manual-address.ts';
import { docs } from '../tools/docs/pages.ts';
import { anchors } from './manual.ts';

function mentions({ functions, options, objectTypes, globals }: Kernel): Set<string> {
  const texts = [
    ...functions.flatMap(({ info }) => [
      info.doc,
      ...Object.values(info.steps),
      ...info.parameters.map(({ doc }) => doc ?? ''),
    ]),
    ...options.map(({ doc }) => doc),
    ...objectTypes.flatMap(({ doc, fields }) => [doc, ...Object.values(fields)]),
    ...Object.values(globals),
  ];
  return new Set(texts.flatMap((text) => sectionMentions(text).map(({ section }) => section)));
}

for (const kernel of kernels) {
  describe(`the page of ${kernel.name}`, () => {
    const text = readFileSync(path.join(docs, 'kernels', `${kernel.name}.md`), 'utf8');
    const known = anchors(text);

    it('has every function, once, where hovers and listings lead', () => {
      for (const { info } of kernel.functions) {
        assert(known.includes(functionAnchor(info)), info.name);
        const count = text.split(`\`${info.name}\`\n\n\`\`\`text\n`).length - 1;
        assert.equal(count, 1, info.name);
      }
    });

    it('has a heading for the section of every function', () => {
      for (const { info } of kernel.functions)
        assert.notEqual(headingOfSection(text, info.section), null, info.section);
    });

    it('has a place for every section, invariant, departure and choice that is mentioned', () => {
      const lost = [...mentions(kernel)].filter((one) => headingOfSection(text, one) === null);
      assert.deepEqual(lost, []);
    });

    for (const title of ['What it is and where it comes from', 'Structures', 'Invariants', 'Departures'])
      it(`says: ${title}`, () => {
        assert.match(text, new RegExp(`^## (\\d+ )?${title}$`, 'm'));
      });
  });
}
