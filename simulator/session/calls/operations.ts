/** The common operations (walk language 6), as the current thread and as the kernel performs them. */
import { cycles } from '../../hardware/core.ts';
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import { Access } from '../../hardware/machine.ts';
import { PAGE_SIZE } from '../../hardware/word.ts';
import type { KernelGenerator } from '../../execution/activation.ts';
import { capabilityOf, type Capability } from '../../kernels/capability.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import type { Protection } from '../../kernels/view.ts';
import { isRefusal, load, loadBytes, reach, store, storeBytes, sweep } from './access.ts';
import type { Accessor } from './access.ts';
import { answeredFailure, unsupportedCall, type CallFailure } from './call-failure.ts';
import type { Call, CallOutcome } from './calls.ts';
import type { Refusal } from './fault-text.ts';
import { fromKernelObject } from './kernel-values.ts';
import { bytesOfText, requirePartSize } from '../scenario/program.ts';
import { tooLongString } from '../scenario/value-bounds.ts';
import { microStep } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import { textOfBytes } from '../scenario/text.ts';
import { kindOf } from '../state/values.ts';
import type { Value } from '../state/values.ts';

type Performer = (call: Call, thread: ThreadObject) => KernelGenerator<CallOutcome>;

const performers: Readonly<Record<string, Performer>> = {
  mmap,
  munmap,
  mprotect,
  brk,
  fork,
  exec,
  exit,
  thread_exit: threadExit,
  wait,
  read,
  write,
  fetch,
  text,
  touch,
  scan,
};

export function* performOperation(call: Call): KernelGenerator<CallOutcome> {
  const { name } = call.info;
  const { thread, run, here } = call.evaluation;
  const performer = performers[name];
  if (performer === undefined) throw new Error(`internal: no common operation ${name}`);
  if (name === 'wait' && call.args.time !== undefined) return yield* sleep(call);
  if (thread === null) {
    throw new ScenarioFailure(
      'WALK223',
      `${name} needs a process: write it inside \`as NAME { … }\``,
      call.expression.range,
    );
  }
  run.kernel.activate(thread, here.core);
  return yield* performer(call, thread);
}

const done: CallOutcome = { value: null };

/** By the number of `kind:` (common-operations.ts). */
const mappingKinds = ['anon', 'file', 'shared', 'remote'] as const;
const REMOTE = mappingKinds.indexOf('remote');

/** From what a kernel's operation answers: an error by name, or a result. */
function outcomeOf(call: Call, result: unknown): CallOutcome {
  if (typeof result === 'string') return { failure: failureNamed(call, result) };
  return { value: fromKernelObject(call.evaluation.run, result ?? null) };
}

function failureNamed(call: Call, name: string): CallFailure {
  const { here, run } = call.evaluation;
  const { kernel } = run;
  const operation = call.info.name;
  const needed = name === kernel.notSupported || name === 'NOT_SUPPORTED' ? capabilityNeeded(call) : null;
  if (needed !== null) return unsupportedCall(kernel, needed);
  return answeredFailure(here, kernel, operation, name);
}

/** What these arguments ask for and the kernel lacks; null where it lacks nothing of the kind. */
function capabilityNeeded({ info, args, evaluation }: Call): Capability | null {
  const { lacks, operations } = evaluation.run.kernel;
  const whole = capabilityOf(info.name);
  if (whole !== null) return lacks[whole] !== undefined || operations[whole] === undefined ? whole : null;
  const asked: Capability[] = [];
  if (info.name === 'munmap') asked.push('munmapPart');
  if (info.name === 'mmap' && args.kind === REMOTE) asked.push('mmapRemote');
  if (info.name === 'mmap' && args.replace === true) asked.push('mmapOver');
  return asked.find((one) => lacks[one] !== undefined) ?? null;
}

function unsupported(call: Call): CallOutcome {
  return { failure: failureNamed(call, call.evaluation.run.kernel.notSupported) };
}

function* mmap(call: Call): KernelGenerator<CallOutcome> {
  const { args, evaluation } = call;
  const { here, run } = evaluation;
  const length = args.length as number;
  const result = yield* run.kernel.operations.mmap(here, {
    length,
    protection: args.prot as Protection,
    kind: mappingKinds[(args.kind as number | undefined) ?? 0] ?? 'anon',
    file: (args.file as string | undefined) ?? null,
    offset: (args.offset as number | undefined) ?? 0,
    at: (args.at as number | undefined) ?? null,
    hint: (args.hint as number | undefined) ?? null,
    replace: (args.replace as boolean | undefined) ?? false,
    cluster: (args.cluster as { cluster: number } | undefined)?.cluster ?? null,
  });
  return outcomeOf(call, result);
}

function* munmap(call: Call): KernelGenerator<CallOutcome> {
  const { args, evaluation } = call;
  const address = args.addr as number;
  const length = args.length as number;
  const result = yield* evaluation.run.kernel.operations.munmap(evaluation.here, { address, length });
  return outcomeOf(call, result);
}

function* mprotect(call: Call): KernelGenerator<CallOutcome> {
  const { args, evaluation } = call;
  const { operations } = evaluation.run.kernel;
  if (operations.mprotect === undefined) return unsupported(call);
  const request = { address: args.addr as number, length: args.length as number, protection: args.prot as Protection };
  return outcomeOf(call, yield* operations.mprotect(evaluation.here, request));
}

function* brk(call: Call): KernelGenerator<CallOutcome> {
  const { operations } = call.evaluation.run.kernel;
  if (operations.brk === undefined) return unsupported(call);
  return outcomeOf(call, yield* operations.brk(call.evaluation.here, { address: call.args.addr as number }));
}

function* fork(call: Call): KernelGenerator<CallOutcome> {
  const { operations } = call.evaluation.run.kernel;
  if (operations.fork === undefined) return unsupported(call);
  const at = call.args.at as { cluster: number; core: number } | undefined;
  return outcomeOf(
    call,
    yield* operations.fork(call.evaluation.here, { cluster: at?.cluster ?? null, core: at?.core ?? null }),
  );
}

function* exec(call: Call): KernelGenerator<CallOutcome> {
  const { operations } = call.evaluation.run.kernel;
  const { here } = call.evaluation;
  if (operations.exec === undefined) return unsupported(call);
  return outcomeOf(call, yield* operations.exec(here, imageOf(call)));
}

function imageOf(call: Call): { path: string } | { code: number; data: number } {
  const image = call.args.image as Value;
  if (typeof image === 'string') return { path: image };
  const range = call.expression.range;
  if (typeof image !== 'object' || image === null || Array.isArray(image) || image.kind !== 'record') {
    throw new ScenarioFailure(
      'WALK225',
      `exec takes a path or { code: SIZE, data: SIZE }, not ${kindOf(image)}`,
      range,
    );
  }
  const size = (name: string): number => {
    const value = image.fields.get(name) ?? 0n;
    if (typeof value === 'bigint') return requirePartSize(name, value, range, call.evaluation.run.program.bounds);
    throw new ScenarioFailure('WALK225', `${name} is a size, not ${kindOf(value)}`, range);
  };
  return { code: size('code'), data: size('data') };
}

function* exit(call: Call): KernelGenerator<CallOutcome> {
  return outcomeOf(
    call,
    yield* call.evaluation.run.kernel.operations.exit(call.evaluation.here, { code: call.args.code as number }),
  );
}

function* threadExit(call: Call): KernelGenerator<CallOutcome> {
  return outcomeOf(call, yield* call.evaluation.run.kernel.operations.thread_exit(call.evaluation.here));
}

function* wait(call: Call): KernelGenerator<CallOutcome> {
  return outcomeOf(call, yield* call.evaluation.run.kernel.operations.wait(call.evaluation.here));
}

/** `wait(TIME)`: the machine runs that long while the current thread sleeps. */
function* sleep(call: Call): KernelGenerator<CallOutcome> {
  const { here, run } = call.evaluation;
  const time = call.args.time as number;
  if (time < 0) throw new ScenarioFailure('WALK225', `wait takes a time, not ${time}`, call.expression.range);
  if (microStep(run, here)) yield;
  here.activity.wait = here.engine.sleepWait(here.core, cycles(run.machine, here.core) + time);
  yield;
  return done;
}

function accessorOf(call: Call, thread: ThreadObject): Accessor {
  const { evaluation, args, expression } = call;
  return { run: evaluation.run, here: evaluation.here, thread, user: args.as !== 1, range: expression.range };
}

export function refusedOutcome(refusal: Refusal): CallOutcome {
  const { error, reason } = refusal.refused;
  const code = error === 'SEGV' ? 'WALK202' : error === 'BUS' ? 'WALK203' : 'WALK204';
  // The sentence is made where somebody is told (fault-text.ts).
  const message = `${error} (${reason})`;
  return { failure: { names: [error, reason], code, message, reason: null, refusal } };
}

function sizeOfAccess(call: Call): number {
  const { wordBytes } = pagingFormat(call.evaluation.run.program.config.paging);
  const size = (call.args.size as number | undefined) ?? wordBytes;
  if (size === 1 || size === 2 || size === 4 || size === 8) return size;
  throw new ScenarioFailure('WALK225', `an access has 1, 2, 4 or 8 bytes, not ${size}`, call.expression.range);
}

function* read(call: Call, thread: ThreadObject): KernelGenerator<CallOutcome> {
  const value = yield* load(accessorOf(call, thread), call.args.addr as bigint, sizeOfAccess(call));
  return isRefusal(value) ? refusedOutcome(value) : { value };
}

function* write(call: Call, thread: ThreadObject): KernelGenerator<CallOutcome> {
  const value = call.args.value as Value;
  const accessor = accessorOf(call, thread);
  const address = call.args.addr as bigint;
  const refusal =
    typeof value === 'string'
      ? yield* storeBytes(accessor, address, bytesOfText(value))
      : yield* store(accessor, address, storedInteger(call, value), sizeOfAccess(call));
  return refusal === null ? done : refusedOutcome(refusal);
}

function storedInteger(call: Call, value: Value): bigint {
  const size = sizeOfAccess(call);
  const integer = typeof value === 'boolean' ? BigInt(value) : value;
  if (typeof integer !== 'bigint')
    throw new ScenarioFailure(
      'WALK225',
      `write takes an integer or a string, not ${kindOf(value)}`,
      call.expression.range,
    );
  if (integer >= -(2n ** BigInt(size * 8 - 1)) && integer < 2n ** BigInt(size * 8)) return integer;
  throw new ScenarioFailure(
    'WALK225',
    `${integer} does not fit in ${size} bytes; give size: 8, or a smaller value`,
    call.expression.range,
  );
}

function* fetch(call: Call, thread: ThreadObject): KernelGenerator<CallOutcome> {
  const result = yield* reach(accessorOf(call, thread), call.args.addr as bigint, Access.fetch);
  return isRefusal(result) ? refusedOutcome(result) : done;
}

function* text(call: Call, thread: ThreadObject): KernelGenerator<CallOutcome> {
  const length = call.args.length as number;
  const { bounds } = call.evaluation.run.program;
  if (length < 0)
    throw new ScenarioFailure('WALK225', `text reads 0 bytes or more, not ${length}`, call.expression.range);
  // Each byte is at most one character of the string that they become.
  if (length > bounds.stringLength)
    throw new ScenarioFailure('WALK240', tooLongString(length, bounds), call.expression.range);
  const bytes = yield* loadBytes(accessorOf(call, thread), call.args.addr as bigint, length);
  return isRefusal(bytes) ? refusedOutcome(bytes) : { value: textOfBytes(bytes) };
}

const accessOfLetter: Readonly<Record<string, Access>> = { r: Access.read, w: Access.write, x: Access.fetch };

/** One access in each page that the range touches: at its start, then at the start of each further page. */
function* touch(call: Call, thread: ThreadObject): KernelGenerator<CallOutcome> {
  const { address, length, access } = rangeOf(call);
  const accessor = accessorOf(call, thread);
  if (length === 0) return done;
  const first = yield* sweep(accessor, address, { from: 0, to: 1, stride: 1 }, access);
  const nextPage = PAGE_SIZE - Number(address % BigInt(PAGE_SIZE));
  const further = { from: nextPage, to: length, stride: PAGE_SIZE };
  const refusal = first ?? (yield* sweep(accessor, address, further, access));
  return refusal === null ? done : refusedOutcome(refusal);
}

function* scan(call: Call, thread: ThreadObject): KernelGenerator<CallOutcome> {
  const { address, length, access } = rangeOf(call);
  const stride = call.args.stride as number;
  if (stride < 1)
    throw new ScenarioFailure('WALK225', `scan takes a stride of at least 1, not ${stride}`, call.expression.range);
  const refusal = yield* sweep(accessorOf(call, thread), address, { from: 0, to: length, stride }, access);
  return refusal === null ? done : refusedOutcome(refusal);
}

function rangeOf({ args }: Call): { address: bigint; length: number; access: Access } {
  const access = accessOfLetter[args.access as string] ?? Access.read;
  return { address: args.addr as bigint, length: args.length as number, access };
}
