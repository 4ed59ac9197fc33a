/** What beginners type: one message for one mistake, at exactly the text between « and », saying what to write instead. */
import { strict as assert } from 'node:assert';
import type { Diagnostic } from '../../../simulator/session/scenario/scenario.ts';
import { diagnose, textAt } from './support.ts';

const process = 'process p { code 0 data 0 }\n';
/** Inside a process, with statements before and behind that nothing is wrong with. */
const inP = (statements: string): string =>
  `${process}as p {\n  let a = mmap(64KiB, rw)\n  ${statements}\n  print a\n}\n`;
const withN = (statements: string): string => `let n = 2\n${inP(statements)}print n\n`;

const cases: readonly (readonly [marked: string, message: RegExp])[] = [
  // Brackets.
  [`${process}as p {\n let a = mmap(64KiB, rw«»\n write(a, 1)\n}\n`, /^`\)` is missing\.$/],
  [inP('write(a, 1«»\n  read(a)'), /^`\)` is missing\.$/],
  [inP('write(a, (1 + 2«»\n  let b = 1 print b'), /^`\)` is missing\.$/],
  [inP('print [1, 2«»\n  print 3'), /^`\]` is missing\.$/],
  [inP('print (1, 2«]»'), /^`\)` is needed here\.$/],
  [inP('print [1, (2«»]'), /^`\)` is missing\.$/],
  [`${process}as p {\n  read(0)«»`, /^`}` is missing\.$/],
  [`${process}as p {\n  if true {\n  read(0)\n}\nas p { read(0) }«»`, /^`}` is missing\.$/],
  [inP('write(a, 1)«)»'), /^This `\)` closes nothing/],
  [`${inP('read(a)')}«}»\nprint 1`, /^This `}` closes nothing/],

  // Numbers and units.
  [inP('mmap(«4 KiB», rw)'), /^No blank is allowed before the unit: write `4KiB`\.$/],
  ['wait(«5 us»)', /write `5us`/],
  [inP('mmap(«4 Pages», rw)'), /Did you mean `4 pages`\?/],
  [inP('mmap(«64KB», rw)'), /^`KB` is not a unit\. Did you mean `64KiB`\?$/],
  [inP('mmap(«4kb», rw)'), /Did you mean `4KiB`\?/],
  [inP('mmap(«1_0Mb», rw)'), /Did you mean `1_0MiB`\?/],
  [inP('mmap(«1G», rw)'), /Did you mean `1GiB`\?/],
  ['wait(«10sec»)', /Did you mean `10s`\?/],
  ['wait(5«μs»)', /^Microseconds are written `us`/],
  [inP('mmap(«4pages», rw)'), /without a blank before it\. Did you mean `4 pages`\?/],
  ['print «0XFF»', /Did you mean `0xFF`\?/],
  ['print «1.5»', /Numbers are whole/],
  ['let a = «1,000»\nprint a', /write `1_000`/],
  [withN('mmap(n «pages», rw)'), /^A unit can only follow a number: write `n \* 1 page`\.$/],
  [withN('mmap(n «KiB», rw)'), /write `n \* 1KiB`/],
  [withN('mmap((n + 1) «pages», rw)'), /write `\(…\) \* 1 page`/],
  ['let n = 2\nwait(n «cycles»)', /write `n \* 1 cycles`/],

  // The same where the call is part of a statement.
  ...[
    'let z = CALL\n  print z',
    'print CALL',
    'expect CALL == 4096',
    'if CALL > 0 { print 1 }',
    'print [CALL]',
  ].flatMap((statement): [string, RegExp][] => [
    [inP(statement.replace('CALL', 'mmap(«4 KiB», rw)')), /write `4KiB`/],
    [withN(statement.replace('CALL', 'mmap(n «pages», rw)')), /write `n \* 1 page`/],
    [inP(statement.replace('CALL', 'mmap(4096, «rw-»)')), /write `rw`/],
    [inP(statement.replace('CALL', 'length(mmap(«4 KiB», rw))')), /write `4KiB`/],
  ]),

  // Operators.
  ['let x = 1\nexpect x «=» 0', /^`=` binds; write `==` to compare\.$/],
  ['let x = 1\nif x «=» 0 {\n print x\n}', /write `==` to compare/],
  ['expect true «&&» false', /^Write `and` for `&&`\.$/],
  ['expect true «||» false', /^Write `or` for `\|\|`\.$/],
  ['expect «!»true', /write `not`/],
  ['expect 1 «<>» 2', /^Write `!=` for `<>`\.$/],
  ['expect 1 «===» 1', /^Write `==` for `===`\.$/],
  ['expect 1 «=>» 1', /^Write `>=` for `=>`\.$/],
  ['print 2 «**» 3', /`1 << N`/],
  ['let e = pte(0)\nprint e«->»ppn', /^Members are accessed with a dot/],
  ['let x = 1\nprint «&»x', /addresses are integers/],
  ['print true «?» 1 : 2', /choose with `if/],
  [inP('mmap(4096, «rw-»)'), /^A protection has no `-`: write `rw`\.$/],
  [inP('mmap(4096, «r | w»)'), /^A protection is one word: write `rw`\.$/],

  // Characters.
  ['«#» it’s text\nprint 1', /^A comment begins with `\/\/`\.$/],
  [inP("mmap(4096, «'rw'»)"), /^A string is written in double quotes/],
  ['print «“hello”»', /^A string is written in double quotes/],
  ['print 1«;»', /^Statements do not end with `;`: remove it, here and everywhere else\.$/],

  // Binding and changing.
  [
    'let x = 1\n«x» = 4\nprint x',
    /^`x` never changes: declare it with `var x = …`\. Memory is changed with `write\(x, …\)`\.$/,
  ],
  ['let x = 1\n«x» += 4\nprint x', /declare it with `var x = …`/],
  ['«x» = 4', /^`x` is unknown here: bind it with `let x = …`, or with `var x = …` to change it later\.$/],
  ['for i in 0..3 { «i» = 4 }', /^`i` never changes: declare it with `var i = …`\.$/],
  ['var x = 1\n«x»++\nprint x', /^`x\+\+` is written `x \+= 1`\.$/],
  ['let x = [1]\n«x»[0] = 5\nprint x', /declare it with `var x = …`/],
  ['let x = 1\n«x»[0] = 5\nprint x', /Memory is changed with `write\(x, …\)`/],
  [
    'var x = 1\n«x»[0] = 5\nprint x',
    /^Only the elements of a list can be changed, not of an integer\. Memory is changed with `write\(x, …\)`\.$/,
  ],
  ['«int» x = 3\nprint 1', /write `let x = …`/],
  ['let «test» = 3\nprint test', /^`test` is reserved: choose another name\.$/],
  ['process «thread» { code 0 data 0 }', /^`thread` is reserved/],
  ['for «if» in 0..3 { print 1 }', /^`if` is reserved/],
  ['let «true» = 1', /^`true` is reserved/],

  // Statements of other languages.
  ['while «true» {\n print 1\n}', /^This loop never ends: leave it with `break`\.$/],
  ['«break»', /^`break` is outside a loop/],
  ['if true { print 1 } «elif» false { print 2 }', /^Write `else if` for `elif`\.$/],
  ['«fn» f(x) { print 1 }', /^A function is defined with `def NAME\(…\) { … }`\.$/],
  ['«function» f(x) {\n print x\n}\nprint 2', /^A function is defined with `def/],
  ['def «test»() { print 1 }', /^`test` is reserved/],
  ['«return» 3', /^`return` is outside a `def`\.$/],
  ['«import» "x.walk"', /^There is no `import`/],
  ['«Process» p {\n  code 0\n  data 0\n}\nprint 1', /Did you mean `process`\?/],
  ['«PROCESS» p { code 0 data 0 }', /Did you mean `process`\?/],
  ['«Let» x = 3', /Did you mean `let`\?/],
  ['«pirnt» 1\nprint 2', /Did you mean `print`\?/],
  ['«expct» 1 == 1', /Did you mean `expect`\?/],
  ['«echo» 1', /^Write `print` for `echo`\.$/],
  ['for «(»i in 0..3) { print i }', /^A loop is written `for NAME in A\.\.B/],
  ['«for (int i = 0; i < 3; i++)» { print 1 }', /^A loop is written/],
  ['for i «=» 0 to 3 { print 1 }', /^A loop is written/],
  ['for i in «range»(3) { print 1 }', /^There is no function `range`\. Numbers are counted with `A\.\.B`/],
  ['for i in 0..«=»3 { print 1 }', /exclusive/],
  ['if true «then» { print 1 }', /`then` is not needed/],
  ['if true«:»\n  print 1', /is written in braces/],
  ['if true «print» 1', /^The block of `if` is written in braces/],
  [`${process}as p «read»(0)`, /^The block of `as` is written in braces/],
  ['«else» { print 1 }', /directly follow the block of its `if`/],

  // Forms of this language, nearly.
  ['print «("b is ", 3)»', /^`print` takes its values without parentheses: `print A, B`\.$/],
  ['«kernel»\nprint 1', /^`kernel` needs a name: `toy`, `other`\.$/],
  ['«machine»\nprint 1', /^`machine` needs a preset: `tsar`/],
  ['test «foo» { print 1 }', /^The name of a test is written in quotes/],
  ['replay «a».walkrec', /^The path of a recording is written in quotes/],
  ['«file» f { size 4 }', /^The name of a file is written in quotes/],
  ['machine tsar { mesh «2» }', /`mesh 2x2`/],
  ['machine tsar { mesh «4» x 2 }', /`mesh 4x2`/],
  ['machine tsar { cores«:» 2, memory: 16MiB }', /^Settings and values are separated by blanks, without `:`/],
  ['process p { code «=» 4 pages  data = 0 }', /^Settings and values are separated by blanks, without `=`/],
  ['process p at «0,0» { code 0 data 0 }', /^A place is written in parentheses: `at \(0,0\)`\.$/],
  ['process p«(»0,0) { code 0 data 0 }', /^A place follows `at`/],
  [inP('mmap(4096, rw, kind «=» anon)'), /^A named argument is written with a colon: `kind: …`\.$/],
  [inP('expect read(0) «fails» "SEGV"'), /^`fails` is followed by the name of an error/],
  [inP('expect read(0) «fail» SEGV'), /^Write `fails` for `fail`\.$/],
  [inP('expect read(0) fails «SIGSEGV»'), /Did you mean `SEGV`\?/],
  ['explore «100» { }', /^Write `explore up to 100/],
  [inP('«exit» 0'), /a call is written `exit\(…\)`/],

  // Names and values of other systems.
  [inP('«malloc»(100)'), /`mmap\(LENGTH, rw\)`, or taken from the heap with `brk/],
  [inP('«printf»("x")'), /`print VALUE`/],
  [inP('free(«a»)'), /Memory is unmapped with `munmap/],
  [`kernel toy\n${inP('mmap(4096, «PROT_READ»)')}`, /Did you mean `r`\?/],
  [`kernel toy\n${inP('mmap(4096, «PROT_READ | PROT_WRITE»)')}`, /Did you mean `rw`\?/],
  [inP('mmap(4096, «wr»)'), /Did you mean `rw`\?/],
  [inP('mmap(4096, «RWX»)'), /Did you mean `rwx`\?/],
  [inP('expect region(0) == «NULL»'), /Did you mean `none`\?/],
  ['expect «True»', /Did you mean `true`\?/],
  [`${process}as p {\n  let buffer = mmap(4096, rw)\n  read(«bufer»)\n}\n`, /Did you mean `buffer`\?/],
  [`${process}thread worker of p\nas «wroker» { read(0) }`, /Did you mean `worker`\?/],

  // A `let` that was meant to change.
  ['let x = 3\n«x» = 4', /`x` never changes: declare it with `var x = …`/],
  [inP('let x = mmap(4096, rw)\n«x»[0] = 5'), /Memory is changed with `write\(x, …\)`/],

  // Sizes.
  [
    'machine tsar { memory «1000000» }',
    /1000000 bytes is not a multiple of the page size.*write 244 pages or 245 pages/,
  ],
  ['machine tsar { memory «1000000» }\nkernel toy', /write 244 pages or 245 pages/],
  ['process p { code «5000» data 0 }', /write 1 page or 2 pages/],
  [inP('write(a, 1, «3»)'), /`size` takes 1, 2, 4 or 8, not 3/],

  // A line that ends too early: what is wrong stands before, not on the next line.
  [inP('expect read(a) == 0 «and»'), /^A value is missing after `and`\.$/],
  [inP('«print»'), /^A value is missing after `print`\.$/],
  ['let x = 5 «%»\nprint x', /^A value is missing after `%`\.$/],
  ['var «x»\nx = 3\nprint x', /^`x` needs a value: write `var x = …`\.$/],
  ['let «x»\nprint 1', /^`x` needs a value: write `let x = …`\.$/],
  [
    'process «p»\nas p { print 1 }',
    /^A process needs its sizes: write `process p \{ code 1 page {2}data 1 page \}`\.$/,
  ],
  [inP('a[0«]»'), /^A value alone is not a statement: print it with `print …`, or keep it with `let NAME = …`\.$/],
  ['«machine»\nkernel toy', /^`machine` needs a preset, such as `machine tsar`\.$/],

  // Separators.
  [inP('write(a «1»)'), /^`,` is missing before `1`\.$/],
  ['print [1 «2» 3]', /^`,` is missing before `2`\.$/],
  [withN('print a «n»'), /^Values are separated by `,`: write `print A, B`\.$/],
  ['process p { code 1 page«;» data 1 page; }', /^Statements do not end with `;`/],
  ['print {«1», 2}', /^A list is written in brackets: `\[1, 2\]`\.$/],

  // Signs and words of other languages.
  ['let x «==» 3', /^`==` compares; write `=` to bind\.$/],
  ['let x«:» int = 3\nprint 1', /^A value is bound without a type: write `let x = …`\.$/],
  ['«x» := 3', /^`:=` is not an operator: write `let x = …` to bind a value, or `x = …` to change it\.$/],
  [withN('print «n++»'), /^`n\+\+` is a statement of its own: `n \+= 1`\.$/],
  [inP('print «*»a'), /^`\*` needs an operand on each side/],
  [inP('expect read(a) «is» 0'), /^Write `==` for `is`\.$/],
  [inP('expect read(a) «equals» 0'), /^Write `==` for `equals`\.$/],
  ['print 7 «mod» 2', /^Write `%` for `mod`\.$/],
  ['«--» text\nprint 1', /^A comment begins with `\/\/`\.$/],
  ['let x = «3,5»\nprint x', /^Numbers are whole/],
  ['let x = «.5»\nprint x', /^Numbers are whole/],
  ['«do» { print 1 } while 1 > 0\nprint 2', /^There is no `do`/],
  ['for each «i» in 0..3 { print i }', /^A loop is written `for NAME in A\.\.B \{ … \}`\.$/],
  [inP('«a».write(1)'), /^A function takes what it works on as an argument: write `write\(a, …\)`\.$/],
  [inP('«console».log(a)'), /^Write `print VALUE`\.$/],
  [`${process}«p» { print 1 }`, /^What a process does is written `as p \{ … \}`\.$/],
  [`${process}«in» p { print 1 }`, /^What a process does is written `as p \{ … \}`\.$/],
  ['def «f» x { return x }', /^A function is defined with `def NAME\(…\) \{ … \}`\.$/],
  ['def f(«int» x) { return x }', /^A parameter has no type: write `x`\.$/],
  ['def f(x)«:» return x', /^A function is defined with `def/],
  ['«define» f(x) { return x }', /^A function is defined with `def/],
  ['«return» 3\nprint 1', /^`return` is outside a `def`\.$/],

  // Declarations and values, nearly.
  ['kernel «"toy"»\nprint 1', /^A kernel is named without quotes: write `kernel toy`\.$/],
  ['kernel«:» toy\nprint 1', /^No `:` is needed before the name of a kernel: write `kernel toy`\.$/],
  ['kernel «oth»\nprint 1', /Did you mean `other`\?$/],
  [
    'machine tsar { «ram» 16MiB }',
    /^`machine` has no setting `ram`; it has mesh, cores, memory, paging, tlb, cost, seed\.$/,
  ],
  ['process p { «heap» 1 page }', /^`process` has no setting `heap`; it has code, data\.$/],
  ['process «p» {}', /^`code` and `data` are missing/],
  [inP('expect count(«page-fault») == 1'), /^The name of an event is written in quotes: `"page-fault"`\.$/],
  ['expect true == «yes»', /Did you mean `true`\?$/],
];

/** Kernels of the tests do not have the error that lunaix has. */
function only(text: string): Diagnostic {
  const found = diagnose(text);
  assert.equal(found.length, 1, found.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return found[0] as Diagnostic;
}

describe('one message for one mistake', () => {
  for (const [marked, message] of cases) {
    it(marked.replace(process, '').replaceAll(/\s+/g, ' '), () => {
      const text = marked.replaceAll(/[«»]/g, '');
      const found = only(text);
      const before = marked.slice(0, marked.indexOf('«')).split('\n');
      assert.equal(textAt(text, found.range), marked.slice(marked.indexOf('«') + 1, marked.indexOf('»')));
      assert.deepEqual([found.range.line, found.range.column], [before.length, (before.at(-1)?.length ?? 0) + 1]);
      assert.match(found.message, message);
    });
  }

  it('says where a bracket that is missing was opened', () => {
    const [related] = only('print length("a"\nprint 2').related ?? [];
    assert.equal(related?.message, 'opened here');
    assert.deepEqual([related.range.line, related.range.column], [1, 13]);
  });

  it('says two mistakes on two statements twice', () => {
    const found = diagnose('print 64KB\nprint 5 +\nlet x = 1\n'.replace('64KB', '1 +'));
    assert.deepEqual(
      found.map(({ range }) => range.line),
      [1, 2],
    );
    const others = diagnose(`${process}as p {\n  read(0) = 3\n}\nprint 1\nfor i = 0 { print i }\n`);
    assert.deepEqual(
      others.map(({ range }) => range.line),
      [3, 6],
    );
  });
});
