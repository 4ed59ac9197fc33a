// What calls for user programs pass on, what refusals say, and the window through which a page is written.
import { strict as assert } from 'node:assert';
import type { HaikuState } from '../../../../simulator/kernels/haiku/base/state.ts';
import type { World } from '../../../../simulator/session/state/world.ts';
import { runToEnd, simulationOfFile } from '../../session/simulations.ts';

function run(text: string): { readonly world: World; readonly error: string } {
  const { world } = runToEnd(simulationOfFile(`kernel haiku\n${text}`));
  const { diagnostics } = world.script;
  return { world, error: diagnostics.find(({ severity }) => severity === 'error')?.message ?? '' };
}

const file = 'file "/data/f" { size 8192 fill 7 }\n';
const process = 'process u1 { code 1 page data 1 page }\n';

describe('haiku: calls for user programs', () => {
  it('return the error of the creation, and leave the user’s address as it was', () => {
    const { error } = run(`${file}${process}as u1 {
      let a = mmap(4KiB, rw)
      write(a, "name")
      write(a + 0x100, "/none")
      write(a + 0x180, "/data/f")
      write(a + 0x200, 0x700001, size: 4)
      expect user_vm_map_file(a, a + 0x200, any_address, 0x1000, LOCK_RW, no_private_map, a + 0x100, 0) fails ERR_VFS_PATH_NOT_FOUND
      expect user_vm_map_file(a, a + 0x200, exact_address, 0x1000, LOCK_RW, no_private_map, a + 0x180, 0) fails ERR_VM_BAD_ADDRESS
      expect user_vm_clone_region(a, a + 0x200, any_address, 99, no_private_map, LOCK_RW) fails ERR_VM_INVALID_REGION
      expect read(a + 0x200, size: 4) == 0x700001
    }`);
    assert.equal(error, '');
  });
});

describe('haiku: windows onto physical memory', () => {
  it('exist for what can be addressed', () => {
    assert.equal(run('expect vm_get_physical_page(0x100000000) fails ERR_INVALID_ARGS\n').error, '');
  });

  it('are opened by the pageout daemon onto the page that it writes', () => {
    const { world, error } = run(`${file}process u1 { code 0 data 0 }
vm_delete_region(1, 12)
as u1 {
    let a = mmap(4KiB, rw, kind: shared, file: "/data/f")
    write(a, 1, size: 1)
    let page = vm_lookup_page(pte(a).ppn)
    daemon page-daemon on
    wait(500ms)
    daemon page-daemon off
    expect page.state == PAGE_STATE_MODIFIED
    // Another window is the one used last, until the daemon opens its own.
    let other = vm_get_physical_page(200 * 4MiB).vaddr
    vm_put_physical_page(other)
    print pte(a).ppn / 1024
    daemon pageout-daemon on
    wait(100ms)
    expect page.state == PAGE_STATE_ACTIVE
}`);
    assert.equal(error, '');
    const { iospace } = world.kernelState as HaikuState;
    assert.equal(String(iospace.mapped_paddr_lru.at(-1)), world.script.prints[0]?.text);
    assert.equal(iospace.mapped_paddr_lru.at(-2), 200);
  });
});

describe('haiku: refused commitments', () => {
  it('say how much was asked for, and what is left', () => {
    const { error } = run(
      `${process}as u1 { vm_create_anonymous_region(1, "x", 0, any_address, 0x70000000, lazy, LOCK_RW) }`,
    );
    assert.match(error, /map_backing_store 6a: 1879048192 bytes are asked for, \d+ may still be promised$/);
  });

  it('say what another store grants', () => {
    const { error } = run(`${file}${process}as u1 {
      inject commit fails
      mmap(8192, rw, kind: shared, file: "/data/f")
    }`);
    assert.match(error, /map_backing_store 6b: 8192 bytes are asked for, the store grants 0$/);
  });
});

describe('haiku: a copy in a private cache', () => {
  it('leaves the pages of those who see the cache below', () => {
    const { error } = run(`${file}${process}as u1 {
      let shared = mmap(8192, rw, kind: shared, file: "/data/f")
      let own = mmap(8192, rw, kind: file, file: "/data/f")
      read(shared)
      read(shared + 4096)
      read(own + 4096)
      let page = pte(shared).ppn
      write(own, 1)
      expect pte(own).ppn != page
      expect pte(shared).present and pte(shared).ppn == page
      expect pte(shared + 4096).present and pte(own + 4096).present
    }`);
    assert.equal(error, '');
  });
});
