/** Two threads of a process of Haiku at micro-steps, in an order that a seed gives. */
import { strict as assert } from 'node:assert';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import type { Activity } from '../../../../simulator/execution/activity.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import type { Access } from '../../../../simulator/hardware/machine.ts';
import type { MmapArgs, ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import type { HaikuState, Process } from '../../../../simulator/kernels/haiku/base/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

export type Body = (here: Activation) => KernelGenerator<unknown>;

export const AT = 0x40_0000;
export const request: MmapArgs = {
  length: 0x2000, protection: { read: true, write: true, execute: false }, kind: 'anon', file: null, offset: 0, at: AT, hint: null,
  replace: false, cluster: null,
}; // prettier-ignore

export class Race {
  readonly driver = new KernelDriver(haiku, { config: { coresPerCluster: 2 } });
  readonly state = this.driver.state as HaikuState;
  readonly free = this.state.pages.queues.page_free_queue.count;
  readonly commit = this.state.max_commit;
  readonly regions = this.state.region_table.size;
  readonly process = this.driver.createProcess('A') as Process;
  readonly main = this.driver.mainOf(this.process);
  readonly second: ThreadObject;
  /** The region at AT. */
  readonly regionId: number;

  constructor(kind: Partial<MmapArgs>) {
    const { driver } = this;
    addFile(driver.machine, { name: '/f', cluster: 0, size: 0x3000, contents: { kind: 'fill', byte: 7 } });
    const made = driver.run(null, (here) =>
      haiku.createThread(here as never, { name: 'A2', process: this.process, core: 1 }),
    );
    assert.ok(typeof made === 'object');
    this.second = made;
    this.regionId = this.state.next_region_id;
    this.perform((here) => haiku.operations.mmap(here, { ...request, ...kind }));
  }

  perform(body: Body): unknown {
    return this.driver.run(this.main, body);
  }

  touch(thread: ThreadObject, va: number, access: Access): Body {
    return (here) => this.driver.access(here, thread, va, access);
  }

  call(name: string, args: Readonly<Record<string, unknown>>): Body {
    const found = haiku.functions.find(({ info }) => info.name === name);
    assert.ok(found !== undefined);
    return (here) => (found as unknown as (here: Activation, args: unknown) => KernelGenerator<unknown>)(here, args);
  }

  /** Both at once; what they answered. */
  run(seed: number, first: Body, second: Body): unknown[] {
    const { engine } = this.driver;
    let state = seed * 2_654_435_761 + 1;
    engine.yieldAt = 0;
    engine.policy = {
      choose: (runnable) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        // Schedules differ in who is favoured, too.
        const isFirst = (state >>> 16) % 10 <= seed % 10;
        return (isFirst ? runnable[0] : runnable.at(-1)) as Activity;
      },
    };
    const activities = [this.driver.start(this.main, 0, first), this.driver.start(this.second, 1, second)];
    assert.equal(this.driver.finish(), 'done');
    engine.yieldAt = Number.POSITIVE_INFINITY;
    return activities.map(({ result }) => result);
  }
}
