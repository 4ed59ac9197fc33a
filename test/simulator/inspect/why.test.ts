import { strict as assert } from 'node:assert';
import { createMachine } from '../../../simulator/hardware/machine.ts';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import type { CommonEvent, TraceEvent } from '../../../simulator/hardware/trace-event.ts';
import type { PageModel } from '../../../simulator/inspect/models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import type { BoundKernel } from '../../../simulator/kernels/bound-kernel.ts';
import type { ProcessObject } from '../../../simulator/kernels/kernel.ts';

const PAGE_OF_INTEREST = 0x400;

/** An entry of the table at frame 1 that a source line of process 1 sets, without a trap. */
function entrySet(id: number, line: number, more: Partial<CommonEvent<'pte-set'>['fields']> = {}): TraceEvent {
  const fields = { vpn: PAGE_OF_INTEREST, pages: 1, ppn: 100 + id, root: 1, before: 0n, after: BigInt(id), ...more };
  const head = { id, line, step: 0, cycle: id, core: 0, cluster: 0, owner: 1, thread: 'main', cause: -1 };
  return { ...head, name: 'pte-set', isOwn: false, fields };
}

/** What is told of the page after these events. */
function why(...events: readonly TraceEvent[]): string[] {
  const machine = createMachine(presets['x86-64']);
  const process = { name: 'app', pid: 5, owner: 1, alive: true, cluster: 0 } as ProcessObject;
  const kernel = {
    name: 'one-table',
    processes: () => [process],
    threads: () => [],
    regions: () => [],
    tables: () => [{ cluster: 0, root: 1, role: '' }],
    freeFrames: () => 100,
  } as unknown as BoundKernel;
  let told: (events: readonly TraceEvent[]) => void = () => undefined;
  const inspector = new Inspector({
    kernel,
    world: { machine, kernelState: null },
    currentThread: null,
    momentKey: 'now',
    onEvents: (listener) => {
      told = listener;
    },
  });
  const ask = (): PageModel => inspector.answer('page', { process: 'app', vpn: PAGE_OF_INTEREST }) as PageModel;
  ask();
  machine.trace.sequence = 100;
  told(events);
  return ask().why.map(({ line, text }) => `${String(line)}: ${text}`);
}

describe('why a page is what it is', () => {
  it('tells an entry that begins the last episode once, behind what was before', () => {
    assert.deepEqual(why(entrySet(1, 3), entrySet(2, 7)), [
      '3: before: entry set to frame 0x65',
      '7: entry set to frame 0x66',
    ]);
  });

  it('tells nothing of other pages, nor of the same page in other tables', () => {
    assert.deepEqual(why(entrySet(1, 3, { vpn: PAGE_OF_INTEREST + 1 }), entrySet(2, 4, { root: 2 }), entrySet(3, 7)), [
      '7: entry set to frame 0x67',
    ]);
  });
});
