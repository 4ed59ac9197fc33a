import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type ModuleLines, readModule, SpotFinder } from '../../../simulator/recording/debug-info/module-lines.ts';

const folder = fileURLToPath(new URL('programs/', import.meta.url));

function moduleOf(bytes: Uint8Array): ModuleLines | string | null {
  return readModule({ length: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) });
}

/** Function of its own, functions inlined in it, and line. */
function describeSpot(module: ModuleLines, address: number): string {
  const spot = new SpotFinder(module).spotAt(address);
  if (spot === null) return 'none';
  const name = (index: number): string => module.functions[index]?.name ?? '?';
  return `${[spot.function, ...spot.inlined].map(name).join(' > ')}:${String(spot.line)}`;
}

for (const version of [4, 5])
  describe(`debug information of DWARF ${String(version)}`, () => {
    const bytes = readFileSync(`${folder}calls-dwarf${String(version)}.debug`);

    it('tells lines, functions and what is inlined where', () => {
      const module = moduleOf(bytes);
      assert.ok(module !== null && typeof module === 'object');
      const source = module.files.indexOf('calls.c');
      assert.ok(source >= 0, JSON.stringify(module.files));
      const names = module.functions.map(({ name, parent }) => `${name}${parent === null ? '' : ' inlined'}`);
      for (const name of ['main', 'compare', 'leave inlined']) assert.ok(names.includes(name), names.join());
      const lines = new Set(module.rows.filter(({ file }) => file === source).map(({ line }) => line));
      for (const line of [11, 12, 22, 27, 30, 34]) assert.ok(lines.has(line), `line ${String(line)}`);
      const main = module.functions.find(({ name }) => name === 'main')?.ranges[0]?.start ?? 0;
      assert.equal(describeSpot(module, main), 'main:27');
      const compare = module.functions.find(({ name }) => name === 'compare')?.ranges[0];
      assert.match(describeSpot(module, compare?.start ?? 0), /^compare:1[12]$/);
      const inlined = module.functions.find(({ parent }) => parent !== null)?.ranges[0];
      assert.match(describeSpot(module, inlined?.start ?? 0), /^main > leave:2[1-4]$/);
      assert.equal(describeSpot(module, 0x10), 'none');
      assert.equal(describeSpot(module, 2 ** 40), 'none');
    });

    it('is refused with a reason, or read, whatever bytes are changed', () => {
      const answers = new Set<string>();
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
          fc.option(fc.nat({ max: bytes.length })),
          (changes, length) => {
            const changed = Uint8Array.from(bytes);
            for (const [at, byte] of changes) changed[at] = byte;
            const module = moduleOf(changed.subarray(0, length ?? changed.length));
            answers.add(module === null ? 'none' : typeof module);
          },
        ),
        { seed: 12, numRuns: 1500 },
      ); // prettier-ignore
      assert.deepEqual([...answers].sort(), ['none', 'object', 'string']);
    });
  });

describe('a file without debug information', () => {
  it('tells nothing', () => {
    assert.equal(moduleOf(Uint8Array.from(Array.from({ length: 200 }, () => 0x7f))), null);
    assert.equal(moduleOf(new Uint8Array()), null);
  });
});
