import { strict as assert } from 'node:assert';
import { Engine } from '../../../simulator/execution/engine.ts';
import { kernelFunction, type Activation, type KernelGenerator } from '../../../simulator/execution/activation.ts';
import type { FunctionInfo } from '../../../simulator/execution/function-info.ts';
import { acquire, createLock, release, type Lock } from '../../../simulator/execution/lock.ts';
import { panic } from '../../../simulator/execution/panic.ts';
import { cycles } from '../../../simulator/hardware/core.ts';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import { createMachine } from '../../../simulator/hardware/machine.ts';

interface Notes {
  log: string[];
  lock: Lock;
}

const info = (name: string): FunctionInfo => ({ name, section: '', doc: '', parameters: [], errors: [], steps: {} });

const inner = kernelFunction<{ tag: string }, string, Notes>(info('inner'), function* (here, { tag }) {
  if (here.step('1')) yield;
  here.kernel.log.push(`${tag} inner 1`);
  if (here.step('2')) yield;
  here.kernel.log.push(`${tag} inner 2`);
  return tag;
});

const outer = kernelFunction<{ tag: string }, string, Notes>(info('outer'), function* (here, { tag }) {
  if (here.step('1')) yield;
  here.kernel.log.push(`${tag} outer 1`);
  const answer = yield* inner(here, { tag });
  if (here.step('2')) yield;
  here.kernel.log.push(`${tag} outer 2`);
  return answer;
});

const locked = kernelFunction<{ tag: string }, void, Notes>(info('locked'), function* (here, { tag }) {
  if (here.step('1')) yield;
  yield* acquire(here, here.kernel.lock);
  here.kernel.log.push(`${tag} in`);
  if (here.step('2')) yield;
  here.kernel.log.push(`${tag} out`);
  release(here, here.kernel.lock);
});

function engineOf(): Engine<Notes> {
  return new Engine<Notes>(createMachine(presets.tsar), { log: [], lock: createLock('the lock') }, 10);
}

function start(
  engine: Engine<Notes>,
  agent: string,
  core: number,
  body: (here: Activation<Notes>) => KernelGenerator<unknown>,
): void {
  engine.spawn({ agent, core, owner: 0, thread: null, line: 7 }, body);
}

function finish(engine: Engine<Notes>): void {
  for (let turn = 0; turn < 1000; turn++) if (engine.advance().kind === 'idle') return;
  assert.fail('the engine does not come to rest');
}

describe('engine', () => {
  it('runs a plain activity to its end in one advance and gives its result', () => {
    const engine = engineOf();
    start(engine, 'a', 0, (here) => outer(here, { tag: 'a' }));
    const advance = engine.advance();
    assert.equal(advance.kind, 'finished');
    assert.equal(advance.kind === 'finished' && advance.activity.result, 'a');
    assert.deepEqual(engine.kernelState.log, ['a outer 1', 'a inner 1', 'a inner 2', 'a outer 2']);
    assert.equal(engine.steps, 4);
    assert.equal(cycles(engine.machine, 0), 40);
    assert.equal(engine.advance().kind, 'idle');
  });

  it('stops before each numbered step while somebody steps, and names it', () => {
    const engine = engineOf();
    engine.yieldAt = 0;
    start(engine, 'a', 0, (here) => outer(here, { tag: 'a' }));
    const seen: string[] = [];
    for (;;) {
      const advance = engine.advance();
      if (advance.kind !== 'ran') break;
      seen.push(
        `${advance.activity.top.info.name} ${advance.activity.top.label} after ${String(engine.kernelState.log.length)}`,
      );
    }
    assert.deepEqual(seen, ['outer 1 after 0', 'inner 1 after 1', 'inner 2 after 2', 'outer 2 after 3']);
  });

  it('keeps the same order whether it is stepped or not', () => {
    const logs = [0, Number.POSITIVE_INFINITY].map((yieldAt) => {
      const engine = engineOf();
      engine.yieldAt = yieldAt;
      start(engine, 'a', 0, (here) => outer(here, { tag: 'a' }));
      start(engine, 'b', 2, (here) => locked(here, { tag: 'b' }));
      finish(engine);
      return engine.kernelState.log;
    });
    assert.deepEqual(logs[0], logs[1]);
  });

  it('puts the running activity into the cause of what happens', () => {
    const engine = engineOf();
    start(engine, 'b', 2, function* (here) {
      yield* outer(here, { tag: 'b' });
      here.kernel.log.push(JSON.stringify(here.machine.cause));
    });
    finish(engine);
    const cause = JSON.parse(engine.kernelState.log.at(-1) ?? '') as Record<string, unknown>;
    assert.deepEqual([cause.core, cause.owner, cause.thread, cause.line], [2, 0, 'b', 7]);
  });

  it('reports a deadlock with who waits for what', () => {
    const engine = engineOf();
    engine.kernelState.lock.holder = 'somebody else';
    start(engine, 'a', 0, (here) => locked(here, { tag: 'a' }));
    assert.equal(engine.advance().kind, 'ran');
    const advance = engine.advance();
    assert.equal(advance.kind, 'deadlock');
    const waiting = advance.kind === 'deadlock' ? advance.waiting : [];
    assert.deepEqual(
      waiting.map((activity) => `${activity.agent}: ${activity.wait?.description() ?? ''}`),
      ['a: the lock, held by somebody else'],
    );
  });

  it('lets time jump to the sleeper that is due first', () => {
    const engine = engineOf();
    const sleeper = (tag: string, until: number) =>
      function* (here: Activation<Notes>): KernelGenerator<void> {
        here.activity.wait = here.engine.sleepWait(here.core, until);
        yield;
        here.kernel.log.push(`${tag} at ${String(cycles(here.machine, here.core))}`);
      };
    start(engine, 'late', 0, sleeper('late', 9000));
    start(engine, 'early', 2, sleeper('early', 500));
    finish(engine);
    assert.deepEqual(engine.kernelState.log, ['early at 500', 'late at 9000']);
  });

  it('halts the machine on a panic', () => {
    const engine = engineOf();
    start(engine, 'a', 0, function* (here) {
      yield* kernelFunction<undefined, void, Notes>(info('broken'), function* (frame) {
        if (frame.step('1')) yield;
        panic(frame, 'no frame for PT1');
      })(here, undefined);
    });
    engine.advance();
    assert.equal(engine.machine.panic, 'broken: no frame for PT1');
  });
});

describe('lock', () => {
  const interleaved = (engine: Engine<Notes>): void => {
    engine.yieldAt = 0;
    let turn = 0;
    engine.policy = { choose: (runnable) => runnable[turn++ % runnable.length] as (typeof runnable)[number] };
  };

  it('excludes, and goes to the waiter that asked first', () => {
    const engine = engineOf();
    interleaved(engine);
    for (const [index, tag] of ['a', 'b', 'c'].entries()) start(engine, tag, index, (here) => locked(here, { tag }));
    finish(engine);
    const { log } = engine.kernelState;
    assert.equal(log.length, 6);
    for (let index = 0; index < 6; index += 2) {
      assert.equal(log[index]?.replace(' in', ''), log[index + 1]?.replace(' out', ''), log.join(', '));
    }
    assert.deepEqual([log[0], log[2], log[4]], ['a in', 'b in', 'c in']);
  });

  it('makes a reader wait behind a waiting writer, except one that already reads', () => {
    const engine = engineOf();
    engine.yieldAt = 0;
    const { log, lock } = engine.kernelState;
    const take = (tag: string, mode: 'read' | 'write', times = 1) =>
      function* (here: Activation<Notes>): KernelGenerator<void> {
        for (let time = 0; time < times; time++) {
          yield* acquire(here, lock, mode);
          log.push(`${tag} ${mode}`);
          yield;
        }
        for (let time = 0; time < times; time++) release(here, lock);
      };
    start(engine, 'first', 0, take('first', 'read', 2));
    start(engine, 'writer', 1, take('writer', 'write'));
    start(engine, 'second', 2, take('second', 'read'));
    let turn = 0;
    engine.policy = { choose: (runnable) => runnable[turn++ % runnable.length] as (typeof runnable)[number] };
    finish(engine);
    assert.deepEqual(log, ['first read', 'first read', 'writer write', 'second read']);
    assert.deepEqual([lock.holder, lock.readers, lock.waiters], [null, [], []]);
  });

  it('refuses to release what is not held', () => {
    const engine = engineOf();
    start(engine, 'a', 0, function* (here) {
      release(here, here.kernel.lock);
    });
    const advance = engine.advance();
    assert.ok(advance.kind === 'finished' && advance.activity.error instanceof Error);
    assert.match(String(advance.kind === 'finished' && advance.activity.error), /internal: a releases the lock/);
  });
});
