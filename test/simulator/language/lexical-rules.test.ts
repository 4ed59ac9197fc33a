/** Section 2 of the walk language, and the traps of section 12. */
import { strict as assert } from 'node:assert';
import { bodyOf, diagnose, scenarioOf, shape } from './support.ts';

const known =
  'let a = 1 let b = 2 let f0 = 3 let n = 4 let x2 = 5 let f_1 = 6 print a print b print f0 print n print x2 print f_1 ';

describe('lexical rules', () => {
  const literals: readonly (readonly [string, string])[] = [
    ['0', '0'],
    ['007', '7'],
    ['100_000', '100000'],
    ['0x2B', '43'],
    ['0xffff_ffff_ffff_ffff', '18446744073709551615'],
    ['0xFFFFFFFFFFFFFFFE', '18446744073709551614'],
    ['0b101', '5'],
    ['0b1111_0000', '240'],
    ['2B', '2'],
    ['64KiB', '65536'],
    ['1_0KiB', '10240'],
    ['16MiB', '16777216'],
    ['2GiB', '2147483648'],
    ['1 page', '4096'],
    ['4 pages', '16384'],
    ['4\tpages', '16384'],
    ['100_000us', '100000us'],
    ['3ms', '3ms'],
    ['5s', '5s'],
    ['100 cycles', '100cycles'],
    ['"a\\n\\t\\0\\\\\\"\\x41"', '"a\\n\\t\\u0000\\\\\\"A"'],
    ['"\\xff\\x7f"', '"\\udcff\x7f"'],
    ['"é"', '"é"'],
    ['"é // no comment"', '"é // no comment"'],
  ];
  for (const [text, value] of literals) {
    it(`reads ${text}`, () => assert.equal(shape(text), value));
  }

  it('reads names with hyphens between letters only', () => {
    assert.equal(shape('f0-1', known), '(f0 - 1)');
    assert.equal(shape('n-1', known), '(n - 1)');
    assert.equal(shape('x2-n', known), '(x2 - n)');
    assert.equal(shape('length("s")-n', known), '(length("s") - n)');
    assert.equal(shape('f_1-1', known), '(f_1 - 1)');
    assert.equal(shape('page-out', 'let page-out = 1 '), 'page-out');
    assert.equal(shape('a - b', known), '(a - b)');
  });

  it('takes comments anywhere', () => {
    assert.equal(shape('/* one */ 1 // two\n + /* three\n lines */ 2'), '(1 + 2)');
    assert.equal(scenarioOf('// only a comment').body.length, 0);
  });

  it('needs no terminators', () => {
    const kinds = (text: string): string[] => scenarioOf(text).body.map(({ kind }) => kind);
    assert.deepEqual(kinds('print 1 print 2'), ['print', 'print']);
    assert.deepEqual(kinds('let a = 1 inject clear print a wait(5us) print a'), [
      'let',
      'inject-clear',
      'print',
      'call',
      'print',
    ]);
  });

  it('reads x86-64 and x86-32 as words of their own', () => {
    assert.equal(scenarioOf('machine x86-64 { paging x86-64 }').machine?.paging?.value, 'x86-64');
    assert.equal(scenarioOf('machine i386 { paging x86-32 }').machine?.paging?.value, 'x86-32');
  });

  it('reads a mesh after mesh only', () => {
    assert.deepEqual(scenarioOf('machine tsar { mesh 4x2 }').machine?.mesh?.value, { width: 4, height: 2 });
    assert.equal(diagnose('print 4x2')[0]?.code, 'WALK100');
  });

  const words =
    'mesh cores memory paging tlb cost seed size fill text from code data load at of in step up to then clear fails kills after frames on off named kernel file';
  for (const word of words.split(' ')) {
    it(`takes ${word} as a name, an argument's name, a member and a field`, () => {
      const [binding, use] = bodyOf(`let ${word} = { ${word}: 1 } print ${word}.${word}`) as {
        kind: string;
        name?: string;
      }[];
      assert.deepEqual([binding?.kind, binding?.name, use?.kind], ['let', word, 'print']);
    });
  }

  it('takes those words as called functions and as values', () => {
    const [, block] = scenarioOf(
      'process p { code 0 data 0 } as p { text(4096, 4) print text(4096, 4) mmap(1, r, kind: file) read(0, as: kernel) }',
    ).body;
    assert.equal(block?.kind, 'as');
    assert.deepEqual(
      block.body.map(({ kind }) => kind),
      ['call', 'print', 'call', 'call'],
    );
  });

  const statementWords =
    'machine process thread as let expect for repeat if else parallel explore inject reserve daemon print dump replay test not and or';
  for (const word of statementWords.split(' ')) {
    it(`takes ${word} before a colon and after a dot, but not as a name`, () => {
      assert.equal(shape(`{ ${word}: 1 }.${word}`), `{${word}: 1}.${word}`);
      assert.equal(diagnose(`let ${word} = 1`)[0]?.code, 'WALK100');
      assert.equal(diagnose(`print 1 + ${word}`)[0]?.code, 'WALK100');
    });
  }
});
