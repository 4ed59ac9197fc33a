import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Activity } from '../../../../simulator/execution/activity.ts';
import type { KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import type { Paging } from '../../../../simulator/hardware/machine-config.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import type { Here } from '../../../../simulator/kernels/almos-mkh/objects/state.ts';
import type { Thread } from '../../../../simulator/kernels/almos-mkh/objects/thread.ts';
import { AlmosMachine, mainOf, R, W, X } from '../../../support/almos-machine.ts';

/** One thing that a thread does. Numbers are taken modulo what there is at that time. */
type Action =
  | { readonly kind: 'mmap'; readonly pages: number; readonly how: number }
  | { readonly kind: 'munmap'; readonly region: number; readonly from: number; readonly pages: number }
  | {
      readonly kind: 'access';
      readonly region: number;
      readonly page: number;
      readonly access: 0 | 1 | 2;
      readonly kills: boolean;
    }
  | { readonly kind: 'fork'; readonly cluster: number }
  | { readonly kind: 'thread'; readonly cluster: number }
  | { readonly kind: 'exec' }
  | { readonly kind: 'thread_exit' }
  | { readonly kind: 'exit' };

const small = fc.nat(7);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mmap' as const), pages: fc.integer({ min: 1, max: 9 }), how: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('munmap' as const), region: small, from: small, pages: small }) },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('access' as const), region: small, page: small, access: fc.constantFrom<0 | 1 | 2>(0, 1, 1, 1, 2), kills: fc.integer({ min: 0, max: 5 }).map((die) => die === 0) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fork' as const), cluster: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('thread' as const), cluster: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'exec' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'thread_exit' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'exit' as const }) },
); // prettier-ignore

const FREE_PAGES = 64;

const onOff = fc.constantFrom('on', 'off');
const variation = fc.record({
  directRemotePte: onOff, rpcFifoPerCore: onOff, nocContention: onOff, ppmFallback: fc.constantFrom('none', 'dqdt'),
}); // prettier-ignore

/** Enough room for a few processes only, so that memory runs out now and then. */
function tinyMachine(paging: Paging, options: Readonly<Record<string, string>> = {}): AlmosMachine {
  const m = new AlmosMachine({
    config: { memoryBytes: (256 + FREE_PAGES) * 4096, paging },
    options: { vsegQuota: 40, rpcThreadLimit: 16, ...options },
  });
  addFile(m.machine, { name: '/f', cluster: m.at(0x11), size: 0x6000, contents: { kind: 'fill', byte: 7 } });
  m.createProcess('A', 0x00);
  m.createProcess('B', 0x10);
  return m;
}

function* perform(m: AlmosMachine, here: Here, thread: Thread, step: Action): KernelGenerator<unknown> {
  const { operations, state } = m;
  switch (step.kind) {
    case 'mmap': {
      const kind = (['anon', 'anon', 'remote', 'shared', 'shared', 'shared'] as const)[step.how] ?? 'anon';
      return yield* operations.mmap(here, {
        length: step.pages * 4096,
        protection: { read: true, write: true, execute: false },
        kind,
        file: step.how >= 4 ? '/f' : null,
        offset: step.how === 5 ? 0x1800 : 0,
        at: null,
        hint: null,
        replace: false,
        cluster: kind === 'remote' ? step.pages % 4 : null,
      });
    }
    case 'munmap': {
      const region = regionOf(thread, step.region);
      return yield* operations.munmap(here, { address: region + step.from * 4096, length: step.pages * 4096 });
    }
    case 'access':
      return yield* accessOrDie(m, here, thread, step);
    case 'fork':
      return yield* operations.fork(here, { cluster: step.cluster, core: null });
    case 'thread': {
      const core = step.cluster * m.machine.config.coresPerCluster + (state.threads.length % 2);
      return yield* m.create(here, `t${String(state.nextOwner)}.${String(m.engine.steps)}`, thread.process, core);
    }
    case 'exec':
      return yield* operations.exec(here, { path: '/bin/A' });
    case 'thread_exit':
      return yield* operations.thread_exit(here);
    case 'exit':
      return yield* operations.exit(here, { code: 0 });
  }
}

/** A refusal that nobody expects kills. */
function* accessOrDie(
  m: AlmosMachine,
  here: Here,
  thread: Thread,
  { region, page, access, kills }: Extract<Action, { kind: 'access' }>,
): KernelGenerator<unknown> {
  const outcome = yield* m.access(here, thread, regionOf(thread, region) + page * 4096, access);
  if (typeof outcome === 'object' && kills) yield* almosMkh.kill(here, thread, outcome);
  return outcome;
}

/** First address of one of the reference's vsegs. */
function regionOf(thread: Thread, index: number): number {
  const { vsegs_root } = thread.process.vmm;
  const vseg = vsegs_root[(index + 3) % Math.max(1, vsegs_root.length)];
  return (vseg?.vpn_base ?? 0x700) * 4096;
}

function exitAll(m: AlmosMachine): void {
  for (let thread = m.state.threads[0]; thread !== undefined; thread = m.state.threads[0]) m.exit(thread);
}

/** I18: what is not free belongs to the page caches of files that stay. */
function expectNothingLost(m: AlmosMachine): void {
  m.state.clusters.forEach(({ ppm, kcm, index }) => {
    let cached = 0;
    for (const mapper of m.state.mappers.values()) if (mapper.cluster === index) cached += mapper.pages.size;
    assert.equal(ppm.free_pages_nr + cached, FREE_PAGES, `cluster ${String(index)}`);
    assert.deepEqual(kcm, { vseg: 0, process: 0, thread: 0 });
  });
  for (const mapper of m.state.mappers.values()) assert.equal(mapper.isUnnamed, false, mapper.name);
}

for (const paging of ['tsar', 'x86-64'] as const)
  describe(`ALMOS-MKH: random operations, paging ${paging}`, () => {
    it('one after the other, they keep every invariant and lose no frame', () => {
      fc.assert(
        fc.property(
          variation,
          fc.array(fc.tuple(fc.nat(), action), { minLength: 1, maxLength: 60 }),
          (options, script) => {
            const m = tinyMachine(paging, options);
            for (const [who, step] of script) {
              const thread = m.state.threads[who % Math.max(1, m.state.threads.length)];
              if (thread === undefined) break;
              m.run(thread, (here) => perform(m, here, thread, step));
            }
            exitAll(m);
            expectNothingLost(m);
          },
        ),
        { seed: 20_260, numRuns: 150 },
      );
    });

    it('side by side at micro-steps, they keep every invariant and lose no frame', () => {
      const actor = fc.array(action, { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(
          fc.array(actor, { minLength: 2, maxLength: 5 }),
          fc.array(fc.nat(15), { minLength: 1, maxLength: 40 }),
          variation,
          (actors, choices, options) => {
            const m = tinyMachine(paging, options);
            m.createThread('A2', mainOf(m.state.processes[0] as never).process, 0x11);
            m.createThread('B2', mainOf(m.state.processes[1] as never).process, 0x00);
            m.createThread('A3', mainOf(m.state.processes[0] as never).process, 0x10, 1);
            let turn = 0;
            m.engine.yieldAt = 0;
            m.engine.policy = {
              choose: (runnable) =>
                runnable[(choices[turn++ % choices.length] as number) % runnable.length] as Activity,
            };
            const threads = [...m.state.threads];
            actors.forEach((steps, index) => {
              const thread = threads[index % threads.length] as Thread;
              if (index < threads.length) m.start(thread, thread.cluster, (here) => act(m, here, thread, steps));
            });
            m.finish(200_000);
            m.engine.yieldAt = Number.POSITIVE_INFINITY;
            exitAll(m);
            expectNothingLost(m);
          },
        ),
        { seed: 407, numRuns: 150, endOnFailure: true },
      );
    });

    it('a clone of the state goes on as the original does', () => {
      const m = tinyMachine(paging);
      const A = m.state.threads[0] as Thread;
      const T = m.createThread('T', A.process, 0x11);
      const va = m.mapped(T, 0x4000);
      m.write(T, va, 1);
      m.forked(A, 0x10);
      const copy = structuredClone({ machine: m.machine, state: m.state });
      const other = new AlmosMachine({ config: m.machine.config });
      other.restoreFrom(copy);
      for (const one of [m, other]) {
        const thread = one.state.threads.find(({ name }) => name === 'T') as Thread;
        one.write(thread, va, 2);
        one.touch(one.state.threads[0] as Thread, 0x40_0000, X);
        one.touch(thread, va + 0x1000, R);
        one.touch(thread, va + 0x1000, W);
      }
      assert.deepEqual(other.state, m.state);
      assert.deepEqual(other.machine, m.machine);
    });
  });

function* act(m: AlmosMachine, here: Here, thread: Thread, steps: readonly Action[]): KernelGenerator<void> {
  for (const step of steps) {
    if (!thread.alive || !thread.process.alive) return;
    yield* perform(m, here, thread, step);
  }
}
