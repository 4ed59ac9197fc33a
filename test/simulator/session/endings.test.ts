import { variantOf } from '../../support/kernel-variant.ts';
/** What a run says at its end: leaks, what the scenario still holds, and what the kernel's own rules say. */
import { strict as assert } from 'node:assert';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { exitCodeOf } from '../../../simulator/session/scenario/outcome.ts';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

const shell = 'process shell { code 1 page data 0 }\n';

function findings(text: string): string[] {
  return findingsOf(runToEnd(simulationOfFile(text)));
}

/** What is held, and the statements that give it back. */
const held: readonly (readonly [kernel: string, take: string, what: RegExp, give: string])[] = [
  ['almos-mkh', `let p = ppm_alloc_pages(order: 0)`, /^WALK213 scenario holds .*page/, 'ppm_free_pages(p)'],
  [
    'almos-mkh',
    `${shell}as shell { hal_gpt_lock_pte(gpt: shell.vmm.gpt, vpn: shell.code / 4096) }`,
    /^WALK213 scenario holds .*lock/,
    'as shell { hal_gpt_unlock_pte(gpt: shell.vmm.gpt, vpn: shell.code / 4096) }',
  ],
  [
    'vm-region',
    `let R = vm_region_create(none, "root", 4, 0x1000, 0x7FFFFFFFE000, rwxu)\nvm_region_lock(R)`,
    /^WALK213 scenario holds .*lock/,
    'vm_region_unlock(R)',
  ],
  [
    'lunaix',
    `${shell}process other { code 1 page data 0 }\nas shell { vmm_mount_pd(mnt: VMS_MOUNT_1, pa: other.mm.vmroot) }`,
    /^WALK213 scenario holds .*mount/i,
    'as shell { vmm_unmount_pd(mnt: VMS_MOUNT_1) }',
  ],
];

describe('session: the end of a run', () => {
  for (const [kernel, take, what, give] of held) {
    it(`${kernel}: what the scenario took and did not give back is a warning at its last statement`, () => {
      const text = `kernel ${kernel}\n${take}`;
      const simulation = runToEnd(simulationOfFile(text));
      const [found = '', ...others] = findingsOf(simulation);
      assert.match(found, what);
      assert.deepEqual(others, []);
      const { diagnostics } = simulation.world.script;
      assert.deepEqual([diagnostics[0]?.severity, exitCodeOf(diagnostics)], ['warning', 0]);
      assert.deepEqual(findings(`${text}\n${give}`), []);
    });
  }

  it('frames that nobody has any more are a leak, but only after the last exit', () => {
    // A kernel that forgets one frame: the rule is the session's, whatever the kernel.
    const kernel = variantOf(almosMkh, {}, (bound) => ({
      frame: (ppn) => ({ ...bound.frame(ppn), ...(ppn === 4000 ? { state: 'user' } : {}) }),
    }));
    const alive = runToEnd(simulationOf(shell, { kernel }));
    assert.deepEqual(findingsOf(alive), []);
    const ended = runToEnd(simulationOf(`${shell}as shell { exit() }`, { kernel }));
    assert.deepEqual(findingsOf(ended), [
      'WALK212 all processes have ended, but user frames are still taken: 1 in cluster 0',
    ]);
    assert.deepEqual(
      [ended.world.script.diagnostics[0]?.severity, exitCodeOf(ended.world.script.diagnostics)],
      ['warning', 0],
    );
  });

  for (const { name: kernel } of wholeKernels) {
    it(`${kernel} leaks nothing when all its processes end`, () => {
      const simulation = runToEnd(
        simulationOfFile(`kernel ${kernel}
process other { code 1 page data 1 page }
${shell}as shell {
    let a = mmap(8 pages, rw)
    touch(a, 8 pages, w)
    let child = fork()
    write(a, 5)
}
as child { write(a + 4096, 6) exit() }
as shell { wait() exit() }
as other { write(other.data, 1) exit() }`),
      );
      assert.deepEqual(findingsOf(simulation), []);
      const { script } = simulation.world;
      assert.deepEqual([script.broken, simulation.kernel.invariants()], [false, []]);
    });
  }

  it('a violated rule of the kernel is a bug of ours, and says so', () => {
    const kernel = variantOf(almosMkh, {}, () => ({
      invariants: () => [{ invariant: 'I7', message: 'two and two is five' }],
    }));
    const simulation = runToEnd(simulationOf(shell, { kernel }));
    assert.deepEqual(findingsOf(simulation), ['WALK215 I7: two and two is five. This is a bug of Pagewalk.']);
    assert.equal(exitCodeOf(simulation.world.script.diagnostics), 3);
  });

  it('after a panic nothing of all that is said', () => {
    const { diagnostics } = runToEnd(
      simulationOfFile(`kernel lunaix
${shell}let before = free()
as shell { procvm_enter_remote_transaction(mm: shell.mm, vm_mnt: VMS_MOUNT_1, remote_base: 0x1000, size: 1) }
print 1`),
    ).world.script;
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['WALK208'],
    );
    assert.equal(exitCodeOf(diagnostics), 1);
  });
});
