import { strict as assert } from 'node:assert';
import { setPageTableRoot } from '../../../simulator/hardware/core.ts';
import { presetNames, presets, type Preset } from '../../../simulator/hardware/machine-config.ts';
import { Access, createMachine } from '../../../simulator/hardware/machine.ts';
import { translate } from '../../../simulator/hardware/mmu.ts';
import { zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { machineAddress } from '../../../simulator/hardware/virtual-address.ts';
import type { Activity } from '../../../simulator/execution/activity.ts';
import { enterTrap } from '../../../simulator/execution/cause.ts';
import { eventText } from '../../../simulator/inspect/event-text.ts';

/** What is told of a refused access with an empty root table. */
function told(preset: Preset, address: bigint, access: Access, root = 0x100): string {
  const machine = createMachine({ ...presets[preset], mesh: { width: 1, height: 1 } });
  for (const frame of [0x100, 0x101]) zeroFrame(machine, frame);
  setPageTableRoot(machine, 0, root);
  const bits = preset === 'x86-64' ? 48 : preset === 'rv64' ? 39 : 32;
  assert.equal(translate(machine, 0, machineAddress(address, bits), access, true), -1);
  machine.trace.on = true;
  machine.cause.thread = 'main';
  const activity = { cause: -1, engine: { machine } } as unknown as Activity;
  enterTrap({ machine, activity, cluster: 0 }, machine.fault);
  const [event] = machine.trace.events;
  assert.ok(event !== undefined);
  return eventText({ machine }, event);
}

const { read, write, fetch } = Access;
const wide = '0x0000000000001000';

describe('what is told of a trap', () => {
  const absent: Readonly<Record<Preset, readonly [string, string, string]>> = {
    tsar: [
      'read of 0x00001000 by main on core 0 traps: MMU_DETR 0x1001 (PT1_UNMAPPED), MMU_DBVAR 0x00001000',
      'write to 0x00001000 by main on core 0 traps: MMU_DETR 0x0001 (PT1_UNMAPPED), MMU_DBVAR 0x00001000',
      'fetch from 0x00001000 by main on core 0 traps: MMU_IETR 0x1001 (PT1_UNMAPPED), MMU_IBVAR 0x00001000',
    ],
    i386: [
      'read of 0x00001000 by main on core 0 traps: error code 0x4 (user), CR2 0x00001000',
      'write to 0x00001000 by main on core 0 traps: error code 0x6 (write, user), CR2 0x00001000',
      'fetch from 0x00001000 by main on core 0 traps: error code 0x4 (user), CR2 0x00001000',
    ],
    'x86-64': [
      `read of ${wide} by main on core 0 traps: error code 0x4 (user), CR2 ${wide}`,
      `write to ${wide} by main on core 0 traps: error code 0x6 (write, user), CR2 ${wide}`,
      `fetch from ${wide} by main on core 0 traps: error code 0x14 (user, fetch), CR2 ${wide}`,
    ],
    rv64: [
      `read of ${wide} by main on core 0 traps: scause 13 (load page fault), stval ${wide}`,
      `write to ${wide} by main on core 0 traps: scause 15 (store/AMO page fault), stval ${wide}`,
      `fetch from ${wide} by main on core 0 traps: scause 12 (instruction page fault), stval ${wide}`,
    ],
  };
  for (const preset of presetNames) {
    it(`on ${preset}, by its own registers`, () => {
      assert.deepEqual(
        [read, write, fetch].map((access) => told(preset, 0x1000n, access)),
        absent[preset],
      );
    });
  }
  it('with the whole address where it is not sign-extended', () => {
    assert.match(told('rv64', 0x40_0000_0000n, write), /scause 15 .*, stval 0x0000004000000000$/);
    assert.match(told('x86-64', 0x8000_0000_0000n, read), /error code 0x0 \(#GP\)/);
  });
  it('as an access fault where no memory answers', () => {
    assert.match(told('rv64', 0x1000n, read, 2 ** 30), /scause 5 \(load access fault\)/);
    assert.match(told('i386', 0x1000n, read, 2 ** 19), /0x0 \(no memory\)/);
  });
});
