/** Properties over random texts: nothing hangs or crashes; layout changes no meaning and is stable. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { formatText } from '../../../simulator/language/format-text.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { parseSyntax } from '../../../simulator/language/syntax.ts';
import { lowerModel } from '../../../simulator/language/walk-lowering.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { program, soup } from './programs.ts';
import { brief } from './support.ts';

const seed = 20_260_101;

function meaning(text: string): unknown {
  const { model, errors } = parseSyntax(text, 'test.walk');
  assert.deepEqual(
    errors.map(({ message }) => message),
    [],
    text,
  );
  return brief(lowerModel(model, 'test.walk'));
}

/** Messages point into the text. */
function checkRanges(text: string): void {
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { range, message } of parseScenario(text, 'test.walk', { catalogue: fakeCatalogue }).diagnostics) {
    assert.ok(range.line >= 1 && range.column >= 1 && range.endLine <= lines, `${message} at ${JSON.stringify(range)}`);
  }
}

describe('robustness', () => {
  it('survives any sequence of tokens', () => {
    fc.assert(fc.property(soup, checkRanges), { numRuns: 2000, seed });
  });

  it('survives any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), checkRanges), { numRuns: 1000, seed });
  });

  it('survives programs cut off anywhere', () => {
    fc.assert(
      fc.property(program, fc.double({ min: 0, max: 1, noNaN: true }), (text, part) =>
        checkRanges(text.slice(0, Math.floor(text.length * part))),
      ),
      { numRuns: 500, seed },
    );
  });

  it('keeps the meaning of what it lays out, and leaves laid-out text alone', () => {
    fc.assert(
      fc.property(program, (text) => {
        const formatted = formatText(text);
        assert.ok(formatted !== null);
        assert.deepEqual(meaning(formatted), meaning(text));
        assert.equal(formatText(formatted), formatted);
      }),
      { numRuns: 500, seed },
    );
  });

  const endless: readonly (readonly [string, string])[] = [
    ['parentheses', `print ${'('.repeat(100_000)}`],
    ['lists', `print ${'['.repeat(100_000)}`],
    ['signs', `print ${'-'.repeat(100_000)}1`],
    ['negations', `print ${'not '.repeat(100_000)}true`],
    ['sums', `print 1${'+1'.repeat(100_000)}`],
    ['members', `print a${'.a'.repeat(100_000)}`],
    ['blocks', 'repeat 1 { '.repeat(50_000)],
    ['branches', `if true { }${' else if true { }'.repeat(50_000)}`],
    ['calls', 'f('.repeat(100_000)],
    ['an endless string', `print "${'a'.repeat(500_000)}`],
    ['an endless number', `print ${'9'.repeat(200_000)}`],
    ['a long name', `print ${'a-'.repeat(200_000)}a`],
    ['a file too large', ' '.repeat(2 * 1024 * 1024)],
  ];
  for (const [what, text] of endless) {
    it(`refuses ${what} in time`, () => {
      const { scenario, diagnostics } = parseScenario(text, 'test.walk', { catalogue: fakeCatalogue });
      assert.equal(scenario, null);
      assert.ok(diagnostics.length > 0);
    });
  }
  it('takes the deepest program that it allows', () => {
    meaning(`print ${'('.repeat(32)}1${')'.repeat(32)}`);
    meaning(`print 1${' + 1'.repeat(250)}`);
    meaning(`print ${'f(-'.repeat(32)}1${')'.repeat(32)}`);
    meaning(`${'repeat 1 { '.repeat(31)}print (1)${' }'.repeat(31)}`);
  });
});

describe('layout', () => {
  it('lays out a scenario', () => {
    const text = `
machine   tsar{mesh 2x2 cores 2
   memory 16MiB}


process p at(0 , 0){code 4   pages data 0}
as p{
let a=mmap ( 4KiB,rw , at:( 1 ,0) )   // tail
if a==1{ exit( ) }
else{read( -1+ ~2 )}
let b = f(a,
[1]) print list [0] .x }
`;
    assert.equal(
      formatText(text),
      `machine tsar { mesh 2x2  cores 2
    memory 16MiB }

process p at (0,0) { code 4 pages  data 0 }
as p {
    let a = mmap(4KiB, rw, at: (1,0))   // tail
    if a == 1 { exit() }
    else { read(-1 + ~2) }
    let b = f(a,
        [1])  print list[0].x }
`,
    );
  });

  it('has nothing to say about broken text, and keeps empty text empty', () => {
    assert.equal(formatText('let a = )'), null);
    assert.equal(formatText(' \n\n'), '');
    assert.equal(formatText('// only\n\n\n'), '// only\n');
  });
});
