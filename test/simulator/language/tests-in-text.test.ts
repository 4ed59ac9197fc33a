import { strict as assert } from 'node:assert';
import { testsInText } from '../../../simulator/language/tests-in-text.ts';

describe('the tests in a text', () => {
  const names = (text: string): readonly string[] => testsInText(text, 'a.walk').tests.map(({ name }) => name);

  it('are found with their places', () => {
    const { tests, isBroken } = testsInText(
      'kernel haiku\n\ntest "a" {\n  print 1\n}\ntest "b" points 2 { }\n',
      'a.walk',
    );
    assert.equal(isBroken, false);
    assert.deepEqual(
      tests.map(({ name, range: { line, endLine, endColumn } }) => [name, line, endLine, endColumn]),
      [
        ['a', 3, 5, 2],
        ['b', 6, 6, 22],
      ],
    );
  });

  it('are found where the rest is wrong, and not in comments', () => {
    assert.equal(testsInText('test "a" { print nothing }\ntest "b" { let }\n', 'a.walk').isBroken, true);
    assert.deepEqual(names('test "a" { }\nlet x =\ntest "b" { }\n'), ['a', 'b']);
    assert.deepEqual(names('// test "a" { }\n/* test "b" { } */\nprint "test"\n'), []);
  });

  it('are one each where names come twice or are missing', () => {
    assert.deepEqual(names('test "a" { }\ntest "a" { print 1 }\n'), ['a']);
    assert.deepEqual(names('test { }\n'), []);
    assert.deepEqual(names('test'), []);
  });
});
