import { strict as assert } from 'node:assert';
import { comparisonText } from '../../../../simulator/cli/compare-text.ts';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { emit, EventKind } from '../../../../simulator/hardware/trace-event.ts';
import {
  compareKernels,
  exitCodeOfComparison,
  type Comparison,
  type Contender,
} from '../../../../simulator/inspect/compare/compare.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import type { Kernel } from '../../../../simulator/kernels/bound-kernel.ts';
import { variantOf } from '../../../support/kernel-variant.ts';
import { parseScenario } from '../../../../simulator/language/parse-scenario.ts';

const schemaFile = fileURLToPath(new URL('../../../../simulator/inspect/compare.schema.json', import.meta.url));
const isValid = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

const kernel: Kernel = almosMkh;
const withoutFork = { ...kernel.operations };
delete withoutFork.fork;

/** ALMOS-MKH but for one trait each. */
const variants: Readonly<Record<string, Kernel>> = {
  almos: kernel,
  forkless: variantOf(kernel, { name: 'forkless', operations: withoutFork }),
  /** Brings the next page as well. */
  eager: variantOf(kernel, {
    name: 'eager',
    *handleFault(here, thread, fault) {
      const outcome = yield* kernel.handleFault(here, thread, fault);
      const page = fault.va - (fault.va % 4096);
      const next = page + 4096;
      const regions = kernel
        .on({ machine: here.machine, kernelState: here.kernel })
        .regions(thread.process, here.cluster);
      const isMapped = regions.some(({ start, end, kind }) => kind === 'anon' && next >= start + 4096 && next < end);
      if (outcome.kind === 'resolved' && isMapped) yield* kernel.handleFault(here, thread, { ...fault, va: next });
      return outcome;
    },
  }),
  /** Splits a region at every mmap, or says so. */
  splitter: variantOf(kernel, {
    name: 'splitter',
    operations: {
      ...kernel.operations,
      *mmap(here, args) {
        const result = yield* kernel.operations.mmap(here, args);
        emit(here.machine, EventKind.regionSplit, here.cluster, { process: 1, start: 0, end: args.length });
        return result;
      },
    },
  }),
};

const program = `process app { code 1 page data 0 pages }
as app {
    let buf = mmap(4 pages, rw)
    touch(buf, 4 pages, w)
    let child = fork()
}
as child { write(buf, 7) }
as app { expect read(buf) == 0  exit() }
`;

function contender(name: string, text = program): Contender {
  const { scenario, diagnostics } = parseScenario(text, 'test.walk', { kernel: 'almos-mkh' });
  assert.ok(scenario, diagnostics.map(({ message }) => message).join('\n'));
  const own = variants[name] as Kernel;
  return { name, kernel: own.name, program: { scenario, kernel: own, assets: {} }, diagnostics: [] };
}

function comparison(...contenders: (string | Contender)[]): Comparison {
  const all = contenders.map((one) => (typeof one === 'string' ? contender(one) : one));
  const result = compareKernels('test.walk', all, () => undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result, 'plain data');
  assert.ok(isValid(result), JSON.stringify(isValid.errors));
  return result;
}

describe('comparing kernels', () => {
  it('says how many lines and statements are beyond its bounds', () => {
    const bounded = contender('almos');
    const limits = { compareRows: 2, compareStatements: 3 };
    const twin = { ...bounded, name: 'twin' };
    const [whole, cut] = [{}, limits].map((chosen) => {
      const all = [bounded, twin].map((one) => ({
        ...one,
        program: one.program && { ...one.program, limits: chosen },
      }));
      return comparison(...all);
    });
    assert.ok(whole && cut);
    assert.deepEqual([whole.moreRows, whole.moreStatements], [0, 0]);
    assert.deepEqual([cut.rows.length, cut.moreRows], [2, whole.rows.length - 2]);
    assert.deepEqual([cut.compared, cut.moreStatements], [3, whole.compared - 3]);
    const text = comparisonText(cut, null, true);
    assert.match(text, /the same as almos in the first 3 statements; the \d+ after them were not compared/);
    assert.match(text, /further lines are not listed \(--compare-rows\)/);
  });

  it('finds nothing between a kernel and itself', () => {
    const { ok, partings, rows, columns, compared } = comparison('almos', { ...contender('almos'), name: 'twin' });
    assert.deepEqual([ok, partings, compared], [true, [], 10]);
    assert.deepEqual(columns[0]?.totals, columns[1]?.totals);
    assert.ok(
      rows.every(({ parts, cells }) => parts.length === 0 && JSON.stringify(cells[0]) === JSON.stringify(cells[1])),
    );
  });

  it('counts for each line what it did and what had been done by then', () => {
    const { rows, columns } = comparison('almos');
    const cell = (line: number) => rows.find((row) => row.line === line)?.cells[0];
    assert.deepEqual(
      rows.map(({ line }) => line),
      [1, 2, 3, 4, 5, 7, 8],
    );
    assert.equal(cell(4)?.counts['page-fault'], 4);
    assert.equal(cell(4)?.counts['page-zero'], 4);
    assert.equal(cell(3)?.counts['page-fault'], undefined);
    assert.equal(cell(7)?.counts['cow-fault'], 1);
    assert.equal(cell(7)?.counts['page-copy'], 1);
    assert.equal(cell(7)?.soFar['page-fault'], 4);
    assert.equal(cell(8)?.runs, 3);
    const { totals } = columns[0] ?? {};
    assert.deepEqual([totals?.counts['page-fault'], totals?.counts['page-copy']], [4, 1]);
    // Of all cores: the child runs on another one than its parent.
    assert.ok((cell(7)?.cycles ?? 0) > 500 && (cell(4)?.cycles ?? 0) > 1000);
  });

  it('tells the frames at boot, at the peak and at the end, and those of page tables', () => {
    const { columns, rows } = comparison('almos');
    const { frames, tableFrames } = columns[0]?.totals ?? {};
    assert.ok(frames !== undefined && tableFrames !== undefined);
    const after = rows.map(({ cells }) => cells[0]?.framesInUse ?? 0);
    assert.equal(frames.peak >= Math.max(...after), true);
    assert.equal(frames.end, after.at(-1));
    assert.ok(frames.boot < frames.peak);
    // Two processes with a PT1 of two frames each, and PT2s of one.
    assert.equal(tableFrames.peak, rows.find(({ line }) => line === 7)?.cells[0]?.tableFrames);
    assert.ok(tableFrames.peak >= 6 && tableFrames.end < tableFrames.peak);
  });

  it('names the event that the other side lacks, with the function that was at work', () => {
    const { partings, rows } = comparison('almos', 'splitter');
    assert.equal(partings.length, 1);
    const [parting] = partings;
    assert.deepEqual([parting?.line, parting?.kind, parting?.column], [3, 'event', 1]);
    assert.deepEqual(parting?.sides[0].happened, ['region-create']);
    assert.deepEqual(parting.sides[1].happened, ['region-create', 'region-split']);
    assert.equal(parting.sides[0].event, null);
    assert.equal(parting.sides[1].event?.name, 'region-split');
    assert.deepEqual(
      rows.filter(({ parts }) => parts.includes(1)).map(({ line }) => line),
      [3],
    );
  });

  it('tells other numbers of traps, and where the traps begin to differ', () => {
    const { partings } = comparison('almos', 'eager');
    const [parting] = partings;
    assert.deepEqual([parting?.line, parting?.kind, parting?.episode], [4, 'count', 3]);
    assert.deepEqual(
      parting?.sides.map(({ episodes }) => episodes),
      [4, 2],
    );
    const event = parting.sides[0].event;
    assert.equal(event?.name, 'page-alloc');
    assert.ok(
      event.functions.some(({ name, text }) => name === 'ppm_alloc_pages' || text !== ''),
      JSON.stringify(event),
    );
    assert.equal(parting.sides[1].event, null);
  });

  it('goes on where a kernel lacks an operation, and says where it stopped', () => {
    const result = comparison('almos', 'forkless', 'almos');
    const [, forkless, last] = result.columns;
    assert.equal(result.ok, false);
    assert.deepEqual([forkless?.state, forkless?.halt?.line, forkless?.halt?.code], ['stopped', 5, 'WALK221']);
    assert.equal(last?.state, 'ended');
    assert.deepEqual(
      result.partings.map(({ column, kind, line }) => [column, kind, line]),
      [[1, 'halt', 5]],
    );
    assert.equal(result.partings[0]?.sides[1].halt?.code, 'WALK221');
    assert.equal(result.rows.find(({ line }) => line === 7)?.cells[1], null);
    assert.equal(result.rows.find(({ line }) => line === 5)?.cells[1]?.isHalt, true);
    assert.equal(exitCodeOfComparison(result), 1);
  });

  it('shows a refused column beside others', () => {
    const machine = contender(
      'almos',
      'machine i386 { memory 16MiB }\nprocess app { code 1 page data 0 pages }\n'.replace('i386', 'tsar'),
    );
    const declared = machine.program?.scenario.machine;
    assert.ok(machine.program !== null && declared !== undefined && declared !== null);
    const scenario = {
      ...machine.program.scenario,
      machine: { ...declared, paging: { value: 'x86-32', range: declared.range } },
    };
    const refused = { ...machine, program: { ...machine.program, scenario } };
    const result = comparison(refused, 'almos', 'splitter');
    assert.deepEqual(
      result.columns.map(({ state }) => state),
      ['refused', 'ended', 'ended'],
    );
    assert.equal(result.columns[0]?.halt?.line, 1);
    assert.equal(exitCodeOfComparison(result), 2);
    const alone = comparison(refused);
    assert.deepEqual([alone.compared, alone.rows, alone.partings], [0, [], []]);
    // The first that ran is what the others are compared with.
    assert.deepEqual(
      result.partings.map(({ column }) => column),
      [2],
    );
  });

  it('compares interleaved blocks line by line', () => {
    const text = `process app { code 1 page data 0 pages }
thread two of app
as app { let buf = mmap(2 pages, rw) }
parallel seed 3 {
    as app { write(buf, 1) }
    as two { write(buf + 1 page, 2) }
}
`;
    const { partings, rows } = comparison(contender('almos', text), contender('eager', text));
    assert.ok(partings.length <= 1 && partings.every(({ line }) => line === 5 || line === 6));
    assert.deepEqual(
      [5, 6].map((line) => rows.find((row) => row.line === line)?.cells[0]?.counts['page-fault']),
      [1, 1],
    );
  });

  it('stands at its bound on statements like any run', () => {
    const text =
      'process app { code 1 page data 0 pages }\nas app { let b = mmap(1 page, rw) repeat 1000 { write(b, 1) } }\n';
    const one = contender('almos', text);
    assert.ok(one.program !== null);
    const bounded: Contender = { ...one, program: { ...one.program, limits: { steps: 1e9, statements: 100 } } };
    const { columns, partings } = comparison(bounded, contender('almos', text));
    assert.equal(columns[0]?.halt?.code, 'WALK220');
    assert.equal(partings[0]?.kind, 'halt');
  });

  it('tells everybody who looks how far it has come', () => {
    const text =
      'process app { code 1 page data 0 pages }\nas app { let b = mmap(1 page, rw) scan(b, 1 page, w, stride: 1) scan(b, 1 page, r, stride: 1) }\n';
    const seen: string[] = [];
    compareKernels('x', [contender('almos', text)], (name, { world }) =>
      seen.push(`${name} ${String(world.script.statements)}`),
    );
    assert.ok(seen.length > 0 && seen.every((one) => one.startsWith('almos ')), seen.join());
  });
});
