// Whichever allocation, descriptor or disk operation of a call fails, in whichever cluster: no invariant breaks, nothing is lost.
import { strict as assert } from 'node:assert';
import { KernelPanic } from '../../../../simulator/execution/panic.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import type { Access } from '../../../../simulator/hardware/machine.ts';
import type { Paging } from '../../../../simulator/hardware/machine-config.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import type { Process } from '../../../../simulator/kernels/almos-mkh/objects/process.ts';
import type { Thread } from '../../../../simulator/kernels/almos-mkh/objects/thread.ts';
import { AlmosMachine, M1_PROGRAM, R, W, X } from '../../../support/almos-machine.ts';

const MOST_OPERATIONS = 40;
const FREE_PAGES = 4096 - 256;

/** A process with a thread beside its reference, memory of every type, and a child that shares what fork shares. */
interface Scene {
  readonly m: AlmosMachine;
  readonly P: Process;
  readonly main: Thread;
  readonly T1: Thread;
  readonly C: Thread;
  readonly anon: number;
  readonly file: number;
  readonly remote: number;
  readonly shared: number;
}

function scene(paging: Paging): Scene {
  const m = new AlmosMachine({ config: { paging } });
  addFile(m.machine, { name: '/f', cluster: m.at(0x11), size: 0x6000, contents: { kind: 'fill', byte: 7 } });
  const P = m.createProcess('P', 0x00);
  const main = P.main as Thread;
  const T1 = m.createThread('T1', P, 0x10);
  const anon = m.mapped(main, 0x6000);
  const file = m.mapped(main, 0x4000, { kind: 'shared', file: '/f' });
  const remote = m.mapped(T1, 0x4000, { kind: 'remote', cluster: m.at(0x01) });
  const shared = m.mapped(T1, 0x4000, { kind: 'shared' });
  for (const va of [anon, file, remote, shared, 0x40_2000, 0xc00f_f000]) m.touch(main, va, W);
  for (const va of [anon, remote, shared, 0xc00f_f000]) m.touch(T1, va, W);
  const C = m.forked(main, 0x01).main as Thread;
  return { m, P, main, T1, C, anon, file, remote, shared };
}

type Call = (scene: Scene) => unknown;
const touch =
  (who: 'main' | 'T1' | 'C', where: (scene: Scene) => number, access: Access): Call =>
  (s) =>
    s.m.tryAccess(s[who], where(s), access);

const calls: Readonly<Record<string, Call>> = {
  'code, in the reference': touch('main', () => 0x40_0000, X),
  'code, in a copy': touch('T1', () => 0x40_1000, X),
  'code, in the child': touch('C', () => 0x40_0000, X),
  'data, in the reference': touch('main', () => 0x40_3000, W),
  'data, in a copy': touch('T1', () => 0x40_3000, W),
  'zeros, in a copy': touch('T1', () => 0x40_4000, R),
  'a stack': touch('T1', () => 0xc000_2000, W),
  'anonymous memory, in a copy': touch('T1', ({ anon }) => anon + 0x2000, W),
  'remote memory, in a copy': touch('T1', ({ remote }) => remote + 0x1000, W),
  'a file, in the reference': touch('main', ({ file }) => file + 0x1000, R),
  'a file, in a copy': touch('T1', ({ file }) => file + 0x2000, W),
  'unnamed memory, in a copy': touch('T1', ({ shared }) => shared + 0x3000, W),
  'copy-on-write, in the reference': touch('main', ({ anon }) => anon, W),
  'copy-on-write, in a copy': touch('T1', ({ remote }) => remote, W),
  'copy-on-write, in the child': touch('C', ({ anon }) => anon, W),
  'copy-on-write of a stack': touch('C', () => 0xc00f_f000, W),
  'mmap, from a copy': (s) => s.m.mmap(s.T1, 0x3000),
  'mmap of a file': (s) => s.m.mmap(s.main, 0x3000, { kind: 'shared', file: '/f' }),
  'mmap of an unnamed file, from a copy': (s) => s.m.mmap(s.T1, 0x3000, { kind: 'shared' }),
  'munmap of a middle': (s) => s.m.munmap(s.T1, s.anon + 0x1000, 0x1000),
  'munmap of a whole': (s) => s.m.munmap(s.T1, s.shared, 0x4000),
  'fork here': (s) => s.m.fork(s.main, 0x00),
  'fork elsewhere': (s) => s.m.fork(s.main, 0x11),
  'fork by a thread in a copy': (s) => s.m.fork(s.T1, 0x11),
  'fork of a fork': (s) => s.m.fork(s.C, 0x11),
  'a thread beside another': (s) => s.m.tryCreateThread('T2', s.P, 0x10),
  'a thread in a new cluster': (s) => s.m.tryCreateThread('T2', s.P, 0x11),
  'thread_exit': (s) => s.m.run(s.T1, (here) => s.m.operations.thread_exit(here)),
  'exec': (s) => s.m.run(s.C, (here) => s.m.operations.exec(here, { path: '/bin/P' })),
  'exec of a program that is not there': (s) => s.m.run(s.C, (here) => s.m.operations.exec(here, { path: '/bin/none' })),
  'a new process': (s) =>
    s.m.run(s.m.at(0x11), (here) =>
      almosMkh.createProcess(here, { name: 'Q', core: 6, image: M1_PROGRAM, imageCluster: s.m.at(0x01) }),
    ),
  'exit from a copy': (s) => {
    s.m.exit(s.T1);
  },
}; // prettier-ignore

/** vmm_init fails by a panic (5.1). */
const panicking = ['a thread in a new cluster', 'exec', 'a new process'];
/** What it has destroyed stays destroyed; a process copy, once made, stays as it does after its last thread (A15). */
const gradual = ['exec', 'a thread in a new cluster'];

function regionsOf({ m }: Scene): unknown {
  const descriptors = m.state.clusters.flatMap(({ local_root }) => local_root);
  return descriptors.map(({ pid, vmm }) => [pid, vmm.vsegs_root.map(({ min, max, flags }) => [min, max, flags])]);
}

/** I18: what is not free belongs to the page caches of files that stay. */
function expectNothingLost(m: AlmosMachine): void {
  for (let thread = m.state.threads[0]; thread !== undefined; thread = m.state.threads[0]) m.exit(thread);
  m.state.clusters.forEach(({ ppm, kcm, index }) => {
    let cached = 0;
    for (const mapper of m.state.mappers.values()) if (mapper.cluster === index) cached += mapper.pages.size;
    assert.equal(ppm.free_pages_nr + cached, FREE_PAGES, `cluster ${String(index)}`);
    assert.deepEqual(kcm, { vseg: 0, process: 0, thread: 0 });
  });
  for (const mapper of m.state.mappers.values()) assert.equal(mapper.isUnnamed, false, mapper.name);
}

/** False once the call has fewer such operations. */
function failsAt(paging: Paging, name: string, call: Call, kind: string, after: number): boolean {
  const s = scene(paging);
  const before = regionsOf(s);
  almosMkh.on({ machine: s.m.machine, kernelState: s.m.state }).inject({ kind, cluster: null, after });
  try {
    const result = call(s);
    const isRefused = typeof result === 'string';
    if (isRefused && !gradual.includes(name)) assert.deepEqual(regionsOf(s), before, result);
  } catch (error) {
    if (!(error instanceof KernelPanic)) throw error;
    assert.ok(panicking.includes(name), error.message);
    return true;
  }
  const hasFailed = almosMkh.on({ machine: s.m.machine, kernelState: s.m.state }).pendingInjections().length === 0;
  almosMkh.on({ machine: s.m.machine, kernelState: s.m.state }).clearInjections();
  expectNothingLost(s.m);
  return hasFailed;
}

for (const paging of ['tsar', 'x86-64'] as const)
  describe(`ALMOS-MKH: out of memory, paging ${paging}`, () => {
    const failed = new Set<string>();
    for (const [name, call] of Object.entries(calls))
      it(`${name}, at every operation`, () => {
        for (const kind of ['page-alloc', 'object-alloc', 'file-read'])
          for (let after = 0; failsAt(paging, name, call, kind, after); after++) {
            failed.add(kind);
            assert.ok(after < MOST_OPERATIONS, `${kind}: more operations than are tried`);
          }
      });
    it('something failed of every kind', () => {
      assert.deepEqual([...failed].sort(), ['file-read', 'object-alloc', 'page-alloc']);
    });
  });
