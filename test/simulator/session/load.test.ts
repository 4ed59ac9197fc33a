/** `process NAME load "PATH"`: the segments of an ELF file become regions, its bytes their contents, on every kernel. */
import { strict as assert } from 'node:assert';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { elf } from './elf-file.ts';
import { findingsOf, runToEnd, simulationOfFile } from './simulations.ts';

/** One segment at 0x401000: 0x800 bytes of the file, from 0x1000 on, and 0x1000 of zeros behind them. */
function program(bits: 32 | 64, flags: number): Uint8Array {
  const bytes = elf(bits, { flags });
  for (let index = 0; index < 0x800; index++) bytes[0x1000 + index] = index % 251;
  return bytes;
}

const READ_EXECUTE = 5;
const READ_WRITE = 6;

describe('session: programs from ELF files', () => {
  for (const kernel of wholeKernels) {
    for (const bits of [32, 64] as const) {
      it(`${kernel.name}: the bytes, and zeros behind them (${String(bits)} bits)`, () => {
        const text = `kernel ${kernel.name}
process p load "program.elf"
as p {
    expect read(0x401000, size: 4) == 0x03020100
    expect read(0x401000 + 250, size: 1) == 250
    expect read(0x401000 + 251, size: 1) == 0
    expect read(0x4017fc, size: 4) == ${String(bytesAt(0x7fc))}
    expect read(0x401800, size: 4) == 0
    expect read(0x4027f0, size: 4) == 0
    fetch(0x401010)
    expect write(0x401000, 1) fails SEGV
    expect region(0x401000).prot == rx
    let a = mmap(4096, rw)
    write(a, 5)
    expect read(a) == 5
}`;
        const simulation = runToEnd(simulationOfFile(text, { assets: { 'program.elf': program(bits, READ_EXECUTE) } }));
        assert.deepEqual(findingsOf(simulation), []);
        assert.equal(simulation.world.script.passed, 9);
      });
    }

    it(`${kernel.name}: a writable segment is each process's own`, () => {
      const text = `kernel ${kernel.name}
process p load "program.elf"
process q load "program.elf"
as p { write(0x401000, 77) write(0x402000, 78) expect read(0x401000) == 77 }
as q { expect read(0x401000, size: 4) == 0x03020100 expect read(0x402000) == 0 }`;
      const simulation = runToEnd(simulationOfFile(text, { assets: { 'program.elf': program(32, READ_WRITE) } }));
      assert.deepEqual(findingsOf(simulation), []);
    });
  }

  it('what cannot be loaded is an error at the statement', () => {
    const text = 'kernel almos-mkh\nprocess p load "program.elf"\nprint 1';
    for (const [assets, message] of [
      [{}, /^WALK226 the file program\.elf could not be read/],
      [{ 'program.elf': new Uint8Array(100) }, /^WALK226 program\.elf cannot be loaded: it is not an ELF file/],
    ] as const) {
      const simulation = runToEnd(simulationOfFile(text, { assets }));
      assert.match(findingsOf(simulation)[0] ?? '', message);
      assert.deepEqual(simulation.world.script.prints, []);
    }
  });
});

function bytesAt(offset: number): number {
  let value = 0;
  for (let index = 3; index >= 0; index--) value = value * 256 + ((offset + index) % 251);
  return value;
}
