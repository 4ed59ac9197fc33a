import { strict as assert } from 'node:assert';
import { createMachine } from '../../../simulator/hardware/machine.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { RecordingError } from '../../../simulator/recording/logs/recording-error.ts';
import { defaultSettings } from '../../../simulator/recording/order/replay-state.ts';
import { RecordingReplayer, scenarioOfRecording } from '../../../simulator/recording/replay/replayer.ts';
import { prepareProgram } from '../../../simulator/session/scenario/configuration.ts';
import { copyGraph } from '../../../simulator/session/state/graph.ts';
import { createRun, type Run } from '../../../simulator/session/state/run.ts';
import { createScript } from '../../../simulator/session/state/script.ts';
import { ScenarioFailure } from '../../../simulator/session/scenario/scenario-failure.ts';
import { Harness } from './harness.ts';
import { loadExample, recordingNames } from './recordings.ts';

const kernel = almosMkh as unknown as Kernel;
const range = { file: 'a.walk', line: 7, column: 1, endLine: 7, endColumn: 20 };

/** The statement `replay PATH named NAME` as a session runs it: one activity of the kernel's own thread. */
function replayStatement(replayer: RecordingReplayer, file: string, name: string | null): Run {
  const prepared = prepareProgram({ scenario: scenarioOfRecording(file), kernel, assets: {} });
  assert.ok('program' in prepared);
  const { program } = prepared;
  const machine = createMachine(program.config);
  const run = createRun(
    program,
    { machine, kernelState: kernel.boot(machine, program.options), script: createScript(0) },
    replayer,
  );
  const activity = run.engine.spawn({ agent: 'kernel', core: 0, owner: 0, thread: null, line: 7 }, (here) =>
    replayer.replay(run, here, { path: file, name, range }),
  );
  while (activity.state === 'running') assert.ok(['ran', 'finished'].includes(run.engine.advance().kind));
  if (activity.state === 'failed') throw activity.error;
  return run;
}

describe('the statement replay', () => {
  const replayer = new RecordingReplayer(loadExample);

  for (const name of recordingNames) {
    it(`runs ${name} to the same end as step by step`, () => {
      const run = replayStatement(replayer, name, null);
      const harness = new Harness(loadExample(name), { kernel });
      harness.finish();
      for (const event of [
        'access',
        'tlb-miss',
        'page-walk',
        'page-fault',
        'cow-fault',
        'page-copy',
        'page-alloc',
        'page-free',
        'rpc',
      ]) {
        assert.equal(countOf(run.machine, event), harness.count(event), event);
      }
      assert.deepEqual(run.script.emulated, harness.run.script.emulated);
      assert.equal(run.engine.activities.length, 0);
    });
  }

  it('binds the process to its name, dead in the end with its exit code', () => {
    const run = replayStatement(replayer, 'cow_fork', 'shell');
    const value = run.script.globals.get('shell');
    assert.ok(typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'process');
    assert.deepEqual([value.process.name, value.process.alive, value.process.exit], ['shell', false, 0]);
  });

  it('makes the same counts however often it is made to give way', () => {
    const counts = (yieldEvery: number): number[] => {
      const prepared = prepareProgram({ scenario: scenarioOfRecording('x'), kernel, assets: {} });
      assert.ok('program' in prepared);
      const machine = createMachine(prepared.program.config);
      const run = createRun(prepared.program, {
        machine,
        kernelState: kernel.boot(machine, prepared.program.options),
        script: createScript(0),
      });
      const activity = run.engine.spawn({ agent: 'kernel', core: 0, owner: 0, thread: null, line: 1 }, (here) =>
        replayer.replay(run, here, { path: 'mmap_split', name: null, range }),
      );
      while (activity.state === 'running') {
        run.engine.yieldAt = run.engine.steps + yieldEvery;
        run.engine.advance();
      }
      if (activity.state === 'failed') throw activity.error;
      return [
        run.engine.steps,
        ...['access', 'tlb-hit', 'tlb-miss', 'page-fault', 'page-alloc'].map((event) => countOf(machine, event)),
      ];
    };
    const plain = counts(Number.POSITIVE_INFINITY);
    assert.deepEqual(counts(1000), plain);
    assert.deepEqual(counts(7), plain);
  });

  it('keeps how far it has come as plain data that can be copied at any step', () => {
    const harness = new Harness(loadExample('cow_fork'), { kernel, settings: { order: 'round-robin', quantum: 500 } });
    const titles: string[] = [];
    for (let next = harness.replay.next(harness.state); next !== null; next = harness.replay.next(harness.state)) {
      const copy = copyGraph(harness.state);
      assert.deepEqual(harness.replay.next(copy)?.range, next.range);
      assert.deepEqual(copy.processes, harness.state.processes);
      titles.push(next.title);
      harness.step();
    }
    assert.equal(titles.filter((title) => title === 'exit_group').length, 2);
  });

  it('stops with --strict at the first call that almos-mkh lacks', () => {
    const strict = new RecordingReplayer(loadExample, { ...defaultSettings, strict: true });
    assert.throws(
      () => replayStatement(strict, 'cow_fork', null),
      (error) =>
        error instanceof ScenarioFailure &&
        error.code === 'WALK221' &&
        /cow_fork\.24105\.log:35231: brk: .*malloc takes its memory by mmap/.test(error.message),
    );
  });

  it('says at the statement that there is no such recording', () => {
    const none = new RecordingReplayer((file) => {
      throw new RecordingError({ file }, 'no such recording');
    });
    assert.throws(
      () => replayStatement(none, 'runs/none', null),
      (error) =>
        error instanceof ScenarioFailure &&
        error.code === 'WALK226' &&
        error.range === range &&
        error.message.startsWith('runs/none: no such recording'),
    );
  });
});
