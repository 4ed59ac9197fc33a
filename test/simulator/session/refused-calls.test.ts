/** Calls that fail because something stands in the way, or a mask forbids a protection: codes of their own, and the reason. */
import { strict as assert } from 'node:assert';
import { runToEnd, simulationOfFile } from './simulations.ts';

const regions = `let R = vm_region_create(none, "root", 4, 0x1000, 0x7FFFFFFFE000, rwxu)
let A = vm_region_create(R, "a", 1, 0xFF000, 0x10000, rwu)
let O = vm_object_create("o", 1, 0x4000, rw)
let RO = vm_object_create("ro", 2, 0x4000, r)
`;
const shell = 'process shell { code 1 page data 0 }\n';
const file = 'file "/f" { size 8KiB }\n';

const cases: readonly (readonly [kernel: string, text: string, finding: string])[] = [
  [
    'vm-region',
    `${regions}vm_region_create(R, "b", 1, 0xFE000, 0x2000, rwu)`,
    'WALK229 vm_region_create failed with ALREADY_EXISTS: step 6: region “a” stands at [0x100000, 0x110000)',
  ],
  [
    'vm-region',
    `${regions}vm_region_map_object(A, 0x1000, O, 0, 0x2000, rwu)\nvm_region_map_object(A, 0x2000, O, 0, 0x1000, rwu)`,
    'WALK229 vm_region_map_object failed with ALREADY_EXISTS: step 8d: a mapping of object “o” stands at [0x101000, 0x103000)',
  ],
  [
    'vm-region',
    `${regions}vm_region_create(A, "x", 1, 0, 0x1000, rwxu)`,
    'WALK230 vm_region_create failed with ACCESS_DENIED: step 3: rwxu goes beyond the mask of region “a”, rw-u',
  ],
  [
    'vm-region',
    `${regions}vm_region_map_object(A, 0, RO, 0, 0x1000, rwu)`,
    'WALK230 vm_region_map_object failed with ACCESS_DENIED: step 4: rw-- goes beyond the mask of object “ro”, r---',
  ],
  [
    'vm-region',
    `${regions}vm_region_map_object(R, 0xFF000, O, 0, 0x1000, rwxu)`,
    'WALK230 vm_region_map_object failed with ACCESS_DENIED: step 4: rwx- goes beyond the mask of object “o”, rw--',
  ],
  [
    'vm-region',
    `${regions}let X = vm_object_create("x", 1, 0x4000, rwx)\nvm_region_map_object(R, 0xFF000, X, 0, 0x1000, rwxu)`,
    'WALK230 vm_region_map_object failed with ACCESS_DENIED: step 8b: rwxu goes beyond the mask of region “a”, rw-u',
  ],
  [
    'vm-region',
    `${file}${shell}as shell { let a = mmap(2 pages, rw, kind: shared, file: "/f")\nmprotect(a, 4096, rx) }`,
    'WALK230 mprotect failed with ACCESS_DENIED: task_protect 2: r-x- goes beyond the mask of object “/f”, rw--',
  ],
  [
    'vm-region',
    `${shell}as shell { let a = mmap(2 pages, rw)\nmmap(1 page, rw, at: a + 4096) }`,
    'WALK229 mmap failed with ALREADY_EXISTS: vm_region_map_object 8d: a mapping of object “anon” stands at [ADDRESS, ADDRESS)',
  ],
  [
    'haiku',
    `${shell}as shell { let a = mmap(2 pages, rw)\nmmap(1 page, rw, at: a + 4096) }`,
    'WALK229 mmap failed with ERR_VM_NO_REGION_SLOT: find_and_insert_region_slot 6: region “anon” stands at [ADDRESS, ADDRESS)',
  ],
  [
    'lunaix',
    `${shell}as shell { let a = mmap(2 pages, rw)\nmmap(1 page, rw, at: a + 4096) }`,
    'WALK229 mmap failed with EEXIST: mem_map 2: a region stands at [ADDRESS, ADDRESS)',
  ],
];

describe('session: calls that are refused', () => {
  for (const [kernel, text, expected] of cases) {
    it(`${kernel}: ${text.split('\n').at(-1) ?? ''}`, () => {
      const { diagnostics } = runToEnd(simulationOfFile(`kernel ${kernel}\n${text}`)).world.script;
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      const said = errors.map(({ code, message }) => `${code} ${message}`);
      const isOfMmap = expected.includes('ADDRESS');
      assert.deepEqual(isOfMmap ? said.map((one) => one.replace(/0x[0-9a-f]+/g, 'ADDRESS')) : said, [expected]);
      assert.equal(errors[0]?.range.line, text.split('\n').length + 1);
      if (!isOfMmap) return;
      const mapping = text.split('\n').findIndex((line) => line.includes('let a = ')) + 2;
      assert.deepEqual(
        (errors[0]?.related ?? []).map(({ message, range }) => `${String(range.line)} ${message}`),
        [`${String(mapping)} mapped here`],
      );
    });
  }

  /** Arguments that no kernel can do anything with. */
  const senseless: readonly (readonly [string, string])[] = [
    [
      'mapper_move_buffer(mapper: v.mapper, file_offset: 0, dst: 0xfffffff, size: 100)',
      'WALK208 kernel panic: mapper_move_buffer: bus error, there is no memory at physical page 0xfffffff',
    ],
    [
      'vmm_v2p_translate(ident: false, ptr: 0x1_0000_0000)',
      'WALK225 ptr is 0x100000000, but addresses reach from 0 to 0xffffffff',
    ],
    [
      'vmm_get_pte(process: shell, vpn: 0x1000000, cow: false)',
      'WALK225 vpn is 0x1000000, but page numbers reach from 0 to 0xfffff',
    ],
    [
      'vmm_get_pte(process: shell, vpn: 0 - 1, cow: false)',
      'WALK225 vpn is -1, but page numbers reach from 0 to 0xfffff',
    ],
  ];
  for (const [call, expected] of senseless) {
    it(`almos-mkh: ${call}`, () => {
      const text = `kernel almos-mkh
file "/f" { size 8KiB }
${shell}as shell {
    let f = mmap(4096, rw, kind: shared, file: "/f")
    read(f)
    let v = vmm_get_vseg(process: shell, vaddr: f)
    print v.vpn_base
    ${call}
}`;
      const { diagnostics } = runToEnd(simulationOfFile(text)).world.script;
      assert.deepEqual(
        diagnostics.map(({ code, message }) => `${code} ${message}`),
        [expected],
      );
    });
  }

  it('a reason is of its own error only: a hint that cannot be had is no overlap', () => {
    const text = `kernel vm-region
${shell}as shell {
    let a = mmap(2 pages, rw)
    expect mmap(1 page, rw, hint: a) != a
    inject object-alloc fails after 1
    mmap(1 page, rw, hint: a)
}`;
    const { diagnostics } = runToEnd(simulationOfFile(text)).world.script;
    assert.deepEqual(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      ['WALK204 mmap failed with NO_MEMORY: vm_object_create 2: allocate it'],
    );
  });

  it('a reason is of its own call only', () => {
    const { diagnostics } = runToEnd(
      simulationOfFile(
        `kernel vm-region\n${regions}expect vm_region_map_object(A, 0, RO, 0, 0x1000, rwu) fails ACCESS_DENIED\nvm_region_map_object(A, 0, O, 0, 0, rwu)`,
      ),
    ).world.script;
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`),
      ['WALK205 vm_region_map_object failed with INVALID_ARGUMENT: step 1: the length is 0'],
    );
  });
});
