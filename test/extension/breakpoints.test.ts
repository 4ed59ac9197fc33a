import { strict as assert } from 'node:assert';
import { fileKey, LineBreakpoints, locate, locationsOf } from '../../extension/debug/breakpoints/breakpoints.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';

const text = `// comment
process app { code 1 page data 0 pages }

as app {
    let a = mmap(4 pages, rw)
    if true {
        write(a, 1)
    } else {
        write(a, 2)
    }
    for i in 0..2 { write(a, i) }
}
test "t" {
    as app { write(a, 3) }
}
`;

function locations(): ReturnType<typeof locationsOf> {
  const { scenario, diagnostics } = parseScenario(text, 'a.walk');
  assert(scenario, JSON.stringify(diagnostics));
  return locationsOf(scenario);
}

describe('line breakpoints', () => {
  it('can stand on statements, also inside blocks and tests', () => {
    assert.deepEqual([...new Set(locations().map(({ line }) => line))], [2, 4, 5, 6, 7, 9, 11, 14]);
  });

  it('move down to the next statement, and nowhere after the last', () => {
    const all = locations();
    assert.equal(locate(all, 1)?.line, 2);
    assert.equal(locate(all, 3)?.line, 4);
    assert.equal(locate(all, 8)?.line, 9);
    assert.equal(locate(all, 15), null);
  });

  it('belong to their file, however its path is written', () => {
    let ids = 0;
    const breakpoints = new LineBreakpoints(
      () => ++ids,
      (path) => path,
    );
    breakpoints.set('C:\\work\\a.walk', [{ requestedLine: 3 }]);
    breakpoints.set('/other.walk', [{ requestedLine: 3 }]);
    breakpoints.place([{ file: 'c:/work/a.walk', locations: locations() }]);
    assert.deepEqual(
      breakpoints.placed().map(({ id, location }) => [id, location.line]),
      [[1, 4]],
    );
    assert.equal(fileKey('C:\\x'), fileKey('c:/x'));
  });

  it('tell which have moved when the program changes', () => {
    let ids = 0;
    const breakpoints = new LineBreakpoints(
      () => ++ids,
      (path) => path,
    );
    breakpoints.set('a.walk', [{ requestedLine: 5 }, { requestedLine: 6 }]);
    assert.equal(breakpoints.place([{ file: 'a.walk', locations: locations() }]).length, 2);
    assert.equal(breakpoints.place([{ file: 'a.walk', locations: locations() }]).length, 0);
    const shorter = locations().filter(({ line }) => line <= 5);
    assert.deepEqual(
      breakpoints.place([{ file: 'a.walk', locations: shorter }]).map(({ id }) => id),
      [2],
    );
  });
});
