/** Any text whatever parses to diagnostics, and one text leaves nothing behind for the next. */
import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { standardCatalogue } from '../../../simulator/language/standard-catalogue.ts';
import { coreServices } from '../../../simulator/language/walk-module.ts';
import type { Diagnostic } from '../../../simulator/session/scenario/scenario.ts';
import { soup } from './programs.ts';

const seed = 20_261_130;

function diagnose(text: string): readonly Diagnostic[] {
  return parseScenario(text, 'test.walk').diagnostics;
}

/** What any text must give: findings inside it, none of them a bug of ours, and a scenario unless one is an error. */
function survive(text: string): void {
  const { scenario, diagnostics } = parseScenario(text, 'test.walk');
  const lines = text.split(/\r\n|\r|\n/);
  for (const { code, message, range } of diagnostics) {
    const where = `${message} at ${JSON.stringify(range)} of ${JSON.stringify(text)}`;
    assert.ok(code !== 'WALK134' && !message.includes('bug in Pagewalk'), where);
    assert.ok(range.line >= 1 && range.column >= 1 && range.endLine >= range.line, where);
    assert.ok(range.column <= (lines[range.line - 1]?.length ?? -1) + 1, where);
    assert.ok(range.endColumn <= (lines[range.endLine - 1]?.length ?? -1) + 1, where);
  }
  assert.equal(
    scenario === null,
    diagnostics.some(({ severity }) => severity === 'error'),
  );
}

describe('sizes', () => {
  const sizes: readonly (readonly [text: string, bytes: number])[] = [
    ['0xA', 10],
    ['0x2B', 43],
    ['0b11', 3],
    ['0xA pages', 40_960],
    ['0x1_0 pages', 65_536],
    ['0x1\tpage', 4096],
    ['1_0 pages', 40_960],
    ['2KiB', 2048],
  ];
  for (const [text, bytes] of sizes) {
    it(`reads a file's size of ${text}`, () => {
      const { scenario } = parseScenario(`file "/f" { size ${text} }`, 'test.walk');
      assert.equal(scenario?.files[0]?.size, bytes);
    });
  }

  for (const text of ['process p { code 0xF data 0 }', 'process p { code 0 data 0xB }', 'machine tsar { memory 0xA }'])
    it(`says that ${text} is made of whole pages`, () => {
      assert.deepEqual(
        diagnose(text).map(({ code }) => code),
        ['WALK106'],
      );
    });
});

describe('nesting', () => {
  /** A text of that depth, and how it closes. */
  const kinds: Readonly<Record<string, (depth: number) => readonly [open: string, close: string]>> = {
    parentheses: (depth) => [`print ${'('.repeat(depth)}`, `1${')'.repeat(depth)}`],
    lists: (depth) => [`print ${'['.repeat(depth)}`, `1${']'.repeat(depth)}`],
    records: (depth) => [`print ${'{a:'.repeat(depth)}`, `1${'}'.repeat(depth)}`],
    calls: (depth) => [`print ${'length('.repeat(depth)}`, `"a"${')'.repeat(depth)}`],
    indices: (depth) => [`print ${'[1]['.repeat(depth)}`, `0${']'.repeat(depth)}`],
    signs: (depth) => [`print ${'-'.repeat(depth)}`, '1'],
    complements: (depth) => [`print ${'~'.repeat(depth)}`, '1'],
    negations: (depth) => [`print ${'not '.repeat(depth)}`, 'true'],
    blocks: (depth) => ['repeat 1 { '.repeat(depth), ' }'.repeat(depth)],
    conditions: (depth) => ['if free() == 1 { '.repeat(depth), ' }'.repeat(depth)],
    threads: (depth) => [
      `process p { code 0 data 0 } ${'parallel { as p { } as p { '.repeat(depth / 2)}`,
      ' } }'.repeat(depth / 2),
    ],
    mixtures: (depth) => [`print ${'([-'.repeat(depth / 2)}`, `1${'])'.repeat(depth / 2)}`],
  };
  for (const [kind, text] of Object.entries(kinds)) {
    it(`refuses ${kind} that are too deep, closed or not`, () => {
      for (const depth of [34, 200, 20_000]) {
        const [open, close] = text(depth);
        for (const tooDeep of [open, open + close]) {
          assert.match(diagnose(tooDeep)[0]?.message ?? '', /at most 32/, tooDeep.slice(0, 200));
          assert.deepEqual(parseScenario('print 2', 'other.walk').scenario?.body.length, 1);
        }
      }
    });

    it(`takes ${kind} of the greatest depth, and says what an unfinished one lacks`, () => {
      const [open, close] = text(32);
      assert.deepEqual(
        diagnose(open + close).filter(({ code }) => code === 'WALK100' || code === 'WALK134'),
        [],
      );
      const errors = diagnose(open);
      assert.ok(errors.length > 0 && errors.every(({ code }) => code === 'WALK100'));
      assert.doesNotMatch(errors[0]?.message ?? '', /too deep|bug in Pagewalk/);
    });
  }

  it('refuses chains of operators, of members and of branches that are too long, by the bound', () => {
    const chains = [
      `1${' + 1'.repeat(300)}`,
      `a${'.a'.repeat(300)}`,
      `a${'[0]'.repeat(300)}`,
      `true${' and true'.repeat(300)}`,
    ];
    for (const chain of chains) assert.match(diagnose(`print ${chain}`)[0]?.message ?? '', /at most 250 operators/);
    const branches = `if free() == 0 { }${' else if free() == 1 { }'.repeat(300)}`;
    assert.match(diagnose(branches)[0]?.message ?? '', /branches: an `if` may have at most 250/);
  });
});

describe('a text that the parser fails on', () => {
  it('leaves nothing behind for the next one', () => {
    const { ValueConverter: converter } = coreServices().parser;
    const convert = converter.convert.bind(converter);
    converter.convert = (input, node) => {
      if (input === '"boom"') throw new Error('boom');
      return convert(input, node);
    };
    try {
      const { scenario, diagnostics } = parseScenario('print 1 as p { print [[["boom"]]] }', 'bad.walk');
      assert.equal(scenario, null);
      assert.match(diagnostics[0]?.message ?? '', /bug in Pagewalk \(boom\)/);
    } finally {
      converter.convert = convert;
    }
    assert.deepEqual(
      parseScenario('print 2', 'good.walk').scenario?.body.map(({ range }) => range),
      [{ file: 'good.walk', line: 1, column: 1, endLine: 1, endColumn: 8 }],
    );
  });

  it('is a finding where a check fails', () => {
    const catalogue = {
      kernels: [],
      presets,
      validateMachine: () => {
        throw new Error('boom');
      },
    };
    const { scenario, diagnostics } = parseScenario('machine tsar', 'test.walk', { catalogue });
    assert.equal(scenario, null);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['WALK134'],
    );
  });
});

describe('any text', () => {
  it('of random bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('utf8'));
    fc.assert(fc.property(bytes, survive), { numRuns: 1000, seed });
  });

  it('of random tokens', () => {
    fc.assert(fc.property(soup, survive), { numRuns: 1000, seed });
  });

  const kernels = standardCatalogue.kernels.map(({ name }) => name);
  const words = [
    ...'machine tsar i386 x86-64 kernel file "/f" at (0,0) (9,9,9) size fill text from memory mesh 2x2 cores tlb cost seed'.split(
      ' ',
    ),
    ...'process p code data load thread t of as let x = expect fails kills SEGV for in .. repeat if else parallel explore'.split(
      ' ',
    ),
    ...'inject page-alloc reserve frames daemon on off print dump replay named test wait( mmap( read( write( pte( ) , : . { } [ ]'.split(
      ' ',
    ),
    ...'0xA 0xF 0b1 1_0 4096 0x10000000000000000 64KiB 0xA\tpages 3\tpages 5us 100\tcycles "a\\q" rw none true not and - ~ + == <'.split(
      ' ',
    ),
    ...kernels,
  ];
  it('of words where declarations and statements expect others', () => {
    const text = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((tokens) => tokens.join(' '));
    fc.assert(fc.property(text, survive), { numRuns: 2000, seed });
  });

  const examples = globSync(['examples/*.walk', 'test/conformance/**/*.walk'])
    .sort()
    .map((file) => readFileSync(file, 'utf8').slice(0, 4000));
  /** A piece of one example replaced by a word, by a piece of another or by nothing. */
  const mutated = fc
    .tuple(
      fc.constantFrom(...examples),
      fc.array(
        fc.tuple(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.nat({ max: 30 }),
          fc.oneof(
            fc.constantFrom(...words, ''),
            fc.string({ maxLength: 5 }),
            fc
              .tuple(fc.constantFrom(...examples), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 80 }))
              .map(([text, at, length]) => text.slice(Math.floor(at * text.length)).slice(0, length)),
          ),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    )
    .map(([text, edits]) =>
      edits.reduce((changed, [at, removed, inserted]) => {
        const from = Math.floor(at * changed.length);
        return changed.slice(0, from) + inserted + changed.slice(from + removed);
      }, text),
    );
  it('of examples changed anywhere', () => {
    fc.assert(fc.property(mutated, survive), { numRuns: 400, seed });
  });
});
