import { strict as assert } from 'node:assert';
import { findingsOf, runToEnd, simulationOfFile } from './simulations.ts';

/** Addresses and lengths are exact to 64 bits from the text to the MMU, and refused where a machine has no room for them. */

const program = 'file "/f" { size 32KiB fill 7 }\nprocess p { code 1 page data 1 page }\n';

function run(kernel: string, body: string): { prints: string[]; findings: string[] } {
  const simulation = runToEnd(simulationOfFile(`kernel ${kernel}\n${program}as p {\n${body}\n}`));
  return { prints: simulation.world.script.prints.map(({ text }) => text), findings: findingsOf(simulation) };
}

/** What holds without a finding: kernel, statements of `as p`. */
const sound: readonly (readonly [string, string])[] = [
  // Not canonical: #GP, without a walk and without a look into the TLB.
  ['vm-region', 'let w = count("page-walk")  expect read(0x800000000000) fails SEGV  expect count("page-walk") == w'],
  ['vm-region', 'let m = count("tlb-miss")  expect write(0xFFFF7FFFFFFFFFFF, 1, size: 1) fails SEGV  expect count("tlb-miss") == m'],
  ['vm-region', 'expect fetch(0x8000000000000000) fails SEGV'],
  ['vm-region', 'expect touch(0x800000000000, 4096, w) fails SEGV  expect scan(0x800000000000, 4096, r) fails SEGV'],
  ['vm-region', 'expect text(0x800000000000, 4) fails SEGV'],
  ['almos-mkh', 'expect read(0x5000_0000) fails SEGV'],
  // Observations of it find nothing.
  ['vm-region', 'expect not pte(0x800000000000).present  expect translate(0x800000000000) == none  expect region(0x800000000000) == none  expect not tlb(0x800000000000).present'],
  // Kernel functions: outside of every region.
  ['vm-region', 'expect vm_region_demand_map(region: root(p), addr: 0x800000000000, flags: 4) fails NO_ENTRY'],
  ['vm-region', 'expect vm_region_create(parent: none, name: "k", offset: 0x800000000000, region_len: 0x1000, prot: 3) fails INVALID_ARGUMENT'],
  ['vm-region', 'let k = vm_region_create(parent: none, name: "k", offset: 0xFFFF800000000000, region_len: 0x1000, prot: 3)  expect vm_region_get_base_address(k) == 0xFFFF800000000000'],
  ['vm-region', 'expect vm_region_read_kernel(src_region: root(p), src_ptr: 0x800000400000, count: 8) fails MEMORY_FAULT  expect failed("nr_read") == 0'],
  ['vm-region', 'expect mmap(4096, rw, at: 0x800000000000) fails INVALID_ARGUMENT  expect munmap(0x800000000000, 4096) fails INVALID_ARGUMENT'],
  ['vm-region', 'expect munmap(0x7FFFFFFFE000, 0x3000) fails INVALID_ARGUMENT'],
  // What a register cannot hold is no argument; what is too long for mmap each kernel refuses by its own rule.
  ['lunaix', 'let a = mmap(8192, rw)  let n = regions()  expect munmap(a, 0x100001000) fails EINVAL  expect regions() == n'],
  ['haiku', 'let a = mmap(8192, rw)  let n = regions()  expect munmap(a, 0x100001000) fails EINVAL  expect regions() == n'],
  ['haiku', 'expect munmap(0x100001000, 4096) fails ERR_INVALID_ARGS  expect mmap(4096, rw, hint: 0x140000000) fails EINVAL'],
  ['lunaix', 'expect munmap(0x100001000, 4096) fails EINVAL  expect brk(0x100400000) fails EINVAL  expect mmap(0x100001000, rw) fails EINVAL'],
  ['almos-mkh', 'expect munmap(0x100001000, 4096) fails EINVAL  expect mmap(0x100001000, rw) fails ENOMEM  expect mprotect(0x100001000, 4096, r) fails NOT_SUPPORTED'],
  ['haiku', 'expect mmap(0x100001000, rw) fails ENOMEM'],
  // Negative lengths and addresses.
  ['haiku', 'expect mmap(-4096, rw) fails EINVAL  let a = mmap(8192, rw)  expect munmap(a, -4096) fails EINVAL  expect munmap(-4096, 4096) fails EINVAL'],
  ['lunaix', 'let a = mmap(8192, rw)  expect munmap(a, -4096) fails EINVAL  expect munmap(-4096, 4096) fails EINVAL'],
  ['vm-region', 'let a = mmap(8192, rw)  expect munmap(a, -4096) fails EINVAL  expect mmap(-4096, rw) fails INVALID_ARGUMENT'],
  ['almos-mkh', 'expect mmap(-4096, rw) fails EINVAL  expect munmap(-4096, 4096) fails EINVAL'],
  // The place that is demanded: 0 is none.
  ['lunaix', 'expect mmap(4096, rw, at: 0) fails ENOMEM  expect mmap(4096, rw, at: 0x1000) fails ENOMEM  mmap(4096, rw, hint: 0)'],
  ['haiku', 'expect mmap(4096, rw, at: 0) fails ERR_VM_BAD_ADDRESS'],
  ['vm-region', 'expect mmap(4096, rw, at: 0) fails INVALID_ARGUMENT'],
  ['almos-mkh', 'expect mmap(4096, rw, at: 0) fails EINVAL'],
  // File offsets: negative ones and unaligned ones as each page says.
  ['haiku', 'expect mmap(4096, r, kind: shared, file: "/f", offset: -4096) fails ERR_INVALID_ARGS  expect mmap(4096, r, kind: file, file: "/f", offset: -1) fails EINVAL  mmap(4096, r, kind: file, file: "/f", offset: 100)'],
  ['lunaix', 'expect mmap(4096, r, kind: shared, file: "/f", offset: -4096) fails EINVAL  expect mmap(4096, r, kind: file, file: "/f", offset: 100) fails EINVAL'],
  ['vm-region', 'expect mmap(4096, r, kind: shared, file: "/f", offset: -4096) fails EINVAL  expect mmap(4096, r, kind: file, file: "/f", offset: 100) fails EINVAL'],
  ['almos-mkh', 'expect mmap(4096, r, kind: shared, file: "/f", offset: -4096) fails EINVAL'],
]; // prettier-ignore

/** Kernel, statements of `as p`, the one finding. */
const refused: readonly (readonly [string, string, RegExp])[] = [
  ['vm-region', 'read(0x800000000000)', /^WALK202 .*read at 0x800000000000\b.*bits 63 to 48 of an address must copy bit 47/],
  ['vm-region', 'read(0x123456789ABCDEF1)', /^WALK202 .*read at 0x123456789abcdef1\b/],
  ['vm-region', 'read(0xFFFFFFFFFFFFFFF0)', /^WALK202 .*read at 0xfffffffffffffff0\b/],
  ['vm-region', 'read(0xFFFFFFFFFFFFFFFC)', /^WALK202 .*read at 0xfffffffffffffffc\b/],
  ['vm-region', 'read(-1)', /^WALK225 -1 is not an address of this machine; they reach from 0 to 0xffffffffffffffff/],
  ['vm-region', 'read(0x800000000000, as: kernel)', /^WALK208 kernel panic: .*0x800000000000/],
  ['vm-region', 'munmap(0x400000, -1)', /^WALK225 length is -1, but lengths reach from 0 to 0xffffffffffffffff/],
  ['vm-region', 'vm_region_demand_map(region: root(p), addr: -1, flags: 4)', /^WALK225 addr is -1, but addresses reach from 0/],
  ['haiku', 'munmap(0x100001000, 4096)', /^WALK225 addr is 0x100001000, but addresses reach from 0 to 0xffffffff/],
  ['lunaix', 'print translate(0x100000000)', /^WALK225 addr is 0x100000000, but addresses reach from 0 to 0xffffffff/],
  ['lunaix', 'print pte(0x100000000)', /^WALK225 addr is 0x100000000/],
  ['almos-mkh', 'scan(0x2000000, 0x100000000, r)', /^WALK225 length is 0x100000000, but lengths reach from 0 to 0xffffffff/],
  ['lunaix', 'read(0xFFFFFFFE)', /^WALK202 .*read at 0xfffffffe\b/],
]; // prettier-ignore

describe('session: addresses', () => {
  for (const [kernel, body] of sound) {
    it(`${kernel}: ${body}`, () => {
      assert.deepEqual(run(kernel, body).findings, []);
    });
  }

  for (const [kernel, body, message] of refused) {
    it(`${kernel}: ${body}`, () => {
      const [first = 'nothing', ...others] = run(kernel, body).findings;
      assert.match(first, message);
      assert.deepEqual(others, []);
    });
  }

  it('a supervisor reaches the kernel half, not its twin, and nothing behind the last byte of the space', () => {
    const kernelHalf = (start: string): string => `
  let o = vm_object_create(name: "k", size: 0x1000, prot: 3)
  let k = vm_region_create(parent: none, name: "k", offset: ${start}, region_len: 0x1000, prot: 3)
  let _m = vm_region_map_object(region: k, region_offset: 0, object: o, object_offset: 0, length: 0x1000, prot: 3)
  vm_region_demand_map(region: k, addr: ${start}, flags: 2)
  write(${start}, 77, as: kernel)
  expect read(${start}, as: kernel) == 77
`;
    const twin = kernelHalf('0xFFFF800000000000') + 'expect read(0x0000800000000000, as: kernel) fails PANIC';
    assert.deepEqual(run('vm-region', twin).findings, []);
    const top = kernelHalf('0xFFFFFFFFFFFFF000');
    const end =
      'WALK225 0x10000000000000000 is not an address of this machine; they reach from 0 to 0xffffffffffffffff';
    for (const leaving of ['read(0xFFFFFFFFFFFFFFFC, as: kernel)', 'scan(0xFFFFFFFFFFFFF000, 0x2000, r, as: kernel)'])
      assert.deepEqual(run('vm-region', top + leaving).findings, [end], leaving);
    const counted = `${top}let n = count("access")  touch(0xFFFFFFFFFFFFF000, 0x1000, r, as: kernel)  expect count("access") == n + 1`;
    assert.deepEqual(run('vm-region', counted).findings, []);
  });

  it('a region of the kernel half has its 64-bit addresses in values, dumps and the exclusive end of the space', () => {
    const { prints, findings } = run(
      'vm-region',
      `
  let k = vm_region_create(parent: none, name: "top", offset: 0xFFFFFFFFFFFFF000, region_len: 0x1000, prot: 3)
  print obj(k).e_address == 0xFFFFFFFFFFFFF000
  print contains(output(vm_region_dump(k)), "region 0xfffffffffffff000-0x10000000000000000 off=0xfffffffffffff000 size=0x1000")
  let whole = vm_region_create(parent: none, name: "user", offset: 0x7FFFFFFFF000, region_len: 0x1000, prot: 0xB)
  print contains(output(vm_region_dump(whole)), "region 0x7ffffffff000-0x800000000000 ")`,
    );
    assert.deepEqual([prints, findings], [['true', 'true', 'true'], []]);
  });
});
