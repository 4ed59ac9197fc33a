/** Handles of kernel objects, locks, and the members of processes and threads, as scenarios read them. */
import { strict as assert } from 'node:assert';
import { runToEnd, simulationOfFile } from './simulations.ts';

const shell = 'process shell { code 2 pages data 1 page }\n';

function errorsOf(text: string): string[] {
  const simulation = runToEnd(simulationOfFile(text));
  return simulation.world.script.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, range }) => `${String(range.line)}:${String(range.column)} ${code} ${message}`);
}

/** The last line uses an object that the line before had freed; `<` marks the place that is blamed. */
const freed: readonly (readonly [string, string, string])[] = [
  [
    'almos-mkh',
    `${shell}as shell { let a = mmap(4096, rw) let v = vmm_get_vseg(process: shell, vaddr: a) expect v.vpn_size == 1 }
as shell { munmap(a, 4096) }
print <v.vpn_base`,
    'WALK219 vseg was freed by vmm_remove_vseg step 3',
  ],
  [
    'vm-region',
    `let O = vm_object_create("o", 1, 0x4000, rw)
let o = obj(O)
print o.vo_size
handle_close(O)
print <o.vo_size`,
    'WALK219 vm_object was freed by vm_object_destroy step 3',
  ],
  [
    'lunaix',
    `${shell}as shell { let a = mmap(4096, rw) let r = region_get(shell.mm.regions, a) expect r.start == a }
as shell { munmap(a, 4096) }
print <r.start`,
    'WALK219 mm_region #7 was freed by region_release step 4',
  ],
  [
    'lunaix',
    `${shell}as shell { let a = mmap(4096, rw) let r = region_get(shell.mm.regions, a) munmap(a, 4096) }
as shell { mem_unmap_region(mnt: VMS_SELF, <r: r) }`,
    'WALK219 mm_region #7 was freed by region_release step 4',
  ],
];

describe('session: handles of kernel objects', () => {
  for (const [kernel, marked, expected] of freed) {
    it(`a freed one names the step that freed it (${kernel}: ${marked.split('\n').at(-1) ?? ''})`, () => {
      const lines = `kernel ${kernel}\n${marked}`.split('\n');
      const line = lines.findIndex((text) => text.includes('<'));
      const column = (lines[line] as string).indexOf('<') + 1;
      assert.deepEqual(errorsOf(lines.join('\n').replace('<', '')), [
        `${String(line + 1)}:${String(column)} ${expected}`,
      ]);
    });
  }

  it('compare by identity, and read their members when they are evaluated', () => {
    assert.deepEqual(
      errorsOf(`kernel lunaix
${shell}as shell {
    let a = mmap(3 pages, rw)
    let r = region_get(shell.mm.regions, a)
    let s = region_get(shell.mm.regions, a + 4096)
    expect r == s
    expect r != region_get(shell.mm.regions, shell.code)
    expect r.end == a + 3 pages
    munmap(a + 2 pages, 1 page)
    expect r.end == a + 2 pages
    expect region_get(shell.mm.regions, 0x1000) == none
}`),
      [],
    );
  });

  it('a member that there is not', () => {
    assert.deepEqual(errorsOf(`kernel lunaix\n${shell}print shell.mm.nonsense`), [
      '3:7 WALK218 proc_mm #1 has no member nonsense',
    ]);
  });
});

describe('session: locks', () => {
  const almos = `machine tsar { mesh 1x1  cores 2 }\nkernel almos-mkh\n${shell}thread helper of shell at (0,0,1)\n`;

  it('have holder, readers and waiters, threads by their values', () => {
    assert.deepEqual(
      errorsOf(`kernel lunaix
${shell}process other { code 1 page data 0 }
expect kernel.vm_klock.holder == none
expect length(kernel.vm_klock.readers) == 0
expect length(kernel.vm_klock.waiters) == 0
as other { let m = mmap(4096, rw) }
as shell {
    vmm_mount_pd(mnt: VMS_MOUNT_1, pa: other.mm.vmroot)
    let t = procvm_enter_remote_transaction(mm: other.mm, vm_mnt: VMS_MOUNT_1, remote_base: m, size: 0x10)
    expect length(kernel.vm_klock.waiters) == 0
    procvm_exit_remote_transaction(t.rvmctx)
    vmm_unmount_pd(mnt: VMS_MOUNT_1)
}`),
      [],
    );
  });

  it('name who holds and who waits while several run', () => {
    const simulation = simulationOfFile(`${almos}as shell { let a = mmap(4 pages, rw) }
parallel seed 1 {
    as shell { for i in 0..8 { let b = mmap(4096, rw) munmap(b, 4096) } }
    as helper { for j in 0..8 { let c = mmap(4096, rw) munmap(c, 4096) } }
}`);
    const { scenario } = simulationOfFile(
      'kernel almos-mkh\nprocess shell { code 0 data 0 }\nprint shell.vmm.vsegs_lock.holder\nprint shell.vmm.vsegs_lock.waiters\nprint shell.vmm.vsegs_lock.readers',
    );
    const questions = scenario.body.flatMap((statement) => (statement.kind === 'print' ? [statement.value] : []));
    const seen = new Set<string>();
    while (simulation.advance({ kind: 'instruction' }, 100_000).reason !== 'end') {
      if (simulation.bindings().get('a') === undefined) continue;
      const [holder, waiters, readers] = questions.map((question) => simulation.evaluate(question));
      assert.ok(Array.isArray(waiters) && Array.isArray(readers));
      for (const [role, value] of [['holder', holder], ...waiters.map((one) => ['waiter', one] as const)] as const) {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
        assert.equal(value.kind, 'thread');
        if (value.kind === 'thread') seen.add(`${role} ${value.thread.name}`);
      }
    }
    assert.deepEqual([...seen].sort(), ['holder helper', 'holder shell', 'waiter helper', 'waiter shell']);
  });
});

describe('session: members of processes and threads', () => {
  /** vm-region leaves the lowest page of a stack unmapped (section 7). */
  const starts: readonly (readonly [kernel: string, code: string, data: string, guard: string])[] = [
    ['almos-mkh', '0x400000', '0x402000', '0'],
    ['vm-region', '0x400000', '0x402000', '0x1000'],
    ['lunaix', '0x400000', '0x402000', '0'],
  ];
  for (const [kernel, code, data, guard] of starts) {
    it(`.code .data .stack of ${kernel} are where the parts begin`, () => {
      assert.deepEqual(
        errorsOf(`kernel ${kernel}
${shell}as shell {
    expect shell.code == ${code}
    expect shell.data == ${data}
    expect region(shell.code).kind == code
    expect region(shell.data).kind == data
    expect region(shell.stack + ${guard}).kind == stack
    expect region(shell.stack + ${guard}).start == shell.stack + ${guard}
    fetch(shell.code)
    write(shell.data, 5)
    expect read(shell.data) == 5
    expect read(shell.code, size: 1) == 0x90
    expect write(shell.code, 1) fails SEGV
}`),
        [],
      );
    });

    it(`.pid .name .alive .exit .parent of ${kernel}, before and after the end`, () => {
      assert.deepEqual(
        errorsOf(`kernel ${kernel}
${shell}as shell {
    let child = fork()
    let other = fork()
    expect child.pid != shell.pid
    expect child.name == "child"
    expect child.alive and child.exit == none
    expect child.parent == shell
}
as child { exit(code: 3) }
expect not child.alive
expect child.exit == 3
as other { expect read(8) kills SEGV }
expect not other.alive
expect other.exit != none
expect shell.alive`),
        [],
      );
    });

    it(`a statement as a process that has ended is an error (${kernel})`, () => {
      const [found = ''] = errorsOf(`kernel ${kernel}\n${shell}as shell { exit() }\nas shell { read(shell.code) }`);
      assert.match(found, /^4:1?\d? ?.*WALK210 process shell has ended: no statement can run as it/);
    });
  }

  it('.process .core .name .alive of a thread', () => {
    assert.deepEqual(
      errorsOf(`kernel almos-mkh
${shell}thread helper of shell at (1,0,1)
expect helper.process == shell
expect helper.name == "helper"
expect helper.core == 5
as helper { thread_exit() }
expect not helper.alive
expect shell.alive`),
      [],
    );
  });
});
