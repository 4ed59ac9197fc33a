/**
 * Texts of some size, wrong or right everywhere: the cost grows with their length alone. Each would take minutes, or all
 * of the memory, if every line were compared with every other one; nothing here looks at a clock.
 */
import { strict as assert } from 'node:assert';
import type { CstNode } from 'langium';
import { CstUtils } from 'langium';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { parseSyntax } from '../../../simulator/language/syntax.ts';
import { largestText } from '../../../simulator/language/walk-lexer.ts';
import { diagnose } from './support.ts';

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

const process = 'process p { code 0 data 0 }\n';

describe('a large text', () => {
  const right: readonly (readonly [what: string, text: string])[] = [
    ['statements', lines(15_000, () => 'print 1')],
    ['statements with comments', lines(10_000, () => 'print 1 // one')],
    ['comments alone', lines(150_000, () => '//')],
    [
      'bindings that use the one before',
      `${lines(5_000, (index) => `let v${String(index)} = ${index === 0 ? '1' : `v${String(index - 1)}`}`)}\nprint v4999`,
    ],
    ['statements of one block', `${process}as p {\n${lines(10_000, () => 'read(0)')}\n}`],
    ['blocks', `${process}${lines(5_000, () => 'as p { read(0) }')}`],
    ['tests', lines(4_000, (index) => `test "t${String(index)}" { print 1 }`)],
    ['files', lines(4_000, (index) => `file "f${String(index)}" { size 1 }`)],
    ['elements of a list', `print [${'1,'.repeat(40_000)}1]`],
    ['long expressions', lines(60, () => `print 1${' + 1'.repeat(240)}`)],
    ['deep expressions', lines(400, () => `print ${'['.repeat(30)}${']'.repeat(30)}`)],
  ];
  for (const [what, text] of right) {
    it(`of ${what} is read`, () => {
      assert.deepEqual(
        diagnose(text).map(({ code, message }) => `${code} ${message}`),
        [],
      );
    });
  }

  const wrong: readonly (readonly [what: string, text: string, code: string])[] = [
    ['unknown names', lines(10_000, (index) => `print n${String(index)}`), 'WALK101'],
    [
      'names that are nearly bound',
      lines(4_000, (index) => `let abcd${String(index)} = 1 print abce${String(index)}`),
      'WALK101',
    ],
    ['unknown functions', lines(10_000, (index) => `f${String(index)}()`), 'WALK102'],
    ['bindings that nothing reads', lines(10_000, (index) => `let v${String(index)} = 1`), 'WALK107'],
    ['names bound twice', lines(10_000, () => 'let a = 1'), 'WALK118'],
    ['unknown options', `kernel toy { ${lines(10_000, (index) => `o${String(index)} 1`)} }`, 'WALK113'],
    ['settings given twice', `machine tsar { ${lines(10_000, () => 'cores 1')} }`, 'WALK111'],
    ['unknown arguments', `${process}as p { write(0, 1, ${'a: 1,'.repeat(10_000)} b: 2) }`, 'WALK104'],
  ];
  for (const [what, text, code] of wrong) {
    it(`of ${what} gets a thousand findings, and how many more there are`, () => {
      const found = diagnose(text);
      assert.equal(found.length, 1001);
      assert.ok(found.slice(1).some((one) => one.code === code));
      const note = found.find((one) => one.code === 'WALK137');
      assert.equal(note?.severity, 'information');
      assert.match(
        note.message,
        /^[\d,]+ more findings are not shown: at most 1,000 are for one file\. .*--findings, or pagewalk\.bounds\.findings/,
      );
    });
  }

  it('keeps an error among its findings, however many warnings stand before it', () => {
    const { scenario, diagnostics } = parseScenario(
      `${lines(5000, (index) => `let v${String(index)} = 1`)}\nprint nothing`,
      'test.walk',
    );
    assert.equal(scenario, null);
    assert.ok(diagnostics.some(({ severity }) => severity === 'error'));
  });

  const broken: readonly (readonly [what: string, text: string])[] = [
    ['missing expressions', lines(10_000, () => 'print')],
    ['missing signs', lines(10_000, () => 'let a 1')],
    ['statements that are none', lines(10_000, () => 'foo bar')],
    ['characters that are none', '@ '.repeat(10_000)],
    ['words in the wrong place', `print ${'{ a: 1 }.a '.repeat(10_000)}`],
  ];
  for (const [what, text] of broken) {
    it(`of ${what} is read up to the hundredth error`, () => {
      const found = diagnose(text);
      assert.ok(found.length > 1 && found.length <= 101, String(found.length));
      assert.match(
        found.at(-1)?.message ?? '',
        /^More than 100 syntax errors: the text from here on is not checked\.$/,
      );
    });
  }

  it('of one argument too many after another gets one finding', () => {
    const found = diagnose(`${process}as p { write(${'1,'.repeat(20_000)}1) }`);
    assert.deepEqual(
      found.map(({ code }) => code),
      ['WALK104'],
    );
  });

  it('is quoted in short', () => {
    for (const text of [`print ${'9'.repeat(200_000)}`, `print ${'a'.repeat(200_000)}`, `foo ${'b'.repeat(200_000)}`]) {
      const [found] = diagnose(text);
      assert.ok(found !== undefined && found.message.length < 400, found?.message.slice(0, 200));
    }
  });

  it('above the bound is refused by the bound', () => {
    const [found, second] = diagnose(' '.repeat(largestText + 1));
    assert.match(found?.message ?? '', /The file has 1048577 characters; .*1048576/);
    assert.equal(second, undefined);
  });
});

describe('the tree of tokens', () => {
  const text =
    '// one\n/* two */ let a = 1 + 2 * 3 // three\n// four\nprint not a == 4 and (a) < 5 // five\n\n// six\n';

  it('holds every token and comment once, in order', () => {
    const { model } = parseSyntax(text, 'test.walk');
    const leaves = CstUtils.flattenCst(model.$cstNode as CstNode).toArray();
    const shown = leaves.filter(({ tokenType }) => tokenType.name !== 'EOF').map((leaf) => leaf.text);
    assert.deepEqual(shown, [
      ...['// one', '/* two */', 'let', 'a', '=', '1', '+', '2', '*', '3', '// three', '// four'],
      ...['print', 'not', 'a', '==', '4', 'and', '(', 'a', ')', '<', '5', '// five', '// six'],
    ]);
    for (const leaf of leaves) assert.ok(leaf.container?.content.includes(leaf));
  });

  it('gives every operation the range of its own operands', () => {
    const { scenario } = parseScenario(text, 'test.walk');
    const ranges: string[] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { kind, range } = value as { kind?: unknown; range?: { line: number; column: number; endColumn: number } };
      if (kind === 'binary' && range !== undefined)
        ranges.push((text.split('\n')[range.line - 1] ?? '').slice(range.column - 1, range.endColumn - 1));
      for (const inner of Object.values(value)) collect(inner);
    };
    collect(scenario?.body);
    assert.deepEqual(ranges, ['1 + 2 * 3', '2 * 3', 'not a == 4 and (a) < 5', 'a == 4', '(a) < 5']);
  });
});
