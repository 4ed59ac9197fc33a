import { strict as assert } from 'node:assert';
import { badAddress, exceptionCode, setPageTableRoot, setWriteProtect } from '../../../simulator/hardware/core.ts';
import { createBatch, pushAccess } from '../../../simulator/hardware/access-batch.ts';
import type { Access, Machine } from '../../../simulator/hardware/machine.ts';
import { accessBatch, translate } from '../../../simulator/hardware/mmu.ts';
import { inspectEntry, inspectWalk } from '../../../simulator/hardware/page-table-walker.ts';
import { zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { scanTable } from '../../../simulator/hardware/table-scan.ts';
import { flushTlb, invalidateTlb, lookupTlb } from '../../../simulator/hardware/tlb.ts';
import { machineAddress } from '../../../simulator/hardware/virtual-address.ts';
import { entry64, fetch, machineOf, read, refusal, setEntry64, write } from './tables.ts';

const V = 1n;
const R = 2n;
const W = 4n;
const X = 8n;
const U = 0x10n;
const G = 0x20n;
const A = 0x40n;
const D = 0x80n;
const ROOT = 0x100;
const L1 = 0x101;
const L0 = 0x102;
/** VPN[2] 0x55, VPN[1] 0x1a2, VPN[0] 0x167. */
const P = 0x55 * 2 ** 30 + 0x1a2 * 2 ** 21 + 0x167 * 4096;
const BIG = 0x55 * 2 ** 30 + 3 * 2 ** 21;
const HUGE = 2 * 2 ** 30;
const LOAD = 13;
const STORE = 15;
const FETCH = 12;

const entry = (frame: number, bits: bigint): bigint => (BigInt(frame) << 10n) | bits;

/** The page P at frame 0x120 with these bits; its tables are the frames 0x100, 0x101 and 0x102. */
function machineWith(bits: bigint, frame = 0x120): Machine {
  const machine = machineOf('rv64');
  for (const table of [ROOT, L1, L0]) zeroFrame(machine, table);
  setEntry64(machine, ROOT, 0x55, entry(L1, V));
  setEntry64(machine, L1, 0x1a2, entry(L0, V));
  setEntry64(machine, L0, 0x167, entry(frame, bits));
  setPageTableRoot(machine, 0, ROOT);
  return machine;
}

const leafOf = (machine: Machine): bigint => entry64(machine, L0, 0x167);
const accesses = [read, write, fetch];

/** `rwx` as far as they are allowed, each with a cold TLB. */
function allowed(machine: Machine, va: number, user: boolean): string {
  const letters = accesses.map((access, index) => {
    flushTlb(machine, 0, false);
    return translate(machine, 0, va, access, user) < 0 ? '-' : 'rwx'.charAt(index);
  });
  return letters.join('');
}

describe('Sv39: walk', () => {
  it('splits an address into three indices of 9 bits', () => {
    const machine = machineWith(V | R | U);
    assert.equal(translate(machine, 0, P + 0xabc, read, true), 0x12_0abc);
    const places = inspectWalk(machine, ROOT, P).map((view) => [view.level, view.table, view.address]);
    assert.deepEqual(places, [
      [1, 'L2', ROOT * 4096 + 0x55 * 8],
      [2, 'L1', L1 * 4096 + 0x1a2 * 8],
      [3, 'L0', L0 * 4096 + 0x167 * 8],
    ]);
  });
  it('maps 2 MiB and 1 GiB', () => {
    const machine = machineWith(V | R | U);
    setEntry64(machine, L1, 3, entry(0x600, V | R | W | U));
    setEntry64(machine, ROOT, 2, entry(0, V | R | W | U));
    assert.equal(translate(machine, 0, BIG + 0x1_2345, write, true), 0x61_2345);
    assert.equal(translate(machine, 0, BIG + 0x1_2345, write, true), 0x61_2345, 'from the TLB');
    assert.equal(translate(machine, 0, HUGE + 0x34_5678, write, true), 0x34_5678);
    assert.equal(translate(machine, 0, HUGE + 0x34_5000, read, true), 0x34_5000, 'from the TLB');
    assert.deepEqual([entry64(machine, L1, 3), entry64(machine, ROOT, 2)], [
      entry(0x600, V | R | W | U | A | D), entry(0, V | R | W | U | A | D),
    ]); // prettier-ignore
    assert.equal(lookupTlb(machine, 0, HUGE / 4096 + 99, false)?.pages, 2 ** 18);
    assert.equal(lookupTlb(machine, 0, BIG / 4096 + 99, false)?.pages, 512);
    const view = inspectEntry(machine, ROOT, BIG + 0x5000);
    assert.deepEqual([view?.level, view?.big, view?.pages, view?.ppn], [2, true, 512, 0x605]);
  });
  it('reads frame numbers of 44 bits: cluster (15,1) of a mesh, and all ones', () => {
    const machine = machineOf('rv64', { mesh: { width: 16, height: 2 } });
    for (const table of [ROOT, L1, L0]) zeroFrame(machine, table);
    setPageTableRoot(machine, 0, ROOT);
    setEntry64(machine, ROOT, 0, entry(L1, V));
    setEntry64(machine, L1, 0, entry(L0, V));
    setEntry64(machine, L0, 0, entry(0xf1_0000_0000 / 16 + 0x42, V | R | U));
    assert.equal(translate(machine, 0, 0x123, read, true), 0xf100_0004_2123);
    assert.equal(translate(machine, 0, 0x123, read, true), 0xf100_0004_2123, 'from the TLB');
    const away = 0xf1_0000_0000 / 16;
    for (const table of [1, 2]) zeroFrame(machine, away + table);
    setEntry64(machine, ROOT, 2, entry(away + 1, V));
    setEntry64(machine, away + 1, 0, entry(away + 2, V));
    setEntry64(machine, away + 2, 0, entry(0x120, V | R | W | U));
    assert.equal(translate(machine, 0, 2 ** 31 + 8, write, true), 0x12_0008, 'through tables in another cluster');
    assert.equal(entry64(machine, away + 2, 0), entry(0x120, V | R | W | U | A | D));
    setEntry64(machine, L0, 1, entry(2 ** 44 - 1, V | R | U));
    assert.equal(inspectEntry(machine, ROOT, 0x1000)?.ppn, 2 ** 44 - 1);
    assert.equal(refusal(machine, 0x1000, read), 5);
    setEntry64(machine, ROOT, 1, entry(2 ** 44 - 2 ** 18, V | R | U));
    assert.equal(inspectEntry(machine, ROOT, 2 ** 30 + 0x1000)?.ppn, 2 ** 44 - 2 ** 18 + 1);
  });
  it('keeps the upper half exact: it is sign-extended from bit 38', () => {
    const machine = machineWith(V | R | U);
    setEntry64(machine, ROOT, 511, entry(L1, V));
    setEntry64(machine, L1, 511, entry(L0, V));
    setEntry64(machine, L0, 511, entry(0x121, V | R));
    assert.equal(translate(machine, 0, machineAddress(2n ** 64n - 1n, 39), read, false), 0x12_1fff);
  });
});

describe('Sv39: A and D are set by hardware (Svadu)', () => {
  for (const [name, access, bits] of [
    ['a read', read, A],
    ['a fetch', fetch, A],
    ['a write', write, A | D],
  ] as const) {
    it(`${name} that is allowed sets them in the leaf alone`, () => {
      const machine = machineWith(V | R | W | X | U | 0x300n);
      translate(machine, 0, P, access, true);
      assert.equal(leafOf(machine), entry(0x120, V | R | W | X | U | 0x300n | bits));
      assert.deepEqual([entry64(machine, ROOT, 0x55), entry64(machine, L1, 0x1a2)], [entry(L1, V), entry(L0, V)]);
    });
  }
  it('the first write through a clean TLB entry sets D', () => {
    const machine = machineWith(V | R | W | U);
    translate(machine, 0, P, read, true);
    assert.equal(lookupTlb(machine, 0, Math.floor(P / 4096), false)?.dirty, false);
    translate(machine, 0, P, write, true);
    assert.equal(leafOf(machine), entry(0x120, V | R | W | U | A | D));
  });
  it('an access that is refused sets nothing', () => {
    const machine = machineWith(V | R | U);
    assert.equal(refusal(machine, P, write), STORE);
    assert.equal(refusal(machine, P, fetch), FETCH);
    assert.equal(leafOf(machine), entry(0x120, V | R | U));
  });
});

describe('Sv39: rights', () => {
  const cases: readonly (readonly [string, bigint, string, string])[] = [
    ["a user's page: the supervisor reads and writes it (SUM) and never fetches", R | W | X | U, 'rwx', 'rw-'],
    ["a supervisor's page is closed to users", R | W | X, '---', 'rwx'],
    ['read-only', R | U, 'r--', 'r--'],
    ['execute-only is not readable (MXR clear)', X | U, '--x', '---'],
    ["execute-only, the supervisor's", X, '---', '--x'],
    ['read and execute', R | X, '---', 'r-x'],
    ['read and write', R | W, '---', 'rw-'],
  ];
  for (const [name, bits, user, supervisor] of cases) {
    it(name, () => {
      const machine = machineWith(V | bits);
      assert.deepEqual([allowed(machine, P, true), allowed(machine, P, false)], [user, supervisor]);
    });
  }
  it('hold in the TLB as in the table: what one mode has brought in does not serve the other', () => {
    const machine = machineWith(V | R | W | X | U);
    translate(machine, 0, P, write, true);
    translate(machine, 0, P, fetch, true);
    assert.equal(refusal(machine, P, fetch, false), FETCH);
    const own = machineWith(V | R | W | X);
    translate(own, 0, P, write, false);
    for (const access of accesses) assert.notEqual(refusal(own, P, access, true), 0);
    const code = machineWith(V | X | U);
    translate(code, 0, P, fetch, true);
    assert.equal(refusal(code, P, read, true), LOAD);
    assert.equal(refusal(code, P, read, false), LOAD);
  });
  it('hold in the loop over hits as well', () => {
    const stopOf = (bits: bigint, ...wanted: readonly (readonly [Access, boolean])[]): [number, number] => {
      const machine = machineWith(V | bits);
      const batch = createBatch(wanted.length);
      for (const [access, user] of wanted) pushAccess(batch, P, access, user, 4);
      return [accessBatch(machine, 0, batch, 0, batch.length), machine.fault.code];
    };
    assert.deepEqual(stopOf(X | U, [fetch, true], [read, true]), [1, LOAD]);
    assert.deepEqual(stopOf(X, [fetch, false], [read, false]), [1, LOAD]);
    assert.deepEqual(stopOf(R | X | U, [fetch, true], [read, false], [fetch, false]), [2, FETCH]);
    assert.deepEqual(stopOf(R | W | X, [write, false], [fetch, false], [read, true]), [2, LOAD]);
    assert.deepEqual(stopOf(R | W | X | U, [write, false], [read, true], [fetch, true], [write, true]), [4, 0]);
  });
  it('the write right binds supervisors whatever a bit of x86 says', () => {
    const machine = machineWith(V | R);
    setWriteProtect(machine, 0, false);
    assert.equal(refusal(machine, P, write, false), STORE);
  });
  it('are those of the leaf alone, and views say so', () => {
    const machine = machineWith(V | X | U);
    const [root, , leaf] = inspectWalk(machine, ROOT, P);
    const rights = { readable: false, writable: false, executable: true, user: true };
    assert.deepEqual(leaf?.effective, rights);
    assert.equal(root?.present, true);
    translate(machine, 0, P, fetch, true);
    const { readable, writable, executable, user } = lookupTlb(machine, 0, Math.floor(P / 4096), true) ?? {};
    assert.deepEqual({ readable, writable, executable, user }, rights);
  });
});

describe('Sv39: what is reserved', () => {
  function refusedAs(machine: Machine, va: number): string {
    const codes = accesses.map((access) => refusal(machine, va, access));
    assert.deepEqual(codes, [LOAD, STORE, FETCH]);
    return `${machine.fault.kind} ${machine.fault.level}`;
  }
  const leafAt = (bits: bigint) => refusedAs(machineWith(bits), P);

  it('W without R', () => {
    assert.equal(leafAt(V | W | U), 'reserved 3');
    assert.equal(leafAt(V | W | X | U), 'reserved 3');
    for (const bits of [W, W | X]) {
      const machine = machineWith(V | R | U);
      setEntry64(machine, L1, 0x1a2, entry(0x200, V | bits));
      assert.equal(refusedAs(machine, P), 'reserved 2');
      setEntry64(machine, ROOT, 0x55, entry(0, V | bits));
      assert.equal(refusedAs(machine, P), 'reserved 1');
    }
  });
  it('a pointer in the last level', () => {
    assert.equal(leafAt(V), 'reserved 3');
    assert.equal(leafAt(V | U | G | A | D), 'reserved 3');
  });
  it('U, A and D in a pointer, at both levels', () => {
    for (const bit of [U, A, D]) {
      const machine = machineWith(V | R | U);
      setEntry64(machine, L1, 0x1a2, entry(L0, V | bit));
      assert.equal(refusedAs(machine, P), 'reserved 2');
      setEntry64(machine, ROOT, 0x55, entry(L1, V | bit));
      assert.equal(refusedAs(machine, P), 'reserved 1');
    }
  });
  it('bits 63 to 54, in leaves and in pointers; bits 9 and 8 are free for software', () => {
    for (let bit = 54n; bit < 64n; bit++) {
      assert.equal(leafAt((1n << bit) | V | R | W | X | U), 'reserved 3', `bit ${bit}`);
      const machine = machineWith(V | R | U);
      setEntry64(machine, L1, 0x1a2, entry(L0, (1n << bit) | V));
      assert.equal(refusedAs(machine, P), 'reserved 2', `bit ${bit} of a pointer`);
    }
    const machine = machineWith(V | R | U | 0x300n);
    setEntry64(machine, L1, 0x1a2, entry(L0, V | 0x300n));
    assert.equal(translate(machine, 0, P, read, true), 0x12_0000);
  });
  it('a big page that does not begin at a multiple of its size', () => {
    const machine = machineWith(V | R | U);
    for (let bit = 0; bit < 9; bit++) {
      setEntry64(machine, L1, 3, entry(0x600 + 2 ** bit, V | R | W | X | U));
      assert.equal(refusedAs(machine, BIG), 'reserved 2', `bit ${bit}`);
    }
    for (let bit = 0; bit < 18; bit++) {
      setEntry64(machine, ROOT, 2, entry(2 ** bit, V | R | W | X | U));
      assert.equal(refusedAs(machine, HUGE), 'reserved 1', `bit ${bit}`);
    }
  });
  it('V alone decides that nothing is there, whatever else is set', () => {
    assert.equal(leafAt((0x3ffn << 54n) | W | X | U), 'absent 3');
    const machine = machineWith(V | R | U);
    setEntry64(machine, ROOT, 0x55, entry(L1, A | D));
    assert.equal(refusedAs(machine, P), 'absent 1');
  });
  it('ends the walk in views too', () => {
    const machine = machineWith(V | R | U);
    setEntry64(machine, L1, 0x1a2, entry(L0, V | A));
    assert.deepEqual(
      inspectWalk(machine, ROOT, P).map(({ level, reserved }) => [level, reserved]),
      [[1, false], [2, true]],
    ); // prettier-ignore
  });
});

describe('Sv39: G', () => {
  const vpn = Math.floor(P / 4096);
  const placed: readonly (readonly [string, (machine: Machine) => void])[] = [
    ['of the leaf', (machine) => setEntry64(machine, L0, 0x167, entry(0x120, V | R | U | G))],
    ['of the L1 entry', (machine) => setEntry64(machine, L1, 0x1a2, entry(L0, V | G))],
    ['of the L2 entry', (machine) => setEntry64(machine, ROOT, 0x55, entry(L1, V | G))],
  ];
  for (const [name, set] of placed) {
    it(`${name} makes the page global, in the TLB and in views`, () => {
      const machine = machineWith(V | R | U);
      set(machine);
      translate(machine, 0, P, read, true);
      assert.equal(lookupTlb(machine, 0, vpn, false)?.global, true);
      flushTlb(machine, 0, true);
      assert.notEqual(lookupTlb(machine, 0, vpn, false), null, 'it survives a flush that keeps global entries');
      assert.equal(inspectEntry(machine, ROOT, P)?.global, true);
      assert.notEqual((scanTable(machine, ROOT).byVpn.get(vpn)?.rights ?? 0) & 64, 0);
      setPageTableRoot(machine, 0, 0x110);
      assert.equal(translate(machine, 0, P, read, true), 0x12_0000, 'in whatever address space');
      invalidateTlb(machine, 0, vpn);
      zeroFrame(machine, 0x110);
      assert.equal(refusal(machine, P, read), LOAD);
    });
  }
  it('is said of a pointer by its own bit', () => {
    const machine = machineWith(V | R | U);
    setEntry64(machine, L1, 0x1a2, entry(L0, V | G));
    assert.deepEqual(
      inspectWalk(machine, ROOT, P).map(({ global }) => global),
      [false, true, true],
    );
  });
  it('left out everywhere, the page goes with the flush', () => {
    const machine = machineWith(V | R | U);
    translate(machine, 0, P, read, true);
    flushTlb(machine, 0, true);
    assert.equal(lookupTlb(machine, 0, vpn, false), null);
    assert.equal((scanTable(machine, ROOT).byVpn.get(vpn)?.rights ?? 64) & 64, 0);
  });
});

describe('Sv39: exceptions', () => {
  function told(machine: Machine, va: number, access: Access, user = true): [number, number] {
    assert.equal(translate(machine, 0, va, access, user), -1);
    assert.deepEqual([exceptionCode(machine, 0, true), badAddress(machine, 0, true)], [0, 0], 'one register for all');
    return [exceptionCode(machine, 0, false), badAddress(machine, 0, false)];
  }
  it('scause is 12, 13 or 15 and stval the address, whatever the mode and the reason', () => {
    for (const bits of [0n, V | W, V | R]) {
      for (const user of [true, false]) {
        const machine = machineWith(bits);
        const all = accesses.map((access) =>
          translate(machine, 0, P + 8, access, user) >= 0 ? 0 : machine.fault.code,
        );
        assert.deepEqual(all, bits === (V | R) && !user ? [0, STORE, FETCH] : [LOAD, STORE, FETCH]);
      }
    }
    assert.deepEqual(told(machineWith(0n), P + 0x123, write), [STORE, P + 0x123]);
  });
  it('an address that is not sign-extended from bit 38 is a page fault, without a walk', () => {
    const machine = machineWith(V | R | W | X | U);
    const addresses = [2n ** 38n, 2n ** 39n + BigInt(P), 2n ** 63n + BigInt(P), 2n ** 64n - 2n ** 38n - 1n];
    for (const address of addresses) {
      const va = machineAddress(address, 39);
      assert.deepEqual(
        accesses.map((access) => told(machine, va, access)[0]),
        [LOAD, STORE, FETCH],
      );
      assert.deepEqual([machine.fault.kind, machine.fault.level], ['address', 0]);
    }
    assert.equal(leafOf(machine), entry(0x120, V | R | W | X | U));
  });
  it('nothing at the physical address, of the page or of a table, is an access fault', () => {
    const machine = machineWith(V | R | W | X | U, 2 ** 30);
    assert.deepEqual(
      accesses.map((access) => told(machine, P, access)[0]),
      [5, 7, 1],
    );
    assert.equal(machine.fault.kind, 'bus');
    setEntry64(machine, L1, 0x1a2, entry(2 ** 30, V));
    assert.deepEqual(
      accesses.map((access) => told(machine, P, access)[0]),
      [5, 7, 1],
    );
    assert.deepEqual([machine.fault.kind, machine.fault.level], ['bus', 3]);
  });
  it('leaves a stale entry in the TLB: software has to flush it (sfence.vma)', () => {
    const machine = machineWith(V | R | U);
    translate(machine, 0, P, read, true);
    setEntry64(machine, L0, 0x167, entry(0x120, V | R | W | U));
    for (const again of [1, 2]) assert.equal(refusal(machine, P, write), STORE, `time ${again}`);
    invalidateTlb(machine, 0, Math.floor(P / 4096));
    assert.equal(translate(machine, 0, P, write, true), 0x12_0000);
  });
});
