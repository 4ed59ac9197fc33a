/** Kinds of values that the text alone shows to be wrong: one message each, at exactly the text between « and ». */
import { strict as assert } from 'node:assert';
import { diagnose, textAt } from './support.ts';

const process = 'process p { code 0 data 0 }\n';
const inP = (statements: string): string => `${process}as p {\n${statements}\n}`;

type Case = readonly [code: string, marked: string, message: RegExp];

const args: readonly Case[] = [
  ['WALK104', inP('write(64, 1, 4, as: «99»)'), /`as` takes `user` or `kernel`, not 99\./],
  ['WALK104', inP('write(64, 1, 2, «3»)'), /`as` takes `user` or `kernel`, not 3\./],
  ['WALK104', inP('mmap(4096, rw, kind: «99»)'), /`kind` takes `anon`, `file`, `shared` or `remote`, not 99\./],
  ['WALK104', inP('write(64, 1, «3»)'), /`size` takes 1, 2, 4 or 8, not 3\./],
  ['WALK104', inP('read(64, size: «0»)'), /`size` takes 1, 2, 4 or 8, not 0\./],
  ['WALK104', inP('let n = 1 + 2 print read(64, size: «n»)'), /`size` takes 1, 2, 4 or 8, not 3\./],
  ['WALK104', inP('text(64, 4, as: «-1»)'), /`as` takes `user` or `kernel`/],
  ['WALK104', inP('write(64, «none»)'), /`value` takes an integer, a string or a boolean, not `none`/],
  ['WALK104', inP('write(64, «pte(0)»)'), /not a page-table entry/],
  ['WALK104', inP('write(64, «[1]»)'), /not a list/],
  ['WALK104', 'wait(«5»)', /`time` takes a time such as 100us or 50 cycles, not 5\./],
  ['WALK104', 'let n = 5 wait(«n * 2»)', /`time` takes a time/],
  ['WALK104', 'print length(«5»)', /`text` takes a string or a list, not 5\./],
  ['WALK104', inP('exec(«5»)'), /`image` takes a string or a record/],
  ['WALK104', inP('read(«pte(0)»)'), /`addr` takes an address, not a page-table entry/],
  ['WALK104', inP('let e = pte(0) read(«e»)'), /not a page-table entry/],
  ['WALK104', inP('munmap(«region(0).prot», 4096)'), /not a protection/],
  ['WALK104', inP('read(«true»)'), /not a boolean/],
  ['WALK104', inP('read(«none»)'), /not `none`/],
  ['WALK104', 'print count(«5»)', /`event` takes a string/],
  ['WALK104', 'print pte(0, of: «(0,0)»)', /`of` takes a process, not a place/],
  ['WALK104', inP('let child = fork() read(«child»)'), /`addr` takes an address, not a process/],
  ['WALK104', inP('mmap(4096, rw, replace: «1»)'), /`replace` takes true or false, not 1/],
];

const conditions: readonly Case[] = [
  ['WALK130', 'expect pte(0).present «==» 1', /`==` compares values of one kind, not a boolean and an integer/],
  ['WALK130', 'let e = pte(0) expect e.dirty «!=» 0', /a boolean and an integer/],
  ['WALK130', 'let e = pte(0) let f = (e) expect f.ppn «==» "1"', /an integer and a string/],
  ['WALK130', 'let r = region(0) expect r.start «==» true', /an integer and a boolean/],
  ['WALK130', 'expect region(0).prot «==» "rw"', /a protection and a string/],
  ['WALK130', 'expect region(0).kind «==» 0', /a word and an integer/],
  ['WALK130', 'expect frame(0).cluster «==» 0', /a place and an integer/],
  ['WALK130', 'expect tlb(0).ppn «and» true', /joins two booleans/],
  ['WALK130', `${process}expect p.alive «==» 1`, /a boolean and an integer/],
  ['WALK130', `${process}expect p.pid «==» "1"`, /an integer and a string/],
  ['WALK130', `${process}expect p «==» 1`, /a process and an integer/],
  ['WALK130', 'expect [1] «==» 1', /a list and an integer/],
  ['WALK130', 'expect { a: 1 }.a «==» "1"', /an integer and a string/],
  ['WALK130', 'print pte(0) «+» 1', /a page-table entry and an integer/],
  ['WALK130', 'print -«region(0).name»', /`-` takes an integer, not a string/],
  ['WALK130', 'print not «pte(0).ppn»', /`not` takes a boolean, not an integer/],
  ['WALK136', inP('expect «read(0)»'), /`expect` needs true or false, not an integer\. Compare it/],
  ['WALK136', inP('expect «munmap(0, 4096)»'), /`expect` needs true or false, not `none`/],
  ['WALK136', 'expect «pte(0)»', /not a page-table entry/],
  ['WALK136', 'let n = 2 expect «n + 1»', /not an integer/],
  ['WALK136', 'if «1» { print 1 }', /`if` needs true or false, not an integer/],
  ['WALK136', 'if «free()» { print 1 }', /`if` needs true or false/],
  ['WALK136', 'repeat «"3"» { print 1 }', /`repeat` needs an integer, not a string/],
  ['WALK136', 'for i in «true»..3 { print i }', /`for` needs an integer, not a boolean/],
  ['WALK136', 'reserve «true» frames at (0,0)', /`reserve` needs an integer/],
  ['WALK136', 'reserve 1 frames at «0»', /`at` needs a place, not an integer\. A place is written/],
  ['WALK136', 'inject page-alloc fails at «"here"»', /`at` needs a place/],
  ['WALK136', 'inject page-alloc fails after «(0,0)»', /`after` needs an integer/],
  ['WALK136', 'process q at «1» { code 0 data 0 }', /`at` needs a place/],
  ['WALK136', 'print free(at: («"a"»,0))', /A place needs an integer/],
  ['WALK136', 'print [1][«"a"»]', /An index needs an integer/],
  ['WALK136', 'print «5»[0]', /Only lists and strings have elements, not an integer/],
  ['WALK136', 'let n = 5 as «n» { print 1 }', /`n` is an integer, not a process or thread/],
  ['WALK136', 'let n = "x" thread t of «n»', /`n` is a string, not a process or thread/],
  ['WALK136', 'let n = pte(0) dump «n»', /`n` is a page-table entry, not a process or thread/],
  [
    'WALK136',
    `${inP('parallel { as p { print 1 } as «m» { print 2 } }').replace('process', 'let m = 3 process')}`,
    /`m` is an integer/,
  ],
];

const members: readonly Case[] = [
  ['WALK101', 'let e = pte(0) print e.«cowed»', /A page-table entry has no member `cowed`\./],
  ['WALK101', 'let r = region(0) print r.«begin»', /A region has no member `begin`\. It has start, end/],
  ['WALK101', 'let r = region(0) let s = r print (s).«lenght»', /Did you mean `length`\?/],
  ['WALK101', 'print frame(0).«ref»', /A frame has no member `ref`\. Did you mean `refs`\?/],
  ['WALK101', 'print region(0).prot.«writable»', /A protection has no member `writable`/],
  ['WALK101', 'let n = 5 print n.«value»', /An integer has no members\./],
  ['WALK101', 'print (0,1).«z»', /A place has no member `z`/],
  ['WALK101', 'print { a: 1 }.«b»', /A record has no member `b`\. It has a\./],
  ['WALK101', 'print "text".«size»', /A string has no member `size`/],
];

describe('kinds that do not fit', () => {
  for (const [code, marked, message] of [...args, ...conditions, ...members]) {
    it(marked.replace(process, ''), () => {
      const text = marked.replaceAll(/[«»]/g, '');
      const errors = diagnose(text).filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map((error) => [error.code, textAt(text, error.range)]),
        [[code, marked.slice(marked.indexOf('«') + 1, marked.indexOf('»'))]],
      );
      assert.match(errors[0]?.message ?? '', message);
    });
  }

  it('warns of what a condition may keep from being reached', () => {
    const found = diagnose('let e = pte(0) if e.present { expect e.ppn }');
    assert.deepEqual(
      found.map(({ code, severity }) => [code, severity]),
      [['WALK136', 'warning']],
    );
    assert.match(found[0]?.message ?? '', /Reached, it fails/);
  });
});

describe('kinds that fit', () => {
  const accepted: readonly string[] = [
    inP('write(64, 1, 4, as: kernel) write(64, 1, 2, 0) write(64, "text") write(64, true, size: 1)'),
    inP('let k = 1 write(64, 1, as: k) mmap(4096, rw, kind: 2)'),
    'wait(5us) wait(3 * 5us) wait(5us + 100 cycles) let t = 2ms wait(t)',
    'expect 6us / 2us == 3 expect 5us == 500',
    'expect region(0).kind == "anon" expect region(0).prot == 6 expect region(0) == none',
    'expect pte(0).cluster == none expect pte(0).cluster == (0,0) expect frame(0).state == free',
    inP('let e = pte(0) expect e.present and not e.cow and e.raw & 1 == 1'),
    inP('let child = fork() expect child != none expect child.parent == p as child { print 1 }'),
    inP('let c = fork() expect c.vmm != none thread t of c dump c'),
    inP('expect text(64, 4) + "x" == "x" expect length(text(64, 4)) == 4'),
    inP('print translate(0) + 1 expect translate(0) == none'),
    'let l = [1, 2] expect l.length == 2 expect l[0] == 1 expect "ab"[0] == "a" expect [1] == [1]',
    'let r = { a: { b: 1 } } expect r.a.b == 1',
    'let place = (0,1) print free(at: place) print place.x reserve 1 frames at place',
    'for i in 0..2 { if i == 0 { print [1, 2][i] } }',
  ];
  for (const text of accepted) {
    it(text.replace(process, ''), () => {
      assert.deepEqual(
        diagnose(text).map(({ code, message }) => `${code} ${message}`),
        [],
      );
    });
  }
});
