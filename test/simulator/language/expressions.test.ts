/** Section 5 of the walk language. */
import { strict as assert } from 'node:assert';
import { diagnose, shape } from './support.ts';

const names = 'let a = 1 let b = 2 let c = 3 print a print b print c ';

describe('expressions', () => {
  const shapes: readonly (readonly [string, string])[] = [
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['(1 + 2) * 3', '((1 + 2) * 3)'],
    ['1 - 2 - 3', '((1 - 2) - 3)'],
    ['8 / 4 / 2 % 3', '(((8 / 4) / 2) % 3)'],
    ['-a * b', '((- a) * b)'],
    ['-pte(a).ppn', '(- pte(a).ppn)'],
    ['- -1', '(- (- 1))'],
    ['~a & b', '((~ a) & b)'],
    ['1 + 2 << 3', '((1 + 2) << 3)'],
    ['1 << 2 >> 3', '((1 << 2) >> 3)'],
    ['1 << 2 & 3', '((1 << 2) & 3)'],
    ['1 & 2 ^ 3', '((1 & 2) ^ 3)'],
    ['1 ^ 2 | 3', '((1 ^ 2) | 3)'],
    ['1 | 2 == 3', '((1 | 2) == 3)'],
    ['1 & 3 == 1', '((1 & 3) == 1)'],
    ['not 1 == 2', '(not (1 == 2))'],
    ['not not true', '(not (not true))'],
    ['not true and false', '((not true) and false)'],
    ['true or false and true', '(true or (false and true))'],
    ['true or true or false', '((true or true) or false)'],
    ['(1 < 2) == true', '((1 < 2) == true)'],
    ['1 == (2)', '(1 == 2)'],
    ['true == (not false)', '(true == (not false))'],
    ['a != b and b <= c', '((a != b) and (b <= c))'],
    ['a >= b or b > c', '((a >= b) or (b > c))'],
    ['(0,1)', '<0,1>'],
    ['(0,1,1)', '<0,1,1>'],
    ['(0,1) == (0, 1)', '(<0,1> == <0,1>)'],
    ['((1))', '1'],
    ['[1, a, [2]]', '[1, a, [2]]'],
    ['[]', '[]'],
    ['{}', '{}'],
    ['{ code: 4 pages, data: 0 }', '{code: 16384, data: 0}'],
    ['[1, 2][0]', '[1, 2][0]'],
    ['{ x: [1] }.x[0]', '{x: [1]}.x[0]'],
    ['none', 'none'],
    ['true', 'true'],
    ['pte(4096).ppn + 1', '(pte(4096).ppn + 1)'],
    ['pte(4096, at: (0,0)).raw', 'pte(4096, at: <0,0>).raw'],
    ['count("rpc") == 0', '(count("rpc") == 0)'],
    ['"a" + "b" == "ab"', '(("a" + "b") == "ab")'],
    ['contains("ab", "b") and length("ab") == 2', '(contains("ab", "b") and (length("ab") == 2))'],
    ['1\n+ 2', '(1 + 2)'],
  ];
  for (const [text, expected] of shapes)
    it(`groups ${text.replace('\n', ' ')}`, () => assert.equal(shape(text, names), expected));

  it('keeps integers exact to both ends of the range', () => {
    assert.equal(shape('-9223372036854775808'), '(- 9223372036854775808)');
    assert.equal(shape('18446744073709551615'), '18446744073709551615');
    assert.deepEqual(diagnose('print -9223372036854775808').length, 0);
    assert.equal(diagnose('print -9223372036854775809')[0]?.code, 'WALK130');
    assert.equal(diagnose('print 18446744073709551616')[0]?.code, 'WALK123');
  });

  it('refuses `not` as an operand of a comparison', () => {
    const [problem] = diagnose('print true == not false');
    assert.equal(problem?.code, 'WALK100');
    assert.match(problem.message, /\(not …\)/);
  });
});
