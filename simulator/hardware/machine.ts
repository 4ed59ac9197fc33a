import { Access } from './access.ts';
import type { FaultKind } from './access-status.ts';
import type { Disk } from './block-device.ts';
import { resetCores } from './core-registers.ts';
import type { Counters } from './counters.ts';
import { createCounters } from './counters.ts';
import type { DeviceWindow } from './device-window.ts';
import type { Network } from './interconnect.ts';
import { createNetwork } from './interconnect.ts';
import type { LinearMemory } from './linear-memory.ts';
import { createLinearMemory } from './linear-memory.ts';
import type { MachineConfig } from './machine-config.ts';
import { validateConfig } from './machine-config.ts';
import type { RegionNote } from './region-log.ts';
import type { Terminal } from './terminal.ts';
import type { Cause, Trace } from './trace-event.ts';
import type { VirtualAddress } from './word.ts';

export { Access } from './access.ts';

export interface MmuFault {
  kind: FaultKind;
  core: number;
  va: VirtualAddress;
  access: Access;
  user: boolean;
  /** As the exception register of the paging format has it. */
  code: number;
  /** Depth of the entry that refused, 1 for the root table; 0 if no table was read. */
  level: number;
}

/** The whole machine, as plain data. */
export interface Machine {
  readonly config: MachineConfig;
  readonly memory: LinearMemory;
  readonly counters: Counters;
  readonly trace: Trace;
  readonly disk: Disk;
  readonly terminal: Terminal;
  readonly devices: DeviceWindow[];
  readonly network: Network;
  /** About the last refused access; overwritten by the next. */
  readonly fault: MmuFault;
  readonly cause: Cause;
  readonly regionLog: RegionNote[];
  /** A kernel's last words; the machine then stands still. */
  panic: string | null;
}

export function createMachine(config: MachineConfig): Machine {
  const problems = validateConfig(config);
  if (problems.length > 0)
    throw new Error(problems.map((problem) => `${problem.setting}: ${problem.message}`).join('; '));
  const machine: Machine = {
    config,
    memory: createLinearMemory(config),
    counters: createCounters(config),
    trace: { on: false, sequence: 0, events: [] },
    disk: { files: [] },
    terminal: { lines: [] },
    devices: [],
    network: createNetwork(config.mesh.width * config.mesh.height),
    fault: { kind: 'none', core: 0, va: 0, access: Access.read, user: false, code: 0, level: 0 },
    cause: { core: 0, owner: 0, thread: '', line: 0, step: 0, event: -1 },
    regionLog: [],
    panic: null,
  };
  resetCores(machine);
  return machine;
}
