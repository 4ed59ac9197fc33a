/** The portable examples do on every kernel what their first lines say. */
import { strict as assert } from 'node:assert';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareFile } from '../../../../simulator/cli/compare-file.ts';
import type { Comparison, Counts } from '../../../../simulator/inspect/compare/compare.ts';
import { wholeKernels } from '../../../../simulator/kernels/registry.ts';

const folder = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const files = globSync('compare-*.walk', { cwd: folder }).sort();

/** A run compared: by kernel, and by the text of a line. */
class Compared {
  readonly comparison: Comparison;
  private readonly lines: readonly string[];

  constructor(comparison: Comparison, text: string) {
    this.comparison = comparison;
    this.lines = text.split('\n');
  }

  private column(kernel: string): number {
    return this.comparison.columns.findIndex(({ name }) => name === kernel);
  }

  private line(text: string): number {
    const index = this.lines.findIndex((line) => !line.startsWith('//') && line.includes(text));
    assert.ok(index >= 0, text);
    return index + 1;
  }

  /** Line of the halt; null for a run that came to its end. */
  halt(kernel: string): string | null {
    const halt = this.comparison.columns[this.column(kernel)]?.halt ?? null;
    return halt === null ? null : (this.lines[halt.line - 1] ?? '').trim();
  }

  total(kernel: string, event: keyof Counts): number {
    return this.comparison.columns[this.column(kernel)]?.totals?.counts[event] ?? 0;
  }

  count(kernel: string, text: string, event: keyof Counts): number {
    const row = this.comparison.rows.find(({ line }) => line === this.line(text));
    return row?.cells[this.column(kernel)]?.counts[event] ?? 0;
  }

  cycles(kernel: string, text: string): number {
    const row = this.comparison.rows.find(({ line }) => line === this.line(text));
    return row?.cells[this.column(kernel)]?.cycles ?? 0;
  }

  frames(kernel: string): { boot: number; peak: number; end: number } {
    return this.comparison.columns[this.column(kernel)]?.totals?.frames ?? { boot: 0, peak: 0, end: 0 };
  }

  /** The line where it parts from the first kernel; null where it does the same. */
  parting(kernel: string): string | null {
    const parting = this.comparison.partings.find(({ column }) => column === this.column(kernel));
    return parting === undefined ? null : (this.lines[parting.line - 1] ?? '').trim();
  }

  event(kernel: string): string {
    const parting = this.comparison.partings.find(({ column }) => column === this.column(kernel));
    return parting?.sides[1].event?.text ?? '';
  }

  reason(kernel: string): string {
    const parting = this.comparison.partings.find(({ column }) => column === this.column(kernel));
    return (parting?.sides[1].event?.functions ?? []).map(({ name, text }) => `${name}: ${text}`).join('\n');
  }
}

type Claims = Readonly<Record<string, (compared: Compared) => void>>;

/** What each example's head says of each kernel. */
const claims: Readonly<Record<string, Claims>> = {
  'compare-fork.walk': {
    'almos-mkh': (it) => {
      assert.deepEqual([it.count('almos-mkh', 'fork()', 'page-copy'), it.total('almos-mkh', 'page-copy')], [0, 1]);
      assert.equal(it.frames('almos-mkh').end, it.frames('almos-mkh').boot);
    },
    'vm-region': (it) => {
      assert.ok(it.count('vm-region', 'fork()', 'page-copy') >= 256);
      assert.equal(it.count('vm-region', 'write(buf, 42)', 'page-copy'), 0);
      assert.equal(it.count('vm-region', 'write(buf, 42)', 'page-fault'), 1);
      assert.equal(it.parting('vm-region'), 'let child = fork()');
      assert.equal(it.frames('vm-region').end, it.frames('vm-region').boot);
    },
    haiku: (it) => {
      assert.deepEqual([it.count('haiku', 'fork()', 'page-copy'), it.total('haiku', 'page-copy')], [0, 1]);
      // The megabyte's pages, and the stack's with the arguments.
      assert.equal(it.count('haiku', 'fork()', 'pte-clear'), 257);
      assert.equal(it.count('haiku', 'expect read(buf) == 0', 'page-fault'), 1);
      assert.equal(it.parting('haiku'), 'let child = fork()');
      assert.equal(it.frames('haiku').end, it.frames('haiku').boot);
    },
    lunaix: (it) => {
      assert.equal(it.parting('lunaix'), null);
      assert.equal(it.count('lunaix', 'write(buf, 42)', 'page-copy'), 1);
      assert.equal(it.total('lunaix', 'page-copy'), 1);
      assert.equal(it.frames('lunaix').end, it.frames('lunaix').boot);
    },
  },
  'compare-write-after-clone.walk': {
    'almos-mkh': (it) => {
      assert.equal(it.total('almos-mkh', 'page-copy'), 3);
    },
    'vm-region': (it) => {
      assert.deepEqual([it.total('vm-region', 'page-copy'), it.total('vm-region', 'cow-fault')], [4, 0]);
      assert.equal(it.halt('vm-region'), null);
    },
    haiku: (it) => {
      assert.equal(it.total('haiku', 'page-copy'), 5);
      assert.ok(it.total('haiku', 'cow-fault') < it.total('almos-mkh', 'cow-fault'));
      assert.equal(it.halt('haiku'), null);
    },
    lunaix: (it) => {
      assert.equal(it.total('lunaix', 'page-copy'), 5);
      assert.equal(it.parting('lunaix'), 'write(buf, 2)');
      assert.match(it.reason('lunaix'), /even for the last holder/);
    },
  },
  'compare-shared-memory.walk': {
    'almos-mkh': (it) => {
      assert.equal(it.halt('almos-mkh'), null);
    },
    'vm-region': (it) => {
      assert.equal(it.halt('vm-region'), null);
    },
    haiku: (it) => {
      assert.equal(it.halt('haiku'), null);
      assert.equal(it.count('haiku', 'expect read(shared + 2 pages) == 3', 'page-zero'), 0);
    },
    lunaix: (it) => {
      assert.equal(it.halt('lunaix'), 'expect read(shared + 2 pages) == 3');
    },
  },
  'compare-private-file.walk': {
    'almos-mkh': (it) => {
      assert.deepEqual([it.halt('almos-mkh'), it.total('almos-mkh', 'page-in')], [null, 2]);
    },
    'vm-region': (it) => {
      assert.deepEqual([it.halt('vm-region'), it.count('vm-region', 'fork()', 'page-copy')], [null, 4]);
      assert.equal(it.count('vm-region', 'expect read(app.data) == 0', 'page-in'), 0);
    },
    haiku: (it) => {
      assert.deepEqual([it.halt('haiku'), it.total('haiku', 'page-in'), it.total('haiku', 'page-copy')], [null, 2, 2]);
      assert.equal(it.parting('haiku'), 'write(app.data, 9)');
      assert.match(it.reason('haiku'), /vm_soft_fault/);
    },
    lunaix: (it) => {
      assert.deepEqual([it.halt('lunaix'), it.total('lunaix', 'page-in')], [null, 4]);
      assert.equal(it.parting('lunaix'), 'expect read(app.data) == 0');
      assert.match(it.event('lunaix'), /^page 1 of \/bin\/app read from disk into frame 0x/);
    },
  },
  'compare-partial-unmap.walk': {
    'almos-mkh': (it) => {
      assert.equal(it.count('almos-mkh', 'munmap(', 'region-split'), 1);
    },
    'vm-region': (it) => {
      assert.equal(it.count('vm-region', 'munmap(', 'region-split'), 1);
      assert.deepEqual(
        [it.count('vm-region', 'munmap(', 'pte-clear'), it.count('vm-region', 'munmap(', 'page-free')],
        [2, 0],
      );
    },
    haiku: (it) => {
      assert.equal(it.halt('haiku'), 'munmap(buf + 3 pages, 2 pages)');
    },
    lunaix: (it) => {
      assert.equal(it.count('lunaix', 'munmap(', 'region-split'), 1);
      assert.equal(it.count('lunaix', 'munmap(', 'page-free'), 2);
      assert.equal(it.parting('lunaix'), null);
    },
  },
  'compare-out-of-memory.walk': {
    'almos-mkh': (it) => {
      assert.deepEqual([it.halt('almos-mkh'), it.count('almos-mkh', 'touch(', 'oom')], [null, 1]);
    },
    'vm-region': (it) => {
      assert.deepEqual([it.halt('vm-region'), it.count('vm-region', 'touch(', 'oom')], [null, 1]);
    },
    haiku: (it) => {
      assert.equal(it.halt('haiku'), 'let big = mmap(48MiB, rw)');
      assert.equal(it.total('haiku', 'oom'), 1);
    },
    lunaix: (it) => {
      assert.deepEqual([it.halt('lunaix'), it.count('lunaix', 'touch(', 'oom')], [null, 1]);
      assert.ok(it.count('lunaix', 'touch(', 'page-fault') < it.count('almos-mkh', 'touch(', 'page-fault'));
    },
  },
  'compare-sparse.walk': {
    'almos-mkh': (it) => {
      assert.equal(it.total('almos-mkh', 'page-fault'), 16);
    },
    'vm-region': (it) => {
      assert.equal(it.total('vm-region', 'page-fault'), 16);
      assert.equal(it.count('vm-region', 'mmap(64MiB', 'page-alloc'), 0);
      assert.ok(it.count('vm-region', 'scan(', 'page-alloc') >= 32);
    },
    haiku: (it) => {
      assert.equal(it.halt('haiku'), 'let wide = mmap(64MiB, rw)');
    },
    lunaix: (it) => {
      assert.equal(it.total('lunaix', 'page-fault'), 16);
      assert.ok(it.cycles('lunaix', 'mmap(64MiB') > 1000 * it.cycles('almos-mkh', 'mmap(64MiB'));
      assert.equal(it.count('lunaix', 'munmap(', 'tlb-flush'), 16_384);
      assert.ok(it.count('lunaix', 'mmap(64MiB', 'page-alloc') >= 16);
    },
  },
};

describe('portable examples', () => {
  it('are there, each with what to look for', () => {
    assert.ok(files.length >= 6);
    assert.deepEqual(files, Object.keys(claims).sort());
  });

  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');

    let compared: Compared;

    it(`${file} names no kernel, and every kernel runs it`, async () => {
      assert.doesNotMatch(text, /^(kernel|machine) /m);
      compared = new Compared(await compareFile(path.join(folder, file), {}, () => undefined), text);
      const { columns } = compared.comparison;
      assert.equal(columns.length, wholeKernels.length);
      assert.ok(
        columns.every(({ state }) => state !== 'refused'),
        JSON.stringify(columns.map(({ name, halt }) => [name, halt])),
      );
    });

    for (const { name } of wholeKernels) {
      it(`${file} does on ${name} what it says`, () => {
        const claim = claims[file]?.[name];
        assert.ok(claim !== undefined, `there is no claim for ${name}`);
        assert.match(text, new RegExp(`^//.*(${name}|every kernel)`, 'mi'), `${file} says nothing of ${name}`);
        claim(compared);
      });
    }
  }
});
