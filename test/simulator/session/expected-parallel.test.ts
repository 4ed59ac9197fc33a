import { strict as assert } from 'node:assert';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

/** Two threads of one process on two cores, and another process. */
const threads = `process shell { code 0 data 0 }
process other { code 0 data 0 }
thread helper of shell at (0,0,1)
as shell { let a = mmap(4096, rw) write(a, 0) }
`;

function outcome(text: string): { passed: number; failed: number; found: string[]; prints: string[] } {
  const simulation = runToEnd(simulationOf(threads + text));
  const { passed, failed, prints } = simulation.world.script;
  return { passed, failed, found: findingsOf(simulation), prints: prints.map(({ text: line }) => line) };
}

describe('session: expect parallel … fails', () => {
  it('an error by its name, common or the kernel’s own', () => {
    for (const error of ['SEGV', 'EINVAL']) {
      const met = outcome(
        `expect parallel { as shell { read(8) } as other { mmap(4096, rw) } } fails ${error}\nprint 1`,
      );
      assert.deepEqual(met, { passed: 1, failed: 0, found: [], prints: ['1'] }, error);
    }
  });

  it('is not met by another error, whatever its message says', () => {
    // The message of the failed expectation has the word SEGV in it; no call failed with that.
    const { passed, failed, found } = outcome(
      'expect parallel { as shell { expect read(a) fails SEGV } as other { mmap(4096, rw) } } fails SEGV',
    );
    assert.deepEqual([passed, failed], [0, 2]);
    assert.match(found.join('\n'), /WALK206 expected the blocks to fail with SEGV, but expected read\(a\) to fail/);
  });

  it('is not met where all blocks end well', () => {
    const { failed, found, prints } = outcome(
      'expect parallel { as shell { read(a) } as other { mmap(4096, rw) } } fails SEGV\nprint 1',
    );
    assert.deepEqual([failed, prints], [1, ['1']]);
    assert.match(found[0] ?? '', /but all blocks came to their ends/);
  });

  it('another failure beside the expected one still fails the run', () => {
    const { passed, found, prints } = outcome(
      'expect parallel { as shell { read(8) } as other { brk(0) } } fails SEGV\nprint 1',
    );
    assert.deepEqual([passed, prints], [1, []]);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /^WALK221 almos-mkh has no brk/);
  });

  it('a thread runs one block at a time', () => {
    const { found } = outcome('parallel { as shell { read(a) } as shell { read(a) } }');
    assert.match(found[0] ?? '', /^WALK225 shell runs a block already/);
  });
});

/** vm_klock stays with core 0 while a remote transaction is open (lunaix L11). */
const transaction = `machine i386 { mesh 1x1 cores 2 memory 16MiB }
kernel lunaix
process A { code 0 data 0 }
process B { code 3 pages data 2 pages }
process C at (0,0,1) { code 0 data 0 }
process D at (0,0,1) { code 0 data 0 }
as B { let m = mmap(0x1000, rw) }
as A {
    vmm_mount_pd(mnt: VMS_MOUNT_1, pa: B.mm.vmroot)
    let t = procvm_enter_remote_transaction(mm: B.mm, vm_mnt: VMS_MOUNT_1, remote_base: m, size: 0x10)
}
`;
const end = 'as A { procvm_exit_remote_transaction(t.rvmctx)  vmm_unmount_pd(mnt: VMS_MOUNT_1) }\n';

describe('session: after an expected deadlock', () => {
  it('who was stopped stands in no queue: the lock goes to others, and is free again', () => {
    const simulation = runToEnd(
      simulationOfFile(
        `${transaction}expect parallel { as C { mmap(0x1000, rw) } } fails DEADLOCK
expect length(kernel.vm_klock.waiters) == 0
${end}expect kernel.vm_klock.holder == none
as A { mmap(0x1000, rw) }
as D { mmap(0x1000, rw) }
as C { let c = mmap(0x1000, rw)  write(c, 1)  expect read(c) == 1 }
`,
      ),
    );
    assert.deepEqual(findingsOf(simulation), []);
    assert.equal(simulation.world.script.passed, 4);
  });

  it('an unexpected one names the open transaction', () => {
    const simulation = runToEnd(simulationOfFile(`${transaction}as C { mmap(0x1000, rw) }`));
    assert.deepEqual(findingsOf(simulation), [
      'WALK211 deadlock: C waits for vm_klock, held by A, whose remote transaction is open',
    ]);
  });

  it('of a lock between threads as well', () => {
    const simulation = runToEnd(
      simulationOfFile(`machine tsar { mesh 1x1 cores 2 memory 16MiB }
kernel almos-mkh
process shell { code 1 page data 0 }
thread helper of shell at (0,0,1)
as shell { hal_gpt_lock_pte(gpt: shell.vmm.gpt, vpn: shell.code / 4096) }
expect parallel { as helper { hal_gpt_lock_pte(gpt: shell.vmm.gpt, vpn: shell.code / 4096) } } fails DEADLOCK
as shell {
    hal_gpt_unlock_pte(gpt: shell.vmm.gpt, vpn: shell.code / 4096)
    hal_gpt_lock_pte(gpt: shell.vmm.gpt, vpn: shell.code / 4096)
    hal_gpt_unlock_pte(gpt: shell.vmm.gpt, vpn: shell.code / 4096)
}
`),
    );
    assert.deepEqual(findingsOf(simulation), []);
  });
});
