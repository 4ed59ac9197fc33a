import { strict as assert } from 'node:assert';
import { chosenFiles } from '../../extension/testing/chosen-tests.ts';

type TestItemCollection = Parameters<typeof chosenFiles>[1];
type TestItem = ReturnType<typeof chosenFiles>[number]['file'];

interface Item {
  readonly id: string;
  readonly parent: Item | undefined;
  readonly children: Iterable<[string, Item]>;
}

function fileOf(id: string, ...tests: string[]): { readonly file: TestItem; readonly tests: readonly TestItem[] } {
  const children: [string, Item][] = [];
  const file: Item = { id, parent: undefined, children };
  for (const name of tests) children.push([name, { id: name, parent: file, children: [] }]);
  return { file: file as unknown as TestItem, tests: children.map(([, item]) => item as unknown as TestItem) };
}

describe('the tests that a request of the Testing view chooses', () => {
  const one = fileOf('one.walk', 'a', 'b');
  const two = fileOf('two.walk');
  const all = [one.file, two.file].map((file): [string, TestItem] => [file.id, file]) as unknown as TestItemCollection;
  const chosen = (include?: readonly (TestItem | undefined)[], exclude?: readonly (TestItem | undefined)[]) =>
    chosenFiles({ include: include as TestItem[] | undefined, exclude: exclude as TestItem[] | undefined }, all).map(
      ({ file, tests }) => [file.id, tests?.map(({ id }) => id) ?? null],
    );

  it('are all of all files where it names none', () => {
    assert.deepEqual(chosen(), [
      ['one.walk', null],
      ['two.walk', null],
    ]);
  });

  it('are those it names, by file', () => {
    assert.deepEqual(chosen([one.tests[1], two.file]), [
      ['one.walk', ['b']],
      ['two.walk', null],
    ]);
    assert.deepEqual(chosen([one.tests[1], one.tests[0]]), [['one.walk', ['b', 'a']]]);
  });

  it('are all of a file that is named beside one of its tests', () => {
    assert.deepEqual(chosen([one.file, one.tests[0]]), [['one.walk', null]]);
    assert.deepEqual(chosen([one.tests[0], one.file]), [['one.walk', null]]);
  });

  it('are without those that it excludes', () => {
    assert.deepEqual(chosen(undefined, [one.tests[0]]), [
      ['one.walk', ['b']],
      ['two.walk', null],
    ]);
    assert.deepEqual(chosen(undefined, [one.file]), [['two.walk', null]]);
    assert.deepEqual(chosen([one.tests[0]], [one.file]), []);
  });
});
