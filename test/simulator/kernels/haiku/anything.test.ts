// A scenario may call every function with anything: the answer is the kernel's, an error of its or its panic.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Activation, KernelGenerator } from '../../../../simulator/execution/activation.ts';
import { KernelPanic } from '../../../../simulator/execution/panic.ts';
import type { FunctionInfo, Parameter } from '../../../../simulator/execution/function-info.ts';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { haiku } from '../../../../simulator/kernels/haiku/kernel.ts';
import type { HaikuState } from '../../../../simulator/kernels/haiku/base/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

type Callable = (here: Activation, args: Readonly<Record<string, unknown>>) => KernelGenerator<unknown>;

const integers = [
  0, 1, 2, 3, 4, 7, 12, 13, -1, -4096, 0x0fff, 0x1000, 0x1800, 0x10_0000, 0x10_0800, 0x20_0000, 0x2000, 0x7ffd_f000, 0x7fff_0000,
  0x7fff_1000, 0x8000_0000, 0x800c_7000, 0x9000_0000, 0x9fc0_0000, 0xb_8000, 0x6a1, 0xffff_f000, 0xffff_ffff, 2 ** 32, 2 ** 40, 2 ** 53,
]; // prettier-ignore
const names = ['', 'a', 'u1_primary_stack', '/f', '/none', '0x0', '0xzz', 'kernel_heap', 'x'.repeat(40)];

/** What scenarios can pass where an address or a length stands. */
function isMachineWord(integer: number): boolean {
  return integer >= 0 && integer < 2 ** 32;
}

function pick(values: readonly number[], choice: number): number {
  return values[choice % values.length] as number;
}

/** What there is of a type at that time; NULL first. */
function objectsOf({ region_table, aspace_table, cache_refs, vnodes, tmap_list, pageHandles }: HaikuState): object[] {
  const refs = [...cache_refs.values()];
  const spaces = [...aspace_table.values()];
  return [
    ...region_table.values(), ...spaces, ...spaces.map((space) => space.virtual_map), ...refs, ...refs.map(({ cache }) => cache),
    ...refs.map(({ cache }) => cache.store), ...vnodes.values(), ...tmap_list, ...pageHandles.values(), { type: 'hash_iterator', last: -1 },
  ]; // prettier-ignore
}

function valueFor(state: HaikuState, { type }: Parameter, choice: number): unknown {
  switch (type.kind) {
    case 'object': {
      const found = objectsOf(state).filter((object) => (object as { type: string }).type === type.type);
      return choice % 9 === 0 ? null : (found[choice % Math.max(1, found.length)] ?? null);
    }
    case 'boolean':
      return choice % 2 === 0;
    case 'string':
      return names[choice % names.length];
    case 'any':
      return [null, BigInt(choice % 64), names[choice % names.length]][choice % 3];
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [field.name, valueFor(state, field, choice)]));
    case 'list':
      return [{ base: 0x8000_0000, len: 4096 }].slice(choice % 2);
    case 'address':
    case 'size':
      return pick(integers.filter(isMachineWord), choice);
    default:
      return pick(integers, choice);
  }
}

function argumentsOf(
  state: HaikuState,
  { parameters }: FunctionInfo,
  choices: readonly number[],
): Record<string, unknown> {
  return Object.fromEntries(
    parameters.map((parameter, index) => {
      const choice = choices[index % choices.length] ?? 0;
      const isLeftOut = 'default' in parameter && choice % 5 === 0;
      return [parameter.name, isLeftOut ? parameter.default : valueFor(state, parameter, choice)];
    }),
  );
}

/** What became of a call. `isSound`: it changed nothing behind the VM's back. */
interface Called {
  readonly isDone: boolean;
  readonly isSound: boolean;
}

/** Null: it panicked. */
function call(driver: KernelDriver, isUser: boolean, entry: number, choices: readonly number[]): Called | null {
  const { state } = driver as { state: HaikuState };
  const called = haiku.functions[entry % haiku.functions.length];
  assert.ok(called !== undefined);
  const args = argumentsOf(state, called.info, choices);
  // Copies over the kernel's own memory, or over more than there is, say nothing of the functions.
  if (called.info.section.startsWith('4.5') || called.info.section === '4.60')
    for (const name of ['to', 's', 'size', 'count']) if (name in args) args[name] = (args[name] as number) % 0x40_0000;
  const thread = isUser ? (state.threads[0] ?? null) : null;
  const activity = driver.start(thread, 0, (here) => (called as unknown as Callable)(here, args));
  try {
    while (driver.engine.advance().kind === 'ran');
    if (activity.state === 'failed') throw activity.error;
  } catch (error) {
    if (error instanceof KernelPanic) return null;
    const text = JSON.stringify(args, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && 'type' in value
        ? value.type
        : typeof value === 'bigint'
          ? String(value)
          : value,
    );
    throw new Error(`${called.info.name}(${text}): ${String(error)}`, { cause: error });
  }
  if (activity.state !== 'done') driver.engine.abandon();
  const { result } = activity;
  const isError = typeof result === 'string' && called.info.errors.includes(result);
  const isSound = driver.bound.overwrites(called.info, args) === null;
  if (!isError) driver.bound.noteDirectCall(called.info, args, result, { machine: driver.machine, core: 0 });
  return { isDone: activity.state === 'done', isSound };
}

describe('haiku: functions called with anything', () => {
  it('answer, refuse, wait or panic', () => {
    const step = fc.tuple(fc.boolean(), fc.nat(10_000), fc.array(fc.nat(1000), { minLength: 3, maxLength: 10 }));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const driver = new KernelDriver(haiku);
        addFile(driver.machine, { name: '/f', cluster: 0, size: 0x3000, contents: { kind: 'fill', byte: 7 } });
        driver.createProcess('u1', 0, 0);
        let isSound = true;
        for (const [isUser, entry, choices] of steps) {
          const called = call(driver, isUser, entry, choices);
          if (called?.isDone !== true) return;
          isSound &&= called.isSound;
          // They are looked at, whatever a scenario has done to the structures.
          const broken = driver.kernel.on({ machine: driver.machine, kernelState: driver.state }).invariants();
          if (isSound && broken.length > 0)
            throw new Error(
              `after ${haiku.functions[entry % haiku.functions.length]?.info.name ?? ''}: ${JSON.stringify(broken)}`,
            );
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 150), seed: Number(process.env.SEED ?? 20261121) },
    );
  });
});
