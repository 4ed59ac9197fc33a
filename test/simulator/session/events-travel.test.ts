/** Events are a function of the position: after a seek they have the ids, causes and fields that they had going forward. */
import { strict as assert } from 'node:assert';
import type { TraceEvent } from '../../../simulator/hardware/trace-event.ts';
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { runToEnd, simulationOfFile } from './simulations.ts';

const text = `machine tsar { mesh 2x2  cores 2 }
kernel almos-mkh
process shell { code 2 pages  data 2 pages }
thread helper of shell at (0,0,1)
as shell {
    let buf = mmap(8 pages, rw)
    touch(buf, 8 pages, w)
    let child = fork(at: (1,0))
}
parallel seed 3 {
    as shell { write(buf, 1) write(buf + 4096, 2) }
    as child { write(buf, 3) let own = mmap(1 page, rw) write(own, 4) }
    as helper { read(buf) write(buf + 8192, 5) }
}
as child { exit() }
`;

function listen(simulation: Simulation): Map<number, TraceEvent> {
  const told = new Map<number, TraceEvent>();
  simulation.onEvents((events) => {
    for (const event of events) told.set(event.id, event);
  });
  return told;
}

describe('events and time travel', () => {
  it('are the same after every seek as they were going forward', () => {
    const forward = simulationOfFile(text);
    const told = listen(forward);
    runToEnd(forward);
    const { statement } = forward.position;
    const whole = [...told.values()];
    assert.ok(whole.some(({ name }) => name === 'rpc-answered') && whole.some(({ name }) => name === 'trap'));
    for (let place = statement; place >= 0; place--)
      for (const step of [0, 1, 40]) {
        told.clear();
        forward.seek({ statement: place, step });
        runToEnd(forward);
        assert.ok(told.size > 0 || place === statement, String(place));
        for (const [id, event] of told) assert.deepEqual(event, whole[id - (whole[0]?.id ?? 0)], `event ${String(id)}`);
      }
  });

  it('have the same ids whether somebody listened before or not', () => {
    const quiet = simulationOfFile(text);
    quiet.seek({ statement: 4, step: 0 });
    const late = listen(quiet);
    runToEnd(quiet);
    const heard = simulationOfFile(text);
    const all = listen(heard);
    runToEnd(heard);
    assert.ok(late.size > 0 && late.size < all.size);
    for (const [id, event] of late) assert.deepEqual(event, all.get(id));
  });
});
