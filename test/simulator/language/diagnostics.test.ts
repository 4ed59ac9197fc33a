/** Section 9, static: every code is provoked, at exactly the text between the marks « and », with a message that says why. */
import { strict as assert } from 'node:assert';
import { diagnosticCodes } from '../../../simulator/language/diagnostic-codes.ts';
import type { DiagnosticCode } from '../../../simulator/language/diagnostic-codes.ts';
import { parseScenario } from '../../../simulator/language/parse-scenario.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { diagnose, textAt } from './support.ts';

const process = 'process p { code 0 data 0 } ';
const inP = (statements: string): string => `${process}as p { ${statements} }`;
const toy = 'kernel toy ';
const pWith = (statements: string): string => `${toy}${inP(statements)}`;

/** Severity is an error unless the code has a `w`. Several marks: several diagnostics of the code. */
const cases: readonly (readonly [DiagnosticCode | `${DiagnosticCode} w`, string, RegExp])[] = [
  ['WALK100', 'let a = «)»', /This `\)` closes nothing/],
  ['WALK100', 'let a = «,» 1', /Expected an expression, found `,`/],
  ['WALK100', '«foo» print 1', /cannot begin a statement; a call is written `foo\(…\)`/],
  ['WALK100', 'print «12ab»', /is not a number/],
  ['WALK100', 'print «0x»', /is not a number/],
  ['WALK100', 'print «1_»', /is not a number/],
  ['WALK100', 'print «64KB»', /Did you mean `64KiB`\?/],
  ['WALK100', 'print «"»abc', /not closed on its line/],
  ['WALK100', 'print 1 «/»* never closed', /never closed/],
  ['WALK100', 'as p {«»', /`}` is missing\./],
  ['WALK100', 'print 1 «}»', /closes nothing/],
  ['WALK100', 'print 1«;»', /^Statements do not end with `;`/],
  ['WALK100', 'print «!»true', /write `not`/],
  ['WALK100', 'daemon d «maybe»', /`on` or `off`/],
  ['WALK100', 'machine tsar { «size» 4 }', /^`machine` has no setting `size`/],
  ['WALK100', `print ${'('.repeat(32)}«(»1`, /at most 32 brackets/],
  ['WALK100', `print 1${' + 1'.repeat(250)} «+» 1`, /250 operators/],

  ['WALK101', 'print «buff» let buf = 1 print buf', /`buff` is unknown here/],
  ['WALK101', 'let buffer = 1 print buffer print «bufer»', /Did you mean `buffer`\?/],
  ['WALK101', 'let n = 1 let m = 2 print n + m print «n-m»', /write `n - m` to subtract/],
  ['WALK101', 'print «late» let late = 1 print late', /bound only later, on line 1/],
  ['WALK101', 'for i in 0..2 { let q = 1 print q + i } print «q»', /inside a block/],
  ['WALK101', 'print «count»', /is a function: call it with `count\(…\)`/],
  ['WALK101', inP('expect read(0) == «kernel»'), /`kernel` is unknown here/],
  ['WALK101', 'expect 1 == «rw»', /protection only where one is expected/],
  ['WALK101', 'print «rw»', /protection only where one is expected/],
  ['WALK101', 'as «nobody» { }', /no process or thread `nobody`/],
  ['WALK101', 'thread t of «nobody» dump t', /no process or thread/],
  ['WALK101', 'dump «nobody»', /no process or thread/],
  ['WALK101', 'print pte(0).«cowed»', /page-table entry has no member `cowed`\. Did you mean `cow`\?|It has present/],
  ['WALK101', `${toy}print kernel.«nr_page»`, /Did you mean `nr_pages`/],
  ['WALK101', `${toy}print «OTHER_LIMIT»`, /constant of other, and this file runs on toy/],
  ['WALK101', 'print «OTHER_LIMIT»', /begin the file with `kernel other`/],
  ['WALK101', pWith('mmap(1, rw, kind: «fille»)'), /Did you mean `file`/],
  ['WALK101', pWith('let x = «x» print x'), /bound only later/],
  ['WALK101', inP('parallel { as p { let v = 1 print v } as p { print «v» } }'), /inside a block/],

  ['WALK102', inP('«wirte»(0, 1)'), /Did you mean `write`/],
  ['WALK102', 'let f = 1 «f»(f)', /values cannot be called/],
  ['WALK103', `${toy}«other_map»()`, /is a function of other, and this file runs on toy/],
  ['WALK128', '«other_map»()', /begin the file with `kernel other`/],

  ['WALK104', inP('«read»()'), /lacks `addr`: read\(addr, size\?, as\?\)/],
  ['WALK104', inP('fork((0,0), «5»)'), /takes at most 1 argument/],
  ['WALK104', inP('fork(«where»: (0,0))'), /no parameter `where`/],
  ['WALK104', inP('mmap(1, rw, «offsett»: 0)'), /Did you mean `offset`/],
  ['WALK104', inP('read(0, «addr»: 1)'), /given twice/],
  ['WALK104', inP('read(size: 1, «0»)'), /Positional arguments come before named ones/],
  ['WALK104', inP('read(«"a"»)'), /`addr` takes an address, not a string/],
  ['WALK104', inP('mmap(1, «"rw"»)'), /takes a protection such as rw, not a string/],
  ['WALK104', inP('fork(at: «1»)'), /takes a place/],
  ['WALK104', inP('let a = 5 touch(0, 1, «a»)'), /takes r, w or x/],
  ['WALK104', inP('wait(«true»)'), /takes a time/],
  ['WALK104', 'print regions(of: «5»)', /takes a process/],
  ['WALK104', `${pWith('toy_map(p, 1, «ppn»: 2)')}`, /written by toy_map/],
  ['WALK104', pWith('toy_vector(«5», "n")'), /takes a list/],

  ['WALK105', 'machine tsar process p at «(9,9)» { code 0 data 0 }', /no cluster \(9,9\): the mesh is 2x2/],
  ['WALK105', 'process p at «(9,9)» { code 0 data 0 }', /no cluster \(9,9\): the mesh is 2x2/],
  ['WALK105', 'machine tsar file "f" at «(2,0)» { size 1 }', /no cluster \(2,0\)/],
  [
    'WALK105',
    'machine tsar { cores 1 } thread t of p at «(0, 0, 1)» process p { code 0 data 0 }',
    /the cores of a cluster are 0 alone/,
  ],
  ['WALK105', 'machine i386 reserve 1 frames at «(1,0)»', /its only cluster \(0,0\)/],
  ['WALK105', `${toy}let x = 7 print free(at: «(0,x)»)`, /no cluster \(0,x\)/],
  ['WALK105', `${toy}print free(at: «(0,-1)»)`, /no cluster/],

  ['WALK106', 'process p { code «5000» data 0 }', /`code` of 5000 bytes .* write 1 page or 2 pages/],
  ['WALK106', 'process p { code 0 data «1B» }', /write 1 page\./],
  ['WALK106', 'machine tsar { memory «4097B» }', /`memory` of 4097 bytes/],

  ['WALK107 w', 'let «a» = 1', /never read: remove the statement/],
  ['WALK107 w', 'var «a» = 1 a = 2', /never read: remove the statement/],
  ['WALK118', 'var a = 1 var «a» = 2 print a', /write `a = …` to change it/],
  ['WALK130', 'var a = 1 a «+=» "b" print a', /Text begins with a string/],
  ['WALK136', 'var a = 1 while «a» { a = 2 }', /`while` needs true or false, not an integer/],
  ['WALK136', 'for i in «7» { print i }', /needs a list, not an integer\. Numbers are counted with `A\.\.B`/],
  ['WALK104', 'def f(a, b = 2) { return a + b } print «f»()', /f lacks `a`: f\(a, b\?\)/],
  ['WALK104', 'def f(a) { return a } print f(1, «2»)', /f takes at most 1 argument/],
  ['WALK104', 'def f(a) { return a } print f(«c»: 1)', /f has no parameter `c`/],
  ['WALK111', 'def f() { } def «f»() { } f()', /A second `def f`/],
  ['WALK119 w', 'def «count»(x) { return x } print count(1)', /hides the function of that name/],
  ['WALK119 w', 'let «count» = 1 def f(count) { return count } print f(count)', /hides the function of that name/],
  ['WALK139', 'if true { «def» f() { } }', /is only allowed at file level/],
  ['WALK139', 'def f() { «return» 1 print 2 } f()', /last statement of its block/],
  ['WALK139', 'repeat 2 { f() } def f() { «break» }', /is outside a loop/],
  ['WALK138', 'def f(a) { «a» = 2 return a } print f(1)', /`a` never changes/],
  ['WALK140', 'def f(a = 1, «b») { return a + b } print f(1, 2)', /`b` needs a default/],
  ['WALK140', 'def g() { return 1 } def f(a = «g()») { return a } print f()', /A default only observes/],
  ['WALK101', 'def f() { let inner = 1 print inner } f() print «inner»', /inside a block and unknown outside/],
  ['WALK112', 'on toy, «nix» { print 1 }', /There is no kernel `nix`: the kernels are toy, other/],
  ['WALK112', 'kernels toy, «nix»', /There is no kernel `nix`/],
  ['WALK111', 'kernels toy, «toy»', /named twice/],
  ['WALK111', 'kernel toy «kernels» toy, other', /A second `kernels`/],
  ['WALK111', 'mutex m «mutex» m', /A second `mutex`/],
  ['WALK104', 'lock(«3»)', /takes a mutex, not/],
  ['WALK136', 'let x = 3 as «x»[0] { print 1 }', /Only lists have elements, not an integer/],
  ['WALK136', 'let x = 3 as («x») { print 1 }', /`as` needs a process or a thread, not an integer/],
  ['WALK138', 'for i in [1] { «i» = 2 }', /`i` never changes/],
  ['WALK139', 'if true { «continue» }', /is outside a loop/],
  [
    'WALK139',
    'process p { code 0 data 0 } process q { code 0 data 0 } repeat 2 { parallel { as p { «break» } as q { } } }',
    /cannot lead out of a block that is interleaved/,
  ],
  ['WALK107 w', 'let «a» = free()', /remove `let a =` and keep the call/],
  ['WALK108', 'print count(«"page-cpoy"»)', /Did you mean `page-copy`/],
  ['WALK108', `${toy}print count(«"rpc:NOPE"»)`, /No event is named "rpc:NOPE" in toy/],
  ['WALK109', 'replay «"test.walk"»', /replays itself/],
  ['WALK109', 'replay «"x/../test.walk"»', /replays itself/],

  ['WALK110', 'print 1 «machine» tsar', /move it above the first one/],
  ['WALK110', 'print 1 «file» "a" { size 1 }', /`file` comes after a statement/],
  ['WALK110', 'repeat 1 { «kernel» toy }', /is a declaration/],
  ['WALK111', 'machine tsar «machine» tsar', /A second `machine`/],
  ['WALK111', 'kernel toy «kernel» toy', /A second `kernel`/],
  ['WALK111', 'file "a" { size 1 } file "b" { size 1 } «file» "a" { size 1 }', /one of each name/],
  ['WALK111', 'machine tsar { cores 1 «cores 1» }', /set twice/],
  ['WALK111', 'machine tsar { tlb { sets 4 «sets» 4 } }', /set twice/],
  ['WALK111', 'machine tsar { cost { HOP 4 «HOP» 4 } }', /set twice/],
  ['WALK111', 'kernel toy { quota 4 «quota» 4 }', /set twice/],
  ['WALK111', 'process p { code 0 data 0 «code 0» }', /given twice/],
  ['WALK111', 'file "a" { size 1 «size 1» }', /given twice/],
  ['WALK111', 'test "a" { } test «"a"» { }', /A second test named "a"/],

  ['WALK112', 'kernel «tooy»', /There is no kernel `tooy`: the kernels are toy, other. Did you mean `toy`/],
  ['WALK113', 'kernel toy { «quotta» 4 }', /Did you mean `quota`/],
  ['WALK113', 'kernel other { «quota» 4 }', /other has none/],
  ['WALK114', 'kernel toy { quota «11» }', /is 11, out of its range from 1 up to 10/],
  ['WALK114', 'kernel toy { quota «-1» }', /is -1, out of its range/],
  ['WALK114', 'kernel toy { quota «on» }', /takes an integer/],
  ['WALK114', 'kernel toy { heap «cow» }', /takes a size/],
  ['WALK114', 'kernel toy { period «4KiB» }', /takes a time/],
  ['WALK114', 'kernel toy { period «2ms» }', /is 2000, out of its range up to 1000/],
  ['WALK114', 'kernel toy { fork «clonee» }', /takes clone or cow; Did you mean `clone`/i],
  ['WALK114', 'kernel toy { sweeper «5» }', /takes on or off/],

  [
    'WALK115',
    'machine «tsarr»',
    /There is no machine `tsarr`: the presets are tsar, i386, x86-64, rv64. Did you mean `tsar`/,
  ],
  ['WALK115', 'machine tsar { paging «sv48» }', /no paging sv48; use tsar, x86-32, x86-64 or sv39/],
  ['WALK115', 'machine tsar { mesh «99x1» }', /mesh of 99x1 cannot be built/],
  ['WALK115', 'machine tsar { cores «99» }', /99 cores/],
  ['WALK115', 'machine tsar { «tlb { sets 3 }» }', /3 TLB sets/i],
  ['WALK115', 'machine tsar { tlb { «lines» 3 } }', /is not a setting of a TLB\. There are sets and ways/],
  ['WALK116', 'machine «x86-64» kernel toy', /toy does not run on x86-64; use tsar/i],
  ['WALK116', 'machine «rv64» kernel toy', /toy does not run on rv64; use tsar/i],
  ['WALK116', 'machine tsar { paging «sv39» } kernel toy', /does not run with sv39 page tables; use tsar/],
  ['WALK116', 'machine tsar { paging «x86-64» } kernel toy', /does not run with x86-64 page tables/],
  ['WALK116', 'machine tsar { memory «512KiB» } kernel toy', /needs 1MiB to boot/],
  ['WALK117', 'machine tsar { cost { «T_L3» 4 } }', /is not a cost of the table/],

  ['WALK118', 'let a = 1 print a let «a» = 2', /bound already/],
  ['WALK118', 'let a = 1 for «a» in 0..1 { print a } print a', /bound already/],
  ['WALK118', `${process} process «p» { code 0 data 0 }`, /bound already/],
  ['WALK118', 'let a = 1 print a test "t" { let «a» = 2 print a }', /bound already/],
  ['WALK119 w', 'let «free» = 1 print free', /hides the function/],
  ['WALK119 w', `${toy}let «TOY_A» = 1 print TOY_A`, /hides the constant/],
  ['WALK119 w', `${toy}process «toy_map» { code 0 data 0 }`, /hides the function/],
  ['WALK119 w', inP('let shared = 1 mmap(1, rw, kind: «shared»)'), /is a word of mapping as well as a binding/],
  ['WALK119 w', inP('let rw = 1 print rw mmap(1, «rw»)'), /is a protection as well as a binding/],
  ['WALK119 w', inP('let anon = 1 expect region(0).kind == «anon»'), /is a word of \.kind as well/],
  ['WALK119 w', inP('let r = 1 expect «r» != region(0).prot'), /is a protection as well/],
  ['WALK119 w', pWith('let lazy = 1 toy_map(p, 1, wiring: «lazy»)'), /is a word of region_wiring as well/],
  ['WALK119 w', pWith('let b = 1 toy_map(p, 1, flags: TOY_A | «b»)'), /is a word of toy_flags as well/],
  ['WALK120', 'let «none» = 1', /`none` is reserved/],
  ['WALK120', 'for «true» in 0..1 { }', /`true` is reserved/],

  ['WALK121', '«read»(0)', /`read` needs a process/],
  ['WALK121', 'print 1 + «fork»().pid', /needs a process/],
  ['WALK121', 'expect «write»(0, 1) fails SEGV', /needs a process/],
  ['WALK121', '«wait»()', /needs a process/],
  ['WALK122', inP('expect «read(0) + 1» fails SEGV'), /must directly follow a call/],
  ['WALK122', inP('expect «(read(0))» kills SEGV'), /must directly follow a call/],
  ['WALK122', inP('expect read(0) fails SEGV «"text"»'), /only of a panic/],
  ['WALK122', inP('expect read(0) fails «segv»'), /in capitals: `SEGV`/],
  ['WALK122', pWith('expect explore { as p { read(0) } as p { read(0) } } fails «segv»'), /in capitals: `SEGV`/],
  ['WALK123', 'print «18446744073709551616»', /too large: the largest value here is 2\^64-1/],
  ['WALK123', 'print «999999999999GiB»', /too large/],
  ['WALK123', 'machine tsar { seed «9007199254740992» }', /2\^53-1/],
  ['WALK123', 'file "a" { size 1 fill «256» }', /a byte reaches to 255/],
  ['WALK124', 'repeat 1 { «test» "a" { } }', /only allowed at file level/],
  ['WALK124', 'test "a" { «test» "b" { } }', /only allowed at file level/],
  ['WALK125', 'print 1 < 2 «<» 3', /not chained/],
  ['WALK125', 'let n = 2 print 1 < n «<» 9', /not chained/],
  ['WALK125', 'print true == true «==» true', /not chained/],
  ['WALK126', 'print "a«\\q»b"', /Unknown escape/],
  ['WALK126', 'print "a«\\x»4"', /Unknown escape/],
  ['WALK126', 'file "a" { text "«\\r»" }', /Unknown escape/],

  ['WALK127 w', inP('exit() «print 1»'), /Nothing runs here after `exit`/],
  ['WALK127 w', inP('thread_exit() «print 1» print 2'), /after `thread_exit`/],
  ['WALK127 w', 'for i in 5..«5» { print i }', /The loop never runs: 5 is not less than 5/],
  ['WALK127 w', 'repeat «0» { }', /never runs/],
  ['WALK127 w', 'if «false» { }', /never runs/],
  ['WALK127 w', '«parallel» { }', /without blocks/],
  ['WALK127 w', inP('«parallel» { as p { } }'), /interleaves nothing/],
  ['WALK127 w', inP('«explore» { as p { } }'), /interleaves nothing/],
  ['WALK129', 'inject «nothing» fails', /the kinds are page-alloc, object-alloc, file-read, file-write, toy-alloc/],
  ['WALK129', 'kernel other inject «toy-alloc» fails', /in other/],
  ['WALK129', `${toy}daemon «reaper» on`, /they are sweeper/],
  ['WALK129', 'kernel other daemon «sweeper» on', /it has none/],
  ['WALK130', 'print 1 / «0»', /Division by zero/],
  ['WALK130', 'let z = 2 - 2 print z % «z»', /Division by zero/],
  ['WALK130', 'print 1 << «64»', /from 0 to 63/],
  ['WALK130', 'print «0xffff_ffff_ffff_ffff + 1»', /leaves the range/],
  ['WALK130', 'print «-9223372036854775809»', /leaves the range/],
  ['WALK130', 'print 1 «==» "a"', /compares values of one kind, not an integer and a string/],
  ['WALK130', 'print (0,0) «==» true', /a place and a boolean/],
  ['WALK130', 'print 1 «+» "a"', /Text begins with a string: write/],
  ['WALK130', 'print 1 «and» true', /joins two booleans/],
  ['WALK130', 'print not «1»', /`not` takes a boolean/],
  ['WALK130', 'print -«"a"»', /`-` takes an integer, not a string/],
  ['WALK130', 'for i in 0..9 step «0» { print i }', /a step is at least 1/],
  ['WALK130', 'repeat «-1» { }', /cannot run -1 times/],
  ['WALK130 w', 'let n = 0 expect n == 0 or 10 / «n» > 1', /Division by zero/],
  ['WALK130 w', 'let n = 0 if n != 0 { print 10 % «n» } else if true { print n }', /Reached, it fails/],
  ['WALK130 w', 'let n = none if n != none { print n «+» 1 }', /takes two integers/],
  ['WALK131 w', inP('munmap(0, «4097»)'), /4097 is not page-aligned/],
  ['WALK131 w', inP('mprotect(«5», length: 4096, prot: r)'), /5 is not page-aligned/],
  ['WALK132', 'process «p» { code 0 }', /`data` is missing/],
  ['WALK132', 'process «p» { }', /^`code` and `data` are missing/],
  ['WALK132', 'file «"a"» { }', /has no contents/],
  ['WALK132', 'file "a" { size 1 «text "b"» }', /keep one of them/],
  ['WALK132', 'file "a" { text "b" «fill 1» }', /keep one of them/],
  ['WALK133 w', pWith('expect read(0) fails «TOY_NO_MEMRY»'), /Did you mean `TOY_NO_MEMORY`/],
  ['WALK133 w', pWith('expect read(0) fails «INVARIANT»'), /no error `INVARIANT`/],
  [
    'WALK133 w',
    pWith('expect explore { as p { read(0) } as p { read(0) } } fails «INVARANT»'),
    /Did you mean `INVARIANT`/,
  ],
];

describe('static diagnostics', () => {
  for (const [label, marked, message] of cases) {
    const [code, mark] = label.split(' ');
    it(`${label}: ${marked.length > 100 ? `${marked.slice(0, 100)}…` : marked}`, () => {
      const text = marked.replaceAll(/[«»]/g, '');
      const found = diagnose(text).filter((diagnostic) => diagnostic.code === code);
      const [first] = found;
      assert.ok(
        first,
        `nothing of ${label}; found ${diagnose(text)
          .map((d) => `${d.code} ${d.message}`)
          .join('; ')}`,
      );
      assert.equal(textAt(text, first.range), marked.slice(marked.indexOf('«') + 1, marked.indexOf('»')));
      const column = marked.indexOf('«') + 1;
      assert.equal(first.range.column, column);
      assert.match(first.message, message);
      assert.equal(first.severity, mark === 'w' ? 'warning' : 'error');
    });
  }

  it('provokes every code', () => {
    const provoked = new Set(cases.map(([label]) => label.split(' ')[0]));
    // These are provoked in tests of their own: any-text, value-sizes, value-kinds, large-texts.
    for (const code of ['WALK134', 'WALK135', 'WALK136', 'WALK137']) provoked.add(code);
    assert.deepEqual(
      Object.keys(diagnosticCodes).filter((code) => !provoked.has(code)),
      [],
    );
  });

  it('relates a second binding to the first', () => {
    const [problem] = diagnose('let a = 1\nprint a\nlet a = 2');
    assert.deepEqual(
      problem?.related?.map(({ range }) => [range.line, range.column]),
      [[1, 5]],
    );
  });

  it('follows replays through other scenarios', () => {
    const files: Record<string, string> = {
      'dir/b.walk': 'replay "c.walk"',
      'dir/c.walk': 'replay "../a.walk"',
      'dir/d.walk': 'replay "d.walk"',
    };
    const read = (path: string): string | null => files[path] ?? null;
    const check = (text: string): string[] =>
      parseScenario(text, 'a.walk', { catalogue: fakeCatalogue, read }).diagnostics.map(({ code }) => code);
    assert.deepEqual(check('replay "dir/b.walk"'), ['WALK109']);
    assert.deepEqual(check('replay "dir/d.walk"'), []);
    assert.deepEqual(check('replay "a.walkrec"'), []);
  });
});

describe('what is no mistake', () => {
  const accepted: readonly string[] = [
    'let _unused = 1',
    inP('let r = 5 touch(0, 4096, r) print r'),
    inP('mmap(1, none) mmap(1, rwx) mmap(1, 3) mmap(1, rwu)'),
    inP('expect region(0).prot == rw expect rw != region(0).prot expect region(0).kind == anon'),
    'expect frame(5).state == free',
    pWith('print toy_map(p, 1, lazy).ppn print toy_map(p, 1, wired_contig, TOY_A | TOY_B).result'),
    pWith('toy_mmap(process: p, vpn: 0x1000 / 4096, wiring: REGION_WIRING_LAZY, where: (1,1))'),
    pWith('toy_vector([{ wiring: lazy }, { }], "name")'),
    `${toy}print TOY_LIMIT + kernel.nr_pages print count("toy-event") + count("rpc:TOY_GET")`,
    'print count("rpc:TOY_GET") print count("page-alloc", at: (0,0))',
    inP('expect munmap(0, 4097) fails EINVAL expect read(0) fails TOY_WHATEVER'),
    pWith(
      'expect read(0) fails ENOMEM expect read(0) fails OOM expect read(0) fails TOY_BAD expect read(0) fails PANIC',
    ),
    'wait(5us) wait(100 cycles)',
    'expect none == 1 expect none != "a" expect (0,0) != none',
    inP('let c = fork() expect c == none expect c.alive'),
    inP('explore { as p { let x = 1 print x } as p { let x = 2 print x } } then { print x }'),
    'for i in 0..2 { print i } for i in 0..2 { print i }',
    'test "a" { let x = 1 print x } test "b" { let x = 1 print x }',
    'let shift = 63 print 1 << shift',
    'machine tsar process p at (1,1) { code 0 data 0 } thread t of p at (0,0,1)',
    inP('exec("/bin/p")'),
    inP('write(0, "text") write(0, 5, size: 8) read(0, as: kernel) exit(code: 1)'),
  ];
  for (const text of accepted) {
    it(text.length > 100 ? `${text.slice(0, 100)}…` : text, () => {
      assert.deepEqual(
        diagnose(text).map(({ code, message }) => `${code} ${message}`),
        [],
      );
    });
  }
});
