/** A refused call says which numbered step of the kernel refused it, and why. */
import { strict as assert } from 'node:assert';
import { runToEnd, simulationOfFile } from './simulations.ts';

const head = 'file "/f" { size 6000 }\nprocess shell { code 2 pages data 2 pages }\n';

function messageOf(kernel: string, body: string): string {
  const { diagnostics } = runToEnd(simulationOfFile(`kernel ${kernel}\n${head}as shell {\n${body}\n}`)).world.script;
  return diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'no error';
}

const cases: readonly (readonly [kernel: string, body: string, message: string])[] = [
  ['almos-mkh', 'munmap(0x30000000, 4096)', 'munmap failed with EINVAL: vmm_remove_region 3: no vseg holds 0x30000000'],
  [
    'almos-mkh',
    'let a = mmap(1 page, r)\nmunmap(a, 2 pages)',
    'munmap failed with EINVAL: vmm_remove_region 3: [0x02000000, 0x02002000) goes beyond the ANON vseg [0x02000000, 0x02001000)',
  ],
  [
    'vm-region',
    'munmap(mmap(64KiB, r) + 1, 4096)',
    'munmap failed with INVALID_ARGUMENT: vm_region_unmap 1: 0x100000000001 is not page-aligned',
  ],
  [
    'haiku',
    'let a = mmap(8 pages, rw)\nmunmap(a + 1 page, 1 page)',
    'munmap failed with ERR_INVALID_ARGS: step 1: region “anon” [0x00100000, 0x00108000) sticks out of [0x00101000, 0x00102000)',
  ],
  ['almos-mkh', 'mmap(0, rw)', 'mmap failed with EINVAL: sys_mmap 1: the length is 0'],
  ['vm-region', 'mmap(0, rw)', 'mmap failed with INVALID_ARGUMENT: vm_region_map_object 1: the length is 0'],
  ['lunaix', 'mmap(4096, rw, at: 0x10000001)', 'mmap failed with EINVAL: sys_mmap 1: 0x10000001 is not page-aligned'],
  ['haiku', 'mmap(0, rw)', 'mmap failed with ERR_VM_BAD_ADDRESS: find_and_insert_region_slot 1: the size is 0'],
  [
    'vm-region',
    'mprotect(mmap(4096, rw), 4096, w)',
    'mprotect failed with INVALID_ARGUMENT: task_protect 1: w and x need r as well',
  ],
  ['vm-region', 'brk(1)', 'brk failed with INVALID_ARGUMENT: 0x1 is outside the heap’s room, 0x10000000 to 0x50000000'],
  ['lunaix', 'brk(1)', 'brk failed with EINVAL: mem_adjust_inplace 1: before its start'],
  ['haiku', 'brk(1)', 'brk failed with ERR_UNIMPLEMENTED: the heap never shrinks'],
  ['almos-mkh', 'exec("/none")', 'exec failed with ENOENT: process_make_exec 1: there is no file “/none”'],
  ['vm-region', 'exec("/none")', 'exec failed with NO_ENTRY: there is no file “/none”'],
  ['lunaix', 'exec("/none")', 'exec failed with ENOENT: there is no file “/none”'],
  ['haiku', 'exec("/none")', 'exec failed with ERR_VFS_PATH_NOT_FOUND: there is no file “/none”'],
  [
    'vm-region',
    'inject page-alloc fails\nfork()',
    'fork failed with NO_MEMORY: pmap_create 1: a zeroed frame for the PML4; none',
  ],
  ['lunaix', 'inject page-alloc fails\nfork()', 'fork failed with ENOMEM: sys_fork 3: vmroot 0: delete the child'],
  ['haiku', 'inject object-alloc fails\nfork()', 'fork failed with ERR_NO_MEMORY: no memory is left for the process'],
  // Called by its own name, the function needs none in the message.
  [
    'almos-mkh',
    'vmm_get_vseg(process: shell, vaddr: 0x50000000)',
    'vmm_get_vseg failed with EINVAL: step 2: local is the reference',
  ],
  // A quota names its option.
  [
    'almos-mkh { vsegQuota 6 }',
    'mmap(1 page, rw)\nmmap(1 page, rw)\nmmap(1 page, rw)\nmmap(1 page, rw)\nmmap(1 page, rw)\nmmap(1 page, rw)',
    'mmap failed with ENOMEM: vmm_create_vseg 4: cluster (0,0) has as many vseg descriptors as vsegQuota 6 allows',
  ],
  [
    'almos-mkh { processQuota 1 }',
    'fork(at: (0,0))',
    'fork failed with ENOMEM: process_make_fork 3: cluster (0,0) has as many process descriptors as processQuota 1 allows',
  ],
  [
    'almos-mkh { threadQuota 1 }',
    'fork(at: (0,0))',
    'fork failed with ENOMEM: process_make_fork 5: cluster (0,0) has as many thread descriptors as threadQuota 1 allows',
  ],
];

describe('session: the step that refused a call', () => {
  for (const [kernel, body, message] of cases) {
    it(`${kernel}: ${body.split('\n').at(-1) ?? ''}`, () => {
      assert.equal(messageOf(kernel, body), message);
    });
  }

  it('comes with the answer of a remote procedure call', () => {
    const text = `kernel almos-mkh\n${head}thread guest of shell at (1,0)\nas guest { munmap(0x30000000, 4096) }`;
    const { diagnostics } = runToEnd(simulationOfFile(text)).world.script;
    assert.equal(
      diagnostics.at(-1)?.message,
      'munmap failed with EINVAL: vmm_remove_region 3: no vseg holds 0x30000000',
    );
  });
});
