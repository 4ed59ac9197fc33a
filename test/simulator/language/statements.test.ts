/** Sections 1, 3 and 4 of the walk language: every form, and the plain data that it becomes. */
import { strict as assert } from 'node:assert';
import { formatText } from '../../../simulator/language/format-text.ts';
import { brief, bodyOf, scenarioOf, show, textAt } from './support.ts';

const process = 'process p { code 0 data 0 } ';
const integer = (value: number): unknown => ({ kind: 'integer', value: BigInt(value) });
const call = (callee: string, ...args: unknown[]): unknown => ({
  kind: 'call',
  callee,
  args: args.map((value) => ({ name: null, value })),
});

/** The last statement. */
function last(text: string): unknown {
  return bodyOf(text).at(-1);
}

/** The statements of the last `as` block. */
function inAs(statements: string): readonly unknown[] {
  const block = last(`${process} as p { ${statements} }`) as {
    readonly kind: string;
    readonly body: readonly unknown[];
  };
  assert.equal(block.kind, 'as');
  return block.body;
}

describe('the layout of what changes values', () => {
  it('has blanks around the operator and none before an index', () => {
    const text = 'var  a=[1]\na [ 0 ]+=2\na<<=1\nwhile a>1{break}\nfor x in a{continue}\n';
    const laidOut = 'var a = [1]\na[0] += 2\na <<= 1\nwhile a > 1 { break }\nfor x in a { continue }\n';
    assert.equal(formatText(text), laidOut);
  });
});

describe('declarations', () => {
  it('lowers a machine with all settings', () => {
    const { machine } = scenarioOf(
      'machine tsar { mesh 4x2 cores 3 memory 32MiB paging tsar tlb { sets 4 ways 2 } cost { T_L1 2 HOP 5 } seed 7 }',
    );
    assert.deepEqual(brief(machine), {
      preset: 'tsar',
      mesh: { value: { width: 4, height: 2 } },
      cores: { value: 3 },
      memory: { value: 33554432 },
      paging: { value: 'tsar' },
      tlb: { value: { sets: 4, ways: 2 } },
      cost: [
        { name: 'T_L1', value: 2 },
        { name: 'HOP', value: 5 },
      ],
      seed: { value: 7 },
    });
  });

  it('lowers a machine without settings, and one with only TLB ways', () => {
    assert.deepEqual(brief(scenarioOf('machine i386').machine), { preset: 'i386' });
    assert.deepEqual(scenarioOf('machine i386 { tlb { ways 4 } }').machine?.tlb?.value, { ways: 4 });
  });

  it('lowers a kernel with options of every type', () => {
    const { kernel } = scenarioOf('kernel toy { quota 5 heap 4 pages period 100us fork clone sweeper on }');
    assert.deepEqual(brief(kernel), {
      name: 'toy',
      options: [
        { name: 'quota', value: 5 },
        { name: 'heap', value: 16384, unit: 'bytes' },
        { name: 'period', value: 100, unit: 'us' },
        { name: 'fork', value: 'clone' },
        { name: 'sweeper', value: 'on' },
      ],
    });
    assert.deepEqual(brief(scenarioOf('kernel toy { period 50 cycles }').kernel?.options), [
      { name: 'period', value: 50, unit: 'cycles' },
    ]);
    assert.deepEqual(brief(scenarioOf('kernel toy { period 1ms }').kernel?.options), [
      { name: 'period', value: 1000, unit: 'us' },
    ]);
    assert.equal(scenarioOf('print 1').kernel, null);
  });

  it('lowers files with each kind of contents', () => {
    const { files } = scenarioOf(`machine tsar
      file "a" { size 2 pages }  file "b" at (1,0) { size 100 fill 0xff }  file "c" { text "hi\\n" }
      file "d" at (0,0,1) { from "d.bin" }  file "/bin/p" at (1,1) { }`);
    assert.deepEqual(brief(files), [
      { name: 'a', place: null, size: 8192 },
      { name: 'b', place: { x: 1, y: 0 }, size: 100, fill: 255 },
      { name: 'c', place: null, text: 'hi\n' },
      { name: 'd', place: { x: 0, y: 0, core: 1 }, from: 'd.bin' },
      { name: '/bin/p', place: { x: 1, y: 1 } },
    ]);
  });

  it('takes declarations in any order', () => {
    const scenario = scenarioOf('file "a" { size 1 } kernel toy machine tsar print 1');
    assert.deepEqual([scenario.kernel?.name, scenario.machine?.preset, scenario.files.length], ['toy', 'tsar', 1]);
  });
});

describe('statements', () => {
  it('process, with sizes or an ELF file, placed by a literal or an expression', () => {
    assert.deepEqual(last('process p at (1,0) { code 4 pages data 0 }'), {
      kind: 'process',
      name: 'p',
      place: { x: 1, y: 0 },
      image: { kind: 'sizes', code: 16384, data: 0 },
    });
    assert.deepEqual(last('process p load "a.elf"'), {
      kind: 'process',
      name: 'p',
      place: null,
      image: { kind: 'load', path: 'a.elf' },
    });
    assert.deepEqual(last('let home = (1,0) process p at home load "a.elf"'), {
      kind: 'process',
      name: 'p',
      place: null,
      placeExpression: { kind: 'name', name: 'home' },
      image: { kind: 'load', path: 'a.elf' },
    });
  });

  it('thread', () => {
    assert.deepEqual(last(`${process} thread t of p at (0,1,1)`), {
      kind: 'thread',
      name: 't',
      of: 'p',
      place: { x: 0, y: 1, core: 1 },
    });
    assert.deepEqual(last(`${process} thread t of p`), { kind: 'thread', name: 't', of: 'p', place: null });
  });

  it('as, of a process, a thread and a binding', () => {
    const block = (who: string): unknown => ({ kind: 'as', who, body: [{ kind: 'print', value: integer(1) }] });
    assert.deepEqual(last(`${process} as p { print 1 }`), block('p'));
    assert.deepEqual(last(`${process} thread t of p as t { print 1 }`), block('t'));
    assert.deepEqual(last(`${process} as p { let c = fork() } as c { print 1 }`), block('c'));
  });

  it('let, call, print, dump', () => {
    assert.deepEqual(inAs('let a = 1 write(a, 2) print a dump p'), [
      { kind: 'let', name: 'a', value: integer(1) },
      { kind: 'call', call: call('write', { kind: 'name', name: 'a' }, integer(2)) },
      { kind: 'print', value: { kind: 'name', name: 'a' } },
      { kind: 'dump', process: 'p' },
    ]);
  });

  it('expect, with each tail', () => {
    const read = call('read', integer(0));
    const blocks = [
      { who: 'p', body: [{ kind: 'call', call: read }] },
      { who: 'p', body: [] },
    ];
    assert.deepEqual(
      inAs(`expect true expect read(0) fails SEGV expect read(0) fails PANIC expect read(0) fails PANIC "no frame"
        expect read(0) kills SEGV expect read(0) kills expect parallel seed 3 { as p { read(0) } as p { } } fails DEADLOCK
        expect explore up to 9 { as p { read(0) } as p { } } fails SEGV
        expect explore { as p { read(0) } as p { } } then { } fails INVARIANT`),
      [
        { kind: 'expect', value: { kind: 'boolean', value: true } },
        { kind: 'expect-fails', call: read, error: 'SEGV' },
        { kind: 'expect-fails', call: read, error: 'PANIC' },
        { kind: 'expect-fails', call: read, error: 'PANIC', text: 'no frame' },
        { kind: 'expect-kills', call: read, error: 'SEGV' },
        { kind: 'expect-kills', call: read, error: null },
        {
          kind: 'parallel',
          seed: integer(3),
          blocks,
          fails: 'DEADLOCK',
        },
        { kind: 'explore', upTo: integer(9), blocks, then: null, fails: 'SEGV' },
        { kind: 'explore', upTo: null, blocks, then: [], fails: 'INVARIANT' },
      ],
    );
  });

  it('decides a tail by its next token alone', () => {
    const kinds = inAs(
      'expect read(0) kills SEGV touch(0, 1, r) let file = 1 print file text(0, 1) inject page-alloc fails read(0)',
    );
    assert.deepEqual(
      kinds.map((statement) => (statement as { kind: string }).kind),
      ['expect-kills', 'call', 'let', 'print', 'call', 'inject', 'call'],
    );
  });

  it('for, with and without a step', () => {
    const body = [{ kind: 'print', value: { kind: 'name', name: 'i' } }];
    const loop = { kind: 'for', name: 'i', from: integer(0), to: integer(4), body };
    assert.deepEqual(last('for i in 0..4 { print i }'), { ...loop, step: null });
    assert.deepEqual(last('for i in 0 .. 4 step 2 { print i }'), { ...loop, step: integer(2) });
    assert.equal((last('let step = 1 for i in 0..step step step { print i }') as { kind: string }).kind, 'for');
  });

  it('repeat and if with its branches', () => {
    const print = (value: number): unknown[] => [{ kind: 'print', value: integer(value) }];
    assert.deepEqual(last('repeat 3 { print 1 }'), { kind: 'repeat', times: integer(3), body: print(1) });
    const name = { kind: 'name', name: 'c' };
    const before = 'let c = 1 == 1 ';
    assert.deepEqual(last(`${before} if c { print 1 }`), { kind: 'if', condition: name, then: print(1), else: null });
    assert.deepEqual(last(`${before} if c { print 1 } else if c { print 2 } else { print 3 }`), {
      kind: 'if',
      condition: name,
      then: print(1),
      else: [{ kind: 'if', condition: name, then: print(2), else: print(3) }],
    });
  });

  it('parallel and explore', () => {
    const blocks = [
      { who: 'p', body: [] },
      { who: 'p', body: [] },
    ];
    assert.deepEqual(last(`${process} parallel { as p { } as p { } }`), {
      kind: 'parallel',
      seed: null,
      blocks,
      fails: null,
    });
    assert.deepEqual(last(`${process} parallel seed 5 { as p { } as p { } }`), {
      kind: 'parallel',
      seed: integer(5),
      blocks,
      fails: null,
    });
    assert.deepEqual(last(`${process} explore { as p { } as p { } }`), {
      kind: 'explore',
      upTo: null,
      blocks,
      then: null,
      fails: null,
    });
    assert.deepEqual(last(`${process} explore up to 9 { as p { } as p { } } then { as p { print 1 } }`), {
      kind: 'explore',
      upTo: integer(9),
      blocks,
      then: [{ kind: 'as', who: 'p', body: [{ kind: 'print', value: integer(1) }] }],
      fails: null,
    });
  });

  it('inject, reserve, daemon, wait, replay', () => {
    const place = { kind: 'place', x: integer(0), y: integer(0), core: null };
    assert.deepEqual(
      bodyOf(`kernel toy inject page-alloc fails inject object-alloc fails at (0,0) after 2 inject toy-alloc fails after 1
        inject clear reserve 5 frames at (0,0) daemon sweeper on daemon sweeper off wait(5s) replay "a.walkrec" replay "b.walkrec" named b`),
      [
        { kind: 'inject', injection: 'page-alloc', place: null, after: null },
        { kind: 'inject', injection: 'object-alloc', place, after: integer(2) },
        { kind: 'inject', injection: 'toy-alloc', place: null, after: integer(1) },
        { kind: 'inject-clear' },
        { kind: 'reserve', count: integer(5), place },
        { kind: 'daemon', name: 'sweeper', on: true },
        { kind: 'daemon', name: 'sweeper', on: false },
        { kind: 'call', call: call('wait', { kind: 'time', value: 5n, unit: 's' }) },
        { kind: 'replay', path: 'a.walkrec', name: null },
        { kind: 'replay', path: 'b.walkrec', name: 'b' },
      ],
    );
  });

  it('test blocks, which see what the file binds wherever it stands', () => {
    const scenario = scenarioOf('let a = 1 test "one" { print a print b } test "two" { let c = a print c } let b = 2');
    assert.deepEqual(
      scenario.tests.map(({ name, body }) => [name, body.length]),
      [
        ['one', 2],
        ['two', 2],
      ],
    );
    assert.equal(scenario.body.length, 2);
  });

  it('calls with positional and named arguments', () => {
    const [statement] = scenarioOf(
      `${process} as p { mmap(64KiB, rw, kind: file, file: "a", at: 0x400000, replace: true, cluster: (0,0)) }`,
    ).body.slice(1);
    assert.equal(statement?.kind, 'as');
    const [inner] = statement.body;
    assert.equal(inner?.kind, 'call');
    assert.equal(
      show(inner.call),
      'mmap(65536, rw, kind: file, file: "a", at: 4194304, replace: true, cluster: <0,0>)',
    );
  });
});

describe('ranges', () => {
  it('cover whole statements, and blocks up to their brace', () => {
    const text =
      'process p {\n  code 0 data 0 }\nas p {\n  let a = read(0) // tail\n  if a == 1 { print a }\n  else if a == 2 { }\n}\ntest "t" { }';
    const { body, tests } = scenarioOf(text);
    const [first, second] = body;
    assert.ok(first !== undefined && second?.kind === 'as');
    assert.equal(textAt(text, first.range), 'process p {\n  code 0 data 0 }');
    assert.equal(textAt(text, second.range), 'as p');
    const [binding, branch] = second.body;
    assert.ok(binding?.kind === 'let' && branch?.kind === 'if');
    assert.equal(textAt(text, binding.range), 'let a = read(0)');
    assert.equal(textAt(text, binding.value.range), 'read(0)');
    assert.equal(textAt(text, branch.range), 'if a == 1');
    assert.equal(textAt(text, branch.else?.[0]?.range ?? branch.range), 'else if a == 2');
    assert.equal(textAt(text, tests[0]?.range ?? binding.range), 'test "t"');
    assert.deepEqual(binding.range, { file: 'test.walk', line: 4, column: 3, endLine: 4, endColumn: 18 });
  });

  it('tell callee, arguments and settings apart', () => {
    const text = 'machine tsar { memory 32MiB }\nprocess p { code 0 data 0 }\nas p { mmap(1, rw, at: 5) }';
    const { machine, body } = scenarioOf(text);
    assert.equal(textAt(text, machine?.memory?.range ?? assert.fail()), '32MiB');
    const block = body.at(-1);
    assert.ok(block?.kind === 'as' && block.body[0]?.kind === 'call');
    const { call: inner } = block.body[0];
    assert.equal(textAt(text, inner.calleeRange), 'mmap');
    assert.deepEqual(
      inner.args.map(({ range }) => textAt(text, range)),
      ['1', 'rw', 'at: 5'],
    );
  });
});

describe('the complete file of section 1', () => {
  it('has no diagnostic but those of missing kernels', () => {
    const scenario = scenarioOf(`// Copy-on-write across two clusters.
machine tsar { mesh 2x2  cores 2  memory 16MiB }
kernel toy

process shell at (0,0) { code 4 pages  data 2 pages }

as shell {
    let buf = mmap(64KiB, rw)
    write(buf, 41)
    let child = fork(at: (1,0))
}

as child {
    expect read(buf) == 41
    expect count("page-copy") == 0
    write(buf, 42)                       // the copy happens here
    expect count("page-copy") == 1
    expect not pte(buf).cow
}

as shell { expect read(buf) == 41 }
`);
    assert.deepEqual(
      scenario.body.map(({ kind }) => kind),
      ['process', 'as', 'as', 'as'],
    );
  });
});
