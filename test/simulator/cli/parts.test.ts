import { strict as assert } from 'node:assert';
import { formatDiagnostic, withoutRepeats } from '../../../simulator/cli/format-diagnostic.ts';
import { Progress } from '../../../simulator/cli/progress.ts';
import { untilLine } from '../../../simulator/cli/until.ts';
import { replayOrder } from '../../../simulator/recording/order/replay-order.ts';
import { namedFiles } from '../../../simulator/session/scenario/named-files.ts';
import { exitCodeOf } from '../../../simulator/session/scenario/outcome.ts';
import type { Diagnostic } from '../../../simulator/session/scenario/scenario.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { runToEnd, simulationOf } from '../session/simulations.ts';
import { scenarioOf } from '../session/statement-runner.ts';

const range = { file: 'a.walk', line: 2, column: 3, endLine: 2, endColumn: 9 };
const finding = (code: string, severity: Diagnostic['severity']): Diagnostic => ({
  code,
  severity,
  message: 'm',
  range,
});

describe('diagnostics on standard error', () => {
  it('name the place, and the places that are to blame as well', () => {
    const related = [{ message: 'unmapped here', range: { ...range, line: 1 } }];
    assert.equal(
      formatDiagnostic({ ...finding('WALK202', 'error'), message: 'one\ntwo', related }),
      'a.walk:2:3: error WALK202: one\n    two\na.walk:1:3: note: unmapped here\n',
    );
    assert.equal(formatDiagnostic(finding('WALK228', 'information')), 'a.walk:2:3: info WALK228: m\n');
  });

  it('are told once', () => {
    const other = { ...finding('WALK201', 'error'), range: { ...range, column: 4 } };
    const found = [finding('WALK201', 'error'), other, finding('WALK201', 'error')];
    assert.deepEqual(withoutRepeats(found), found.slice(0, 2));
  });
});

describe('exit codes', () => {
  it('come from the worst finding', () => {
    assert.equal(exitCodeOf([]), 0);
    assert.equal(exitCodeOf([finding('WALK212', 'warning'), finding('WALK228', 'information')]), 0);
    assert.equal(exitCodeOf([finding('WALK201', 'error')]), 1);
    assert.equal(exitCodeOf([finding('WALK208', 'error')]), 1);
    assert.equal(exitCodeOf([finding('WALK201', 'error'), finding('WALK226', 'error')]), 2);
    assert.equal(exitCodeOf([finding('WALK226', 'error'), finding('WALK215', 'error')]), 3);
  });
});

describe('--until', () => {
  const text =
    'if 1 == 1 {\n print 1\n}\ntest "a" {\n print 2\n repeat 2 {\n  print 3\n }\n}\nprint 4\ntest "b" { print 5 }\n';
  // The helper puts a line in front.
  const until = (line: number) => untilLine(scenarioOf(text), line + 1);

  it('finds the first statement at or after a line, and the part that it belongs to', () => {
    assert.deepEqual(until(1), { test: undefined, lines: [2, 3, 11] });
    assert.deepEqual(until(3), { test: 'a', lines: [6, 7, 8] });
    assert.deepEqual(until(7), { test: 'a', lines: [8] });
    assert.deepEqual(until(8), { test: undefined, lines: [11] });
    assert.deepEqual(until(11), { test: 'b', lines: [12] });
    assert.equal(until(12), null);
  });
});

describe('files that a scenario names', () => {
  it('are found in declarations, blocks and tests', () => {
    const { files, recordings } = namedFiles(
      scenarioOf(
        'file "f" { from "content.bin" }\nprocess p load "prog.elf"\nrepeat 1 { replay "one" named x }\ntest "t" { replay "two" }',
      ),
    );
    assert.deepEqual([...files.keys()], ['content.bin', 'prog.elf']);
    assert.deepEqual([...recordings.keys()], ['one', 'two']);
  });
});

describe('the order of a recording', () => {
  it('is one of three, with a quantum', () => {
    assert.deepEqual(replayOrder('child-first')?.order, 'child-first');
    assert.deepEqual(replayOrder(' parent-first ')?.order, 'parent-first');
    assert.deepEqual(replayOrder('round-robin  20'), { order: 'round-robin', quantum: 20 });
    assert.ok((replayOrder('round-robin')?.quantum ?? 0) > 0);
  });

  it('is nothing else', () => {
    for (const text of ['', 'child', 'child-first 3', 'round-robin 0', 'round-robin x', 'round-robin -1']) {
      assert.equal(replayOrder(text), null, text);
    }
  });
});

describe('progress', () => {
  let simulation: Simulation;
  before(() => {
    simulation = runToEnd(simulationOf('print 1\n'));
  });
  const shown = (isTTY: boolean, slices: number): string[] => {
    const written: string[] = [];
    const progress = new Progress({ isTTY, columns: 30, write: (text) => written.push(text) });
    for (let slice = 0; slice < slices; slice++) progress.show('a-rather-long-name.walk', simulation);
    progress.clear();
    progress.clear();
    return written;
  };

  it('shows one line on a terminal once a run is long, and takes it away', () => {
    const written = shown(true, 5);
    assert.equal(written.length, 3);
    assert.equal(written[0], '\r\u001b[Ka-rather-long-name.walk: 1 st');
    assert.equal(written[2], '\r\u001b[K');
    assert.deepEqual(shown(true, 1), []);
  });

  it('shows nothing without one', () => {
    assert.deepEqual(shown(false, 100), []);
  });
});
