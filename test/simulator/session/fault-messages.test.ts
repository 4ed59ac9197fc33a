/** What is said of a refused access: the error, the access, and one reason from the kernel's data. Nothing twice. */
import { strict as assert } from 'node:assert';
import { runToEnd, simulationOfFile } from './simulations.ts';

type Kernel = 'almos-mkh' | 'vm-region' | 'lunaix' | 'haiku';

const head = 'file "/f" { size 6000 }\nprocess shell { code 2 pages data 2 pages }\n';

/** The message of the first error, with hexadecimal numbers of ranges left as they are. */
function messageOf(kernel: Kernel, body: string): string {
  const { diagnostics } = runToEnd(simulationOfFile(`kernel ${kernel}\n${head}as shell {\n${body}\n}`)).world.script;
  return diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'no error';
}

const cases: readonly (readonly [what: string, body: string, expected: Readonly<Partial<Record<Kernel, string>>>])[] = [
  [
    'nothing is mapped, and nothing is near',
    'read(0x50000000)',
    {
      'almos-mkh': 'SEGV (EINVAL): read at 0x50000000: no vseg holds the address; nothing is mapped near it',
      'vm-region': 'SEGV (NO_ENTRY): read at 0x50000000: no region holds the address; nothing is mapped near it',
      lunaix: 'SEGV (SIGSEGV): read at 0x50000000: no mm_region holds the address; nothing is mapped near it',
    },
  ],
  [
    'nothing is mapped, but something is near',
    'write(shell.data + 3 pages, 1)',
    {
      'almos-mkh':
        'SEGV (EINVAL): write at 0x405000: no vseg holds the address; it is 4 KiB beyond the last byte of vseg data [0x402000, 0x404000)',
      'vm-region':
        'SEGV (NO_ENTRY): write at 0x405000: no region holds the address; it is 4 KiB beyond the last byte of region data [0x402000, 0x404000)',
      lunaix:
        'SEGV (SIGSEGV): write at 0x405000: no mm_region holds the address; it is 1 byte beyond the last byte of mm_region heap [0x404000, 0x405000)',
    },
  ],
  [
    'a write to what may only be read',
    'let a = mmap(64KiB, r)\nwrite(a, 1)',
    {
      'almos-mkh': 'SEGV (EACCES): write at 0x2000000: vseg anonymous [0x2000000, 0x2010000) allows r',
      'vm-region':
        'SEGV (ACCESS_DENIED): write at 0x100000000000: region anonymous [0x100000000000, 0x100000010000) allows r',
      lunaix: 'SEGV (SIGSEGV): write at 0x405000: mm_region anonymous [0x405000, 0x415000) allows r',
      haiku: 'SEGV (ERR_VM_PF_BAD_PERM): write at 0x100000: vm_region anon [0x100000, 0x110000) allows r',
    },
  ],
  [
    'data is executed',
    'fetch(shell.data)',
    {
      'almos-mkh': 'SEGV (EACCES): fetch at 0x402000: vseg data [0x402000, 0x404000) allows rw',
      'vm-region': 'SEGV (ACCESS_DENIED): fetch at 0x402000: region data [0x402000, 0x404000) allows rw',
    },
  ],
  [
    'the guard of a stack',
    'read(shell.stack + 8)',
    {
      lunaix:
        'SEGV (SIGSEGV): read at 0xbffc0008: the address is in the guard page [0xbffc0000, 0xbffc1000) of mm_region stack [0xbffc0000, 0xc0000000), which nobody may touch',
    },
  ],
  [
    'beyond the end of a file',
    'let a = mmap(4 pages, r, kind: shared, file: "/f")\nread(a + 3 pages)',
    {
      'almos-mkh': 'BUS (EIO): read at 0x2003000: the page lies beyond the end of file “/f”, which has 6000 bytes',
    },
  ],
  [
    'an address of the kernel',
    'read(0xF0000000)',
    {
      lunaix: 'SEGV (SIGSEGV): read at 0xf0000000: the address belongs to the kernel',
      haiku: 'SEGV (ERR_VM_PF_BAD_ADDRESS): read at 0xf0000000: the address belongs to the kernel',
    },
  ],
  [
    'an address of the kernel’s half',
    'read(0xFFFF900000000000)',
    { 'vm-region': 'SEGV (NO_ENTRY): read at 0xffff900000000000: the address belongs to the kernel' },
  ],
  [
    'an address that is none',
    'read(0x900000000000)',
    {
      'vm-region': 'SEGV (NO_ENTRY): read at 0x900000000000: bits 63 to 48 of an address must copy bit 47',
    },
  ],
  [
    'no memory is left',
    'let a = mmap(64KiB, rw)\ninject page-alloc fails\nwrite(a, 1)',
    {
      'almos-mkh':
        'OOM (ENOMEM): write at 0x2000000: no memory is left for the page of vseg anonymous [0x2000000, 0x2010000)',
      'vm-region':
        'OOM (NO_MEMORY): write at 0x100000000000: no memory is left for the page or its page tables of region anonymous [0x100000000000, 0x100000010000)',
      lunaix:
        'OOM (ENOMEM): write at 0x405000: no memory is left for the page or its page tables of mm_region anonymous [0x405000, 0x415000)',
    },
  ],
  [
    'no memory is left for the copy of a page',
    'let a = mmap(64KiB, rw)\nwrite(a, 1)\nlet _c = fork()\ninject page-alloc fails\nwrite(a, 2)',
    {
      'almos-mkh':
        'OOM (ENOMEM): write at 0x2000000: no memory is left for the page of vseg anonymous [0x2000000, 0x2010000)',
      lunaix:
        'OOM (ENOMEM): write at 0x405000: no memory is left for the page or its page tables of mm_region anonymous [0x405000, 0x415000)',
    },
  ],
  [
    'the file could not be read',
    'let a = mmap(4096, r, kind: file, file: "/f")\ninject file-read fails\nread(a)',
    {
      lunaix:
        'SEGV (SIGSEGV): read at 0x405000: the page of mm_region file “/f” [0x405000, 0x406000) could not be read',
      haiku: 'BUS (ERR_IO_ERROR): read at 0x100000: the page of vm_region /f [0x100000, 0x101000) could not be read',
    },
  ],
  [
    'the file of a shared mapping could not be read',
    'let a = mmap(4096, r, kind: shared, file: "/f")\ninject file-read fails\nread(a)',
    {
      'almos-mkh': 'BUS (EIO): read at 0x2000000: the page of vseg file “/f” [0x2000000, 0x2001000) could not be read',
      'vm-region':
        'BUS (MEMORY_FAULT): read at 0x100000000000: the page of region file “/f” [0x100000000000, 0x100000001000) could not be read',
    },
  ],
  [
    'an address in neither half',
    'read(16)',
    { haiku: 'SEGV (ERR_VM_PF_FATAL): read at 0x10: the address is outside the address space' },
  ],
];

describe('session: what is said of a refused access', () => {
  for (const [what, body, byKernel] of cases) {
    for (const [kernel, expected] of Object.entries(byKernel)) {
      it(`${what} (${kernel})`, () => {
        assert.equal(messageOf(kernel as Kernel, body), expected);
      });
    }
  }
});
