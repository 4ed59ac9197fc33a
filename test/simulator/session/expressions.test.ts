import { strict as assert } from 'node:assert';
import { failureOf, printsOf } from './statement-runner.ts';

const shell = 'process shell { code 1 pages data 1 pages }\n';

/** Expression, and what `print` writes of it. */
const values: readonly (readonly [string, string])[] = [
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['0x2B', '43'],
  ['0b101', '5'],
  ['100_000', '100000'],
  ['64KiB', '65536'],
  ['4 pages', '16384'],
  ['3us', '300'],
  ['2ms', '200000'],
  ['7 cycles', '7'],
  ['7 / 2', '3'],
  ['-7 / 2', '-3'],
  ['-7 % 2', '-1'],
  ['1 << 63', '9223372036854775808'],
  ['0xffff_ffff_ffff_ffff', '18446744073709551615'],
  ['-1 >> 1', '-1'],
  ['6 & 3 | 8 ^ 1', '11'],
  ['~0', '-1'],
  ['10 - 3 - 2', '5'],
  ['not 1 == 2', 'true'],
  ['true and false or true', 'true'],
  ['none', 'none'],
  ['none == 1', 'false'],
  ['1 != none', 'true'],
  ['"a" + "b"', 'ab'],
  ['"a" == "a"', 'true'],
  ['contains("abc", "bc")', 'true'],
  ['length("abc")', '3'],
  ['length([1, 2])', '2'],
  ['[1, "x", true]', '[1, "x", true]'],
  ['[10, 20][1]', '20'],
  ['{ a: 1, b: [2] } == { b: [2], a: 1 }', 'true'],
  ['{ a: 1 } == { a: 2 }', 'false'],
  ['{ a: 1 } == { b: 1 }', 'false'],
  ['false and 1 / 0 == 1', 'false'],
  ['true or 1 << 64 == 1', 'true'],
  ['(1,0)', '(1,0)'],
  ['(1,0) == (1,0,0)', 'true'],
  ['(1,0) == (0,1)', 'false'],
  ['shell.pid == 1', 'true'],
  ['shell.alive', 'true'],
  ['shell.exit', 'none'],
  ['shell.name', 'shell'],
  ['shell.code', '4194304'],
  ['shell.data', '4198400'],
  ['shell == shell', 'true'],
];

/** Expression, code, part of the message. */
const failures: readonly (readonly [string, string, RegExp])[] = [
  ['1 / (shell.pid - 1)', 'WALK216', /zero/],
  ['1 << (shell.pid + 63)', 'WALK216', /0 to 63/],
  ['0xffff_ffff_ffff_ffff + shell.pid', 'WALK216', /range/],
  ['shell.pid - 9223372036854775807 - 9223372036854775807', 'WALK216', /range/],
  ['"a" == [shell.pid][0]', 'WALK217', /a string cannot be compared with an integer/],
  ['[1][shell.pid]', 'WALK218', /no element 1/],
  ['[shell][0].nothing', 'WALK218', /no member nothing/],
  ['[shell.pid][0] and true', 'WALK217', /true or false/],
  ['[shell.parent][0] + 1', 'WALK217', /not none/],
  ['frame(0xffff_ffff)', 'WALK225', /no memory/],
  ['rpcs(shell.pid + 99)', 'WALK218', /no RPC/],
  ['failed("vpn_base")', 'WALK218', /The failed call has no output named vpn_base/],
  ['output("nonsense")', 'WALK225', /no command nonsense/],
];

describe('session: expressions', () => {
  it('has the value that the language says', () => {
    const text = values.map(([expression]) => `print ${expression}`).join('\n');
    const printed = printsOf(shell + text);
    for (const [index, [expression, expected]] of values.entries()) assert.equal(printed[index], expected, expression);
  });

  for (const [expression, code, message] of failures) {
    it(`fails: ${expression}`, () => {
      const failure = failureOf(`${shell}print ${expression}`);
      assert.equal(failure.code, code, failure.message);
      assert.match(failure.message, message);
      assert.equal(failure.range.line, 3);
    });
  }

  it('runs the right side of and, or only where the left does not decide', () => {
    const text = `${shell}as shell {
      let a = mmap(4096, rw)
      print false and read(a) == 0
      print count("page-fault")
      print true or read(a) == 0
      print count("page-fault")
      print true and read(a) == 0
      print count("page-fault")
    }`;
    assert.deepEqual(printsOf(text), ['false', '0', 'true', '0', 'true', '1']);
  });

  it('evaluates what stands before a call before the call runs', () => {
    const text = `${shell}as shell {
      let a = mmap(4096, rw)
      print count("page-fault") * 10 + read(a) + count("page-fault")
    }`;
    assert.deepEqual(printsOf(text), ['1']);
  });
});
