// Clarification X3: what a function's table of steps names, its body marks. Read from the sources, since some steps lie on error paths.
import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../../../../simulator/kernels/haiku');
/** `steps: { … }`, and tables that several functions share. */
const tables = /(?:\bsteps(?:: |: \{ \.\.\.\w+, | = )|\w+[sS]teps = )\{([\s\S]*?)\}(?: as const)?[,;]?\n/g;
const labels = /(?:^|[\s{,])'?([A-Za-z0-9 ]+?)'?: ['`]/g;

/** Files whose functions mark steps of another file's. */
const helpers: Readonly<Record<string, string>> = { 'processes/exec.ts': 'processes/process.ts' };

function read(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

function namedIn(source: string): string[] {
  const contents = [...source.matchAll(tables)].map(([, table = '']) => table);
  return contents.flatMap((table) => [...table.matchAll(labels)].map(([, label = '']) => label.trim()));
}

/** Literals in `here.step(…)`, in `unmapRange(…)`, which is told its label, and in the choice between steps. */
function markedIn(source: string): string[] {
  const places = [
    /here\.step\(([^)]*)\)/g,
    /unmapRange\(here, region, ([^)]*)\)/g,
    /\breturn ([^;]*\? '\d' : '\d'|'\d');/g,
  ];
  const texts = places.flatMap((place) => [...source.matchAll(place)].map(([, text = '']) => text));
  return texts.flatMap((text) => [...text.matchAll(/'([^']*)'/g)].map(([, label = '']) => label));
}

describe('haiku: steps', () => {
  let files = 0;
  for (const file of globSync('**/*.ts', { cwd: folder }).sort()) {
    const source = read(file);
    const named = namedIn(source);
    if (named.length === 0) continue;
    files += 1;
    it(`${file} marks each step that its tables name`, () => {
      const helper = helpers[file];
      const marked = new Set([...markedIn(source), ...(helper === undefined ? [] : markedIn(read(helper)))]);
      assert.deepEqual(
        named.filter((label) => !marked.has(label)),
        [],
      );
    });
    it(`${file} marks no step that nobody names`, () => {
      const known = new Set(named);
      assert.deepEqual(
        markedIn(source).filter((label) => !known.has(label)),
        [],
      );
    });
  }

  it('is read from all files that have steps', () => {
    assert.ok(files > 30, String(files));
  });
});
