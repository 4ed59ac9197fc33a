/** Daemons: switched by statements, running in simulated time, and the same after going back. */
import { strict as assert } from 'node:assert';
import { worldDifference } from '../../../simulator/session/state/snapshot.ts';
import { findingsOf, runToEnd, simulationOfFile } from './simulations.ts';

const text = `kernel haiku { lowWater 8192  highWater 8192 }
file "/data/log" { size 2 pages }
process app { code 0 data 0 }
as app {
    let buf = mmap(300 pages, rw)
    touch(buf, 300 pages, r)
    daemon page-daemon on
    wait(500ms)
    expect not pte(buf).accessed
    wait(500ms)
    expect not pte(buf).present
    daemon page-daemon off
    read(buf)
    wait(2s)
    expect pte(buf).present and pte(buf).accessed
    let log = mmap(2 pages, rw, kind: shared, file: "/data/log")
    write(log, "walked")
    daemon page-daemon on
    wait(500ms)
    expect count("page-out") == 0
    daemon pageout-daemon on
    wait(100ms)
    expect count("page-out") == 1
}
`;

describe('session: daemons of a kernel', () => {
  it('work while a thread waits, and only while they are switched on', () => {
    const simulation = runToEnd(simulationOfFile(text));
    assert.deepEqual(findingsOf(simulation), []);
    assert.equal(simulation.world.script.passed, 5);
  });

  it('do the same again wherever time goes back to', () => {
    const through = runToEnd(simulationOfFile(text));
    const travelled = runToEnd(simulationOfFile(text));
    const { statements } = through.world.script;
    for (let statement = statements - 1; statement >= 0; statement -= 3) {
      travelled.seek({ statement, step: 0 });
      const stepped = simulationOfFile(text);
      while (stepped.position.statement < statement) stepped.advance({ kind: 'over' }, 10_000_000);
      assert.equal(worldDifference(stepped.world, travelled.world), null, String(statement));
    }
    runToEnd(travelled, 1000);
    assert.equal(worldDifference(through.world, travelled.world), null);
  });

  it('idle time does not count against the bounds: an hour of it takes a few micro-steps', () => {
    const idle = 'kernel haiku\nprocess app { code 0 data 0 }\nas app { wait(3600s) }';
    const simulation = runToEnd(simulationOfFile(idle));
    assert.deepEqual(findingsOf(simulation), []);
    assert.ok(simulation.clock().cycle >= 3600 * 100_000_000);
    const { steps } = runToEnd(simulationOfFile(idle.replace('3600s', '1us'))).world.script;
    assert.ok(simulation.world.script.steps - steps < 10);
  });
});
