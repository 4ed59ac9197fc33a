/**
 * The five programs on vm-region, haiku and lunaix, compared with what Linux said of them. Where a kernel's design makes
 * a figure differ, the difference stands here with its reason; one that is no difference fails.
 */
import { strict as assert } from 'node:assert';
import { findKernel } from '../../../simulator/kernels/registry.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { type Expected, faults, region, truth } from './against-linux.ts';
import { Harness } from './harness.ts';
import { loadExample, recordingNames } from './recordings.ts';

/** `program who label` to the figures that differ. */
type Differences = Readonly<Record<string, Expected>>;

const differences: Readonly<Record<string, Differences>> = {
  'vm-region': {
    // Fork copies every page at once: nothing is shared, and the child's own table fills as it touches.
    'cow_fork child region': { resident: 16, shared: 0 },
    'cow_fork parent rewrite 8': { faults: 0 },
    'cow_fork parent region': { shared: 0 },
    'cow_fork parent rewrite all alone': { faults: 0 },
    // One page a fault; Linux maps what is missing around the first.
    'shared_anon parent read all 16': { faults: 8 },
    // mprotect makes three mappings of the one that it cuts, and their entries come back at the next touch.
    'mmap_split main after mprotect 20..24': { resident: 10 },
    'mmap_split main after mprotect back': { mappings: 4, resident: 10 },
    'mmap_split main end': { mappings: 4, resident: 18 },
  },
  haiku: {
    // Fork unmaps the parent's pages and maps none for the child: what is resident is what was touched since.
    'cow_fork child region': { resident: 16, shared: 0 },
    'cow_fork parent region': { resident: 8, shared: 0 },
    'shared_anon parent read all 16': { faults: 8 },
    // Regions go whole: what later calls cut is laid out in parts from the beginning. There is no mprotect.
    'mmap_split main whole': { mappings: 5 },
    'mmap_split main after munmap 8..16': { mappings: 4 },
    'mmap_split main after mprotect back': { mappings: 4 },
    'mmap_split main end': { mappings: 4 },
  },
  lunaix: {
    // Entries are copied at fork, those of shared memory as well.
    'shared_anon child touch all 16': { faults: 8 },
    'shared_anon parent read all 16': { faults: 8 },
    // There is no mprotect.
    'mmap_split main after mprotect 20..24': { mappings: 2 },
    'guard_page main region': { mappings: 1 },
  },
};

/** Calls of the five programs that a kernel has not, or has only in part. */
const lacking: Readonly<Record<string, readonly string[]>> = {
  'vm-region': [],
  haiku: ['mprotect', 'mmap'],
  lunaix: ['mprotect'],
};

for (const [name, known] of Object.entries(differences)) {
  const kernel = findKernel(name) as Kernel;
  const used = new Set<string>();
  const said = (program: string, who: string, label: string): Expected => {
    const key = `${program} ${who} ${label}`;
    used.add(key);
    return truth(program, who, label, known[key]);
  };

  describe(`recordings on ${name} against what Linux said`, () => {
    for (const order of ['child-first', 'parent-first'] as const) {
      it(`cow_fork, ${order}`, () => {
        const harness = new Harness(loadExample('cow_fork'), { kernel, settings: { order } });
        const [parent, child] = ['cow_fork.24105.log', 'cow_fork.24106.log'];
        const is = (who: string, label: string, found: Expected): void => {
          assert.deepEqual(found, said('cow_fork', who, label), `${who} ${label}`);
        };
        harness.runTo(parent, 44778);
        is('parent', 'first touch', faults(harness, 0, 64, parent, 45889));
        harness.runTo(child, 10);
        is('child', 'rewrite 16', faults(harness, 1, 64, child, 450));
        is('child', 'region', region(harness, 1, 64));
        harness.runTo(parent, 46104);
        is('parent', 'rewrite 8', faults(harness, 0, 64, parent, 46288));
        is('parent', 'region', region(harness, 0, 64));
        harness.runTo(parent, 46313);
        is('parent', 'rewrite all alone', faults(harness, 0, 64, parent, 47909));
        is('parent', 'region after child', region(harness, 0, 64));
      });

      it(`shared_anon, ${order}`, () => {
        const harness = new Harness(loadExample('shared_anon'), { kernel, settings: { order } });
        const [parent, child] = ['shared_anon.24145.log', 'shared_anon.24146.log'];
        const is = (who: string, label: string, found: Expected): void => {
          assert.deepEqual(found, said('shared_anon', who, label), `${who} ${label}`);
        };
        harness.runTo(parent, 44799);
        is('parent', 'first touch of 8', faults(harness, 0, 16, parent, 45013));
        harness.runTo(child, 10);
        is('child', 'touch all 16', faults(harness, 1, 16, child, 446));
        is('child', 'region', region(harness, 1, 16));
        harness.runTo(parent, 45117);
        is('parent', 'read all 16', faults(harness, 0, 16, parent, 46078));
        is('parent', 'region', region(harness, 0, 16));
      });
    }

    it('mmap_split', () => {
      const harness = new Harness(loadExample('mmap_split'), { kernel });
      const log = 'mmap_split.24125.log';
      const is = (label: string, found: Expected): void => {
        assert.deepEqual(found, said('mmap_split', 'main', label), label);
      };
      harness.runTo(log, 44828);
      is('touch even', faults(harness, 0, 32, log, 45153));
      is('whole', region(harness, 0, 32));
      harness.runTo(log, 45154);
      is('after munmap 8..16', region(harness, 0, 32));
      harness.runTo(log, 45197);
      is('after mprotect 20..24', region(harness, 0, 32));
      harness.runTo(log, 45240);
      is('after mprotect back', region(harness, 0, 32));
      is('touch odd of the tail', faults(harness, 0, 32, log, 46035));
      is('end', region(harness, 0, 32));
    });

    it('private_file, guard_page', () => {
      const file = new Harness(loadExample('private_file'), { kernel });
      file.runTo('private_file.24165.log', 177701);
      assert.deepEqual(region(file, 0, 16), said('private_file', 'main', 'after writes'));
      const guard = new Harness(loadExample('guard_page'), { kernel });
      guard.runTo('guard_page.24184.log', 46629);
      assert.deepEqual(region(guard, 0, 3), said('guard_page', 'main', 'region'));
    });

    it('differs in nothing else', () => {
      assert.deepEqual(
        Object.keys(known).filter((key) => !used.has(key)),
        [],
      );
    });

    for (const program of recordingNames)
      it(`${program} runs to its end: every access is performed, no memory is lost, no invariant is broken`, () => {
        const recording = loadExample(program);
        const harness = new Harness(recording, { kernel });
        harness.finish();
        const { world, script } = harness.run;
        assert.equal(
          harness.state.performed,
          recording.processes.reduce((sum, { accesses }) => sum + accesses.length, 0),
        );
        assert.equal(harness.count('segv') + harness.count('oom'), 0);
        assert.deepEqual(kernel.on(world).invariants(), []);
        for (const [index, { exitCode }] of recording.processes.entries())
          assert.deepEqual([harness.process(index).alive, harness.process(index).exit], [false, exitCode]);
        assert.ok(script.emulated.every(({ line, how }) => line !== undefined && how.includes(name)));
        const emulated = new Set(script.emulated.map(({ call }) => call));
        assert.ok(
          [...emulated].every((call) => (lacking[name] ?? []).includes(call)),
          [...emulated].join(' '),
        );
      });
  });
}
