import { strict as assert } from 'node:assert';
import type { Simulation, StepRequest, Stop } from '../../../simulator/session/moves/simulation.ts';
import { noBreaks, type Breaks } from '../../../simulator/session/moves/stop.ts';
import { findingsOf, runToEnd, simulationOf, simulationOfFile } from './simulations.ts';

/** Lines count from 2: the kernel's declaration is line 1. */
const text = `process shell { code 1 page data 0 }
thread helper of shell at (0,0,1)
as shell {
    let a = mmap(2 pages, rw)
    for i in 0..2 {
        write(a, i)
    }
    expect read(a) == 1
}
parallel {
    as shell { write(a, 5) read(a) }
    as helper {
        write(a + 4096, 6)
        read(a)
    }
}
as helper { read(a) }
`;

function move(simulation: Simulation, request: StepRequest): Stop {
  const stop = simulation.advance(request, 1_000_000);
  assert.notEqual(stop.reason, 'budget');
  return stop;
}

/** Where the thread of a stop stands: `shell 5`, or `shell vmm_get_pte 3`. */
function standing(simulation: Simulation, { thread }: Stop): string {
  assert.ok(thread !== undefined);
  const [top] = simulation.stack(thread);
  const name = simulation.threads().find(({ id }) => id === thread)?.name;
  assert.ok(top && name !== undefined);
  return top.kind === 'scenario' ? `${name} ${String(top.line)}` : `${name} ${top.name} ${top.label ?? ''}`;
}

function breaks(change: Partial<Breaks>): Breaks {
  return { ...noBreaks, ...change };
}

/** Stops of one kind of step from here to the end. */
function walk(simulation: Simulation, kind: 'over' | 'in'): string[] {
  const stops: string[] = [];
  for (let stop = move(simulation, { kind }); stop.reason !== 'end'; stop = move(simulation, { kind })) {
    assert.equal(stop.reason, 'step');
    stops.push(standing(simulation, stop));
  }
  return stops;
}

describe('session: stepping', () => {
  it('over goes from statement to statement, into blocks and rounds', () => {
    assert.deepEqual(walk(simulationOf(text), 'over'), [
      'kernel 3',
      'kernel 4',
      'shell 5',
      'shell 6',
      'shell 7',
      'shell 7',
      'shell 9',
      'kernel 11',
      'kernel 18',
      'helper 18',
    ]);
  });

  it('in a block that is interleaved its own names are bound, and the whole statement is where it stands', () => {
    const inBlock = simulationOf(`process shell { code 1 page data 0 }
thread helper of shell at (0,0,1)
as shell { let a = mmap(1 page, rw) }
parallel seed [] {
    as shell { let x = 5  for i in 7..9 {
        let y = x + i  write(a, y) } }
    as helper { let z = 1  read(a) }
}`);
    const lines = [{ id: 1, line: 7 }];
    const stop = move(inBlock, { kind: 'continue', breakpoints: breaks({ lines }) });
    assert.equal(stop.reason, 'breakpoint');
    assert.equal(inBlock.bindings().get('x'), 5n);
    assert.equal(inBlock.bindings().get('i'), 7n);
    assert.equal(inBlock.bindings().has('z'), false);
    const [place] = inBlock.stack(inBlock.currentThreadId);
    assert.deepEqual([place?.line, place?.column, place?.endColumn], [7, 9, 22]);
    const next = move(inBlock, { kind: 'over' });
    assert.equal(next.reason, 'step');
    assert.equal(inBlock.bindings().get('y'), 12n);
    assert.equal(inBlock.stack(inBlock.currentThreadId)[0]?.column, 24);
  });

  it('in goes through every numbered step of the kernel, innermost function first', () => {
    const stops = walk(simulationOf(text), 'in');
    assert.ok(stops.length > 100, String(stops.length));
    assert.ok(stops.includes('shell vmm_get_pte 1'));
    const own = stops.filter((stop) => /^helper \d+$/.test(stop));
    // Line 14 once more for the access that is tried again behind its fault.
    assert.deepEqual(own, ['helper 14', 'helper 14', 'helper 15', 'helper 18']);
  });

  it('over inside a function stays in it, out leaves it for its caller, and at last for the statement', () => {
    const simulation = simulationOf(text);
    const functions = [{ id: 7, name: 'vmm_get_pte' }];
    const stop = move(simulation, { kind: 'continue', breakpoints: breaks({ functions }) });
    assert.deepEqual([stop.reason, stop.hits], ['function breakpoint', [7]]);
    assert.equal(standing(simulation, stop), 'shell vmm_get_pte 1');
    const names = (): string[] => simulation.stack(simulation.currentThreadId).map(({ name }) => name);
    let before = names();
    assert.match(standing(simulation, move(simulation, { kind: 'over' })), /^shell vmm_get_pte (?!1$)/);
    assert.deepEqual(names(), before);
    while (before.length > 1) {
      move(simulation, { kind: 'out' });
      const after = names();
      // Callers that have nothing more to do are passed.
      assert.ok(after.length < before.length);
      assert.deepEqual(after, before.slice(-after.length));
      before = after;
    }
    assert.deepEqual(simulation.position.step, 0);
    assert.equal(simulation.stack(simulation.currentThreadId)[0]?.line, 7);
    assert.equal(simulation.bindings().get('i'), 1n);
  });

  it('out of a function that waits for a server stops at no step of the server’s', () => {
    const simulation = simulationOf(`process shell { code 1 page data 0 }
thread helper of shell at (1,0)
as shell { let a = mmap(2 pages, rw) }
as helper { write(a, 1) }
print 1
`);
    const functions = [{ id: 7, name: 'rpc_vmm_get_pte_client' }];
    const stop = move(simulation, { kind: 'continue', breakpoints: breaks({ functions }) });
    assert.equal(standing(simulation, stop), 'helper rpc_vmm_get_pte_client 1');
    // The server runs between this step and the next of the thread's own.
    const out = move(simulation, { kind: 'out', thread: stop.thread ?? 0 });
    assert.match(standing(simulation, out), /^helper (?!rpc_)/);
  });

  it('out of a block goes behind it', () => {
    const simulation = simulationOf(text);
    for (let count = 0; count < 5; count++) move(simulation, { kind: 'over' });
    assert.equal(standing(simulation, move(simulation, { kind: 'out' })), 'shell 9');
    assert.equal(standing(simulation, move(simulation, { kind: 'out' })), 'kernel 11');
  });
});

describe('session: breakpoints', () => {
  it('on a line stop each time it is reached, with their ids', () => {
    const simulation = simulationOf(text);
    const breakpoints = breaks({
      lines: [
        { id: 1, line: 7 },
        { id: 2, line: 9 },
        { id: 3, line: 7 },
      ],
    });
    const stops: unknown[] = [];
    for (let stop = move(simulation, { kind: 'continue', breakpoints }); stop.reason !== 'end';) {
      stops.push([stop.reason, stop.hits, standing(simulation, stop)]);
      stop = move(simulation, { kind: 'continue', breakpoints });
    }
    assert.deepEqual(stops, [
      ['breakpoint', [1, 3], 'shell 7'],
      ['breakpoint', [1, 3], 'shell 7'],
      ['breakpoint', [2], 'shell 9'],
    ]);
  });

  it('on a line of a file stop in that file alone, inside a block of parallel as well', () => {
    for (const line of [7, 15]) {
      const stopsIn = (file: string): string => {
        const breakpoints = breaks({ lines: [{ id: 1, line, file }] });
        return move(simulationOf(text), { kind: 'continue', breakpoints }).reason;
      };
      assert.deepEqual([stopsIn('test.walk'), stopsIn('other.walk')], ['breakpoint', 'end'], `line ${String(line)}`);
    }
  });

  it('inside a block of parallel stop with the thread that reaches them', () => {
    const simulation = simulationOf(text);
    const breakpoints = breaks({ lines: [{ id: 1, line: 15 }] });
    const stop = move(simulation, { kind: 'continue', breakpoints });
    assert.equal(standing(simulation, stop), 'helper 15');
    assert.equal(move(simulation, { kind: 'continue', breakpoints }).reason, 'end');
  });

  it('are refused by their conditions', () => {
    const simulation = simulationOf(text);
    const at = (): bigint | undefined => simulation.bindings().get('i') as bigint | undefined;
    const breakpoints = breaks({ lines: [{ id: 1, line: 7, accept: () => at() === 1n }] });
    move(simulation, { kind: 'continue', breakpoints });
    assert.equal(at(), 1n);
    assert.equal(move(simulation, { kind: 'continue', breakpoints }).reason, 'end');
  });

  it('a function by its alias, at every entry and at no other step', () => {
    const simulation = simulationOf(`${text}as shell { let b = mmap(2 pages, rw) munmap(b, 4096) }`);
    const breakpoints = breaks({ functions: [{ id: 1, name: 'vmm_resize_vseg' }] });
    const stop = move(simulation, { kind: 'continue', breakpoints });
    assert.equal(standing(simulation, stop), 'shell vmm_remove_region 1');
    assert.equal(move(simulation, { kind: 'continue', breakpoints }).reason, 'end');
  });

  it('a function whose first label has a letter, at that step', () => {
    const simulation = simulationOfFile(
      'kernel lunaix process p { code 1 page data 0 } as p { let c = fork() } as c { exit() } as p { wait() }',
    );
    const breakpoints = breaks({ functions: [{ id: 1, name: 'procvm_cleanup' }] });
    const stop = move(simulation, { kind: 'continue', breakpoints });
    assert.equal(standing(simulation, stop), 'p procvm_cleanup 1a');
  });

  it('exceptions stop where they are raised, expectations too, and only those that are asked for', () => {
    const failing = `process shell { code 1 page data 0 }
as shell {
    let a = mmap(2 pages, rw)
    write(a, 1)
    let child = fork()
    write(a, 2)
    expect read(8) fails SEGV
    expect read(a) == 3
    inject page-alloc fails
    expect write(a + 4096, 1) fails OOM
}`;
    const filters = ['page-fault', 'cow-fault', 'segv', 'oom', 'expectation'] as const;
    const simulation = simulationOf(failing);
    const breakpoints = breaks({ exceptions: filters.map((filter) => ({ filter })) });
    const seen: string[] = [];
    for (let stop = move(simulation, { kind: 'continue', breakpoints }); stop.reason !== 'end';) {
      assert.equal(stop.reason, 'exception');
      seen.push(`${stop.exception?.filter ?? ''} ${standing(simulation, stop)}`);
      stop = move(simulation, { kind: 'continue', breakpoints });
    }
    assert.deepEqual(seen, [
      'page-fault shell 5',
      'cow-fault shell 7',
      'segv shell 8',
      'expectation shell 9',
      'oom shell 11',
    ]);
    const other = simulationOf(failing);
    const only = breaks({ exceptions: [{ filter: 'oom' }] });
    assert.equal(standing(other, move(other, { kind: 'continue', breakpoints: only })), 'shell 11');
  });

  it('change nothing: a run with stops ends like one without', () => {
    const stopped = simulationOf(text);
    const breakpoints = breaks({
      lines: [{ id: 1, line: 7 }],
      functions: [{ id: 2, name: 'vmm_get_pte' }],
      exceptions: [{ filter: 'page-fault' }],
    });
    while (move(stopped, { kind: 'continue', breakpoints }).reason !== 'end');
    const { steps } = runToEnd(simulationOf(text)).world.script;
    assert.equal(stopped.world.script.steps, steps);
    assert.deepEqual(findingsOf(stopped), []);
  });
});
