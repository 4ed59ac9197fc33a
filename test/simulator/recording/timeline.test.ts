import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { accessAt, AccessKind } from '../../../simulator/recording/logs/access-columns.ts';
import { decodeCall } from '../../../simulator/recording/logs/memory-call.ts';
import type { Recording } from '../../../simulator/recording/logs/recording.ts';
import {
  HEADING_LINES,
  lineOfStep,
  viewText,
  withoutPlace,
} from '../../../simulator/recording/replay/recording-view.ts';
import {
  defaultSettings,
  type ReplayOrder,
  type ReplaySettings,
} from '../../../simulator/recording/order/replay-state.ts';
import { makeTimeline, type TimelineStep } from '../../../simulator/recording/order/timeline.ts';
import { Harness } from './harness.ts';
import { loadExample, recordingNames } from './recordings.ts';
import { toyKernel } from './toy-kernel.ts';

const orders: readonly ReplayOrder[] = ['child-first', 'parent-first', 'round-robin'];

function sum(steps: readonly TimelineStep[], what: 'accesses' | 'events' | 'touches' | 'joined'): number {
  return steps.reduce((total, step) => total + step[what], 0);
}

/** Steps follow each other without a gap and hold everything that the logs hold. */
function assertWhole(recording: Recording, steps: readonly TimelineStep[]): void {
  let at = 0;
  for (const { position, end } of steps) {
    assert.equal(position, at);
    assert.ok(end > position);
    at = end;
  }
  const { processes } = recording;
  assert.equal(sum(steps, 'accesses'), processes.reduce((total, { accesses }) => total + accesses.length, 0)); // prettier-ignore
  assert.equal(sum(steps, 'events'), processes.reduce((total, { events }) => total + events.length, 0)); // prettier-ignore
}

/** First touches of a recording of one process, found in the slowest way there is. */
function touchesOf({ processes }: Recording): number[] {
  const [log] = processes;
  assert.ok(log !== undefined && processes.length === 1);
  const seen = new Map<number, Set<string>>();
  const forget = (start: number, end: number): void => {
    for (const page of [...seen.keys()]) if (page * 4096 < end && page * 4096 + 4096 > start) seen.delete(page);
  };
  const found: number[] = [];
  let next = 0;
  for (let index = 0; index <= log.accesses.length; index++) {
    for (let event = log.events[next]; event !== undefined && event.at <= index; event = log.events[++next]) {
      if (event.kind !== 'call') continue;
      const effect = decodeCall(event);
      if (effect.kind === 'mmap' || effect.kind === 'munmap' || effect.kind === 'mprotect')
        forget(effect.address, effect.address + effect.length);
    }
    if (index === log.accesses.length) break;
    const { kind, address, size } = accessAt(log.accesses, index);
    const needs = kind === AccessKind.store || kind === AccessKind.modify ? 'written' : 'touched';
    let isFirst = false;
    for (let page = Math.floor(address / 4096); page <= Math.floor((address + size - 1) / 4096); page++) {
      const states = seen.get(page) ?? new Set();
      if (!states.has(needs)) isFirst = true;
      seen.set(page, states.add('touched').add(needs));
    }
    if (isFirst) found.push(index);
  }
  return found;
}

describe('the timeline of a recording', () => {
  for (const name of recordingNames) {
    it(`${name}: holds all of it, whatever the order and however short it must be`, () => {
      const recording = loadExample(name);
      for (const order of orders) {
        const settings: ReplaySettings = { ...defaultSettings, order, quantum: 300 };
        const whole = makeTimeline(recording, settings).steps;
        assertWhole(recording, whole);
        assert.ok(whole.every(({ joined }) => joined === 1));
        for (const most of [1, 2, 7, 40, 100]) {
          const short = makeTimeline(recording, settings, most).steps;
          assert.ok(short.length <= most, `${String(short.length)} of ${String(most)}`);
          assertWhole(recording, short);
          assert.equal(sum(short, 'joined'), whole.length);
          assert.equal(sum(short, 'touches'), sum(whole, 'touches'));
        }
      }
    });

    it(`${name}: is the order in which a kernel performs it`, () => {
      const recording = loadExample(name);
      for (const order of orders) {
        const settings = { order, quantum: 700 };
        const harness = new Harness(recording, { kernel: toyKernel(), settings });
        for (const { position, end, log, kind, line } of makeTimeline(recording, {
          ...defaultSettings,
          ...settings,
        }).steps) {
          const next = harness.replay.next(harness.state, end);
          assert.equal(harness.state.position, position);
          assert.equal(next?.range.file, recording.processes[log]?.file);
          assert.equal(next?.range.line, line);
          assert.equal(next?.title === 'accesses', kind === 'accesses');
          harness.step(end);
          assert.equal(harness.state.position, end);
        }
        assert.equal(harness.step(), null);
      }
    });
  }

  for (const name of recordingNames.filter((each) => loadExample(each).processes.length === 1)) {
    it(`${name}: a step begins at every first touch, and nowhere else inside accesses`, () => {
      const recording = loadExample(name);
      const steps = makeTimeline(recording, defaultSettings).steps;
      let access = 0;
      const found: number[] = [];
      for (const { accesses, touches, first } of steps) {
        assert.equal(touches, first?.isTouch === true ? 1 : 0);
        if (touches > 0) found.push(access);
        access += accesses;
      }
      assert.deepEqual(found, touchesOf(recording));
    });
  }

  it('says which steps make processes, however short it is', () => {
    const recording = loadExample('cow_fork');
    const steps = makeTimeline(recording, defaultSettings).steps;
    assert.deepEqual(
      steps.filter(({ makes }) => makes !== null).map(({ kind, makes, line }) => [kind, makes, line]),
      [['start', 'process', 1], ['layout', 'process', 1], ['event', 'fork', 45974]],
    ); // prettier-ignore
    assert.equal(makeTimeline(recording, defaultSettings, 1).steps[0]?.makes, 'process');
  });

  it('stays within its bound for any bound', () => {
    const recording = loadExample('shared_anon');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2000 }), (most, quantum) => {
        const steps = makeTimeline(recording, { ...defaultSettings, order: 'round-robin', quantum }, most).steps;
        assert.ok(steps.length <= most);
        assertWhole(recording, steps);
      }),
      { seed: 29, numRuns: 40 },
    );
  });
});

describe('the view of a recording', () => {
  it('has a line for every step behind its heading, which names process and lines of the log', () => {
    for (const name of recordingNames) {
      const recording = loadExample(name);
      const steps = makeTimeline(recording, defaultSettings).steps;
      const lines = viewText(recording, defaultSettings, steps).split('\n');
      assert.equal(lines.length, HEADING_LINES + steps.length + 1);
      assert.equal(lines.at(-1), '');
      for (const [index, { line, log }] of steps.entries()) {
        const text = lines[lineOfStep(index) - 1] ?? '';
        assert.match(text, new RegExp(`^ *${String(recording.processes[log]?.pid)}  +${String(line)}  \\S`));
        assert.doesNotMatch(withoutPlace(text), /^\s|undefined|NaN/);
      }
    }
  });

  it('tells calls with their protections and results in words', () => {
    const recording = loadExample('cow_fork');
    const text = viewText(recording, defaultSettings, makeTimeline(recording, defaultSettings).steps);
    for (const line of [
      'brk(0x4000d00) = 0x4000d00',
      'mprotect(0x4a3000, 16384, r--) = 0',
      'mmap(0x0, 270336, ---, PRIVATE|ANON, -1, 0) = 0x4800000',
      'call 334() fails: ENOSYS',
      'readlink("/proc/self/exe", 0x1ffefff590, 4096) = 21',
      'first write 0x4807000 in anon, page 7 of 64; 15 accesses',
      'first fetch 0x401530 in cow_fork code, page 1 of 122; 3 accesses',
      'exit_group(0) = 0',
    ])
      assert.ok(text.includes(`  ${line}\n`), line);
  });

  it('says that it joined steps, and what is in them', () => {
    const recording = loadExample('cow_fork');
    const lines = viewText(recording, defaultSettings, makeTimeline(recording, defaultSettings, 60).steps).split('\n');
    assert.match(lines[2] ?? '', /^# \d+ steps, neighbours joined/);
    assert.ok(
      lines.some((line) => /and \d+ first touches more; [\d,]+ accesses$/.test(line)),
      lines.join('\n'),
    );
    const single = viewText(recording, defaultSettings, makeTimeline(recording, defaultSettings, 1).steps).split('\n');
    assert.match(single[HEADING_LINES] ?? '', /48,334 accesses from 0x401530 .*; 228 first touches; 30 calls/);
  });
});
