/** Simulation while typing: when it runs, what it publishes, and how it is cancelled. */
import { strict as assert } from 'node:assert';
import { EmptyFileSystem, TextDocument, URI } from 'langium';
import type { Connection, PublishDiagnosticsParams } from 'vscode-languageserver';
import { liveBounds, standardBounds, type Bounds } from '../../../simulator/session/scenario/bounds.ts';
import { LiveFeedback } from '../../../simulator/language/live/feedback.ts';
import { boundsIn, type HostBound } from '../../../simulator/language/live/bounds.ts';
import { LiveQueue } from '../../../simulator/language/live/queue.ts';
import type { LiveResult } from '../../../simulator/language/live/result.ts';
import { answerLive, WorkerSimulator } from '../../../simulator/language/live/worker-simulator.ts';
import type { LiveReply, LiveRequest, LiveWorker } from '../../../simulator/language/live/worker-simulator.ts';
import { createWalkServices, type WalkServices } from '../../../simulator/language/lsp/lsp-module.ts';
import type { Scenario } from '../../../simulator/session/scenario/scenario.ts';
import { fakeCatalogue } from './fake-catalogue.ts';
import { scenarioOf } from './support.ts';

const nothing: LiveResult = { diagnostics: [], values: [] };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Run {
  readonly scenario: Scenario;
  readonly signal: AbortSignal;
  readonly finish: (result: LiveResult) => void;
}

/** Services with a simulator that the test drives by hand. */
function harness(): {
  runs: Run[];
  sent: PublishDiagnosticsParams[];
  update: (text: string, name?: string) => Promise<void>;
  close: () => void;
  services: WalkServices;
} {
  const sent: PublishDiagnosticsParams[] = [];
  const connection = {
    sendDiagnostics: (params: PublishDiagnosticsParams) => Promise.resolve(void sent.push(params)),
    console: { error: (message: string) => assert.fail(message) },
  } as unknown as Connection;
  const services = createWalkServices({ connection, ...EmptyFileSystem }, fakeCatalogue);
  const { shared } = services;
  void shared.workspace.ConfigurationProvider.initialized({});
  assert.ok(shared.lsp.Problems);
  const runs: Run[] = [];
  const simulator = {
    simulate: (scenario: Scenario, _bounds: Bounds, signal: AbortSignal) =>
      new Promise<LiveResult>((resolve) => void runs.push({ scenario, signal, finish: resolve })),
  };
  new LiveFeedback(services, simulator, () => Promise.resolve()).start();
  const uriOf = (name: string): URI => URI.parse(`file:///${name}.walk`);
  const update = async (text: string, name = 'live'): Promise<void> => {
    const uri = uriOf(name);
    const { DocumentBuilder, TextDocuments } = shared.workspace;
    TextDocuments.set(TextDocument.create(uri.toString(), 'walk', 1, text));
    await DocumentBuilder.update([uri], []);
    for (let count = 0; count < 5; count++) await turn();
  };
  const close = (): void => {
    shared.workspace.TextDocuments.delete(uriOf('live'));
  };
  return { runs, sent, update, close, services };
}

describe('live feedback', () => {
  const range = { file: '/live.walk', line: 2, column: 8, endLine: 2, endColumn: 14 };

  it('adds what the simulation finds to the static diagnostics', async () => {
    const { runs, sent, update } = harness();
    await update('let a = 1\nexpect 1 == 2');
    const codes = (): unknown => sent.at(-1)?.diagnostics.map(({ code }) => code);
    assert.deepEqual(codes(), ['WALK107']);
    const related = [{ message: 'because', range: { ...range, line: 1, endLine: 1 } }];
    runs[0]?.finish({
      ...nothing,
      diagnostics: [{ code: 'WALK201', severity: 'error', message: 'no', range, related }],
    });
    await turn();
    assert.deepEqual(codes(), ['WALK107', 'WALK201']);
    const found = sent.at(-1)?.diagnostics ?? [];
    assert.deepEqual(found[1]?.range.start, { line: 1, character: 7 });
    assert.equal(found[1].relatedInformation?.[0]?.location.uri, 'file:///live.walk');
  });

  it('tells remarks of open files only', async () => {
    const { runs, sent, services, update, close } = harness();
    await update('print 1\nexpect 1 == 2');
    const error = { code: 'WALK201', severity: 'error', message: 'no', range } as const;
    const remark = { code: 'WALK228', severity: 'information', message: '2 of 3 covered', range } as const;
    runs[0]?.finish({ ...nothing, diagnostics: [error, remark] });
    await turn();
    close();
    const document = services.shared.workspace.LangiumDocuments.all.head() ?? assert.fail();
    services.shared.lsp.Problems.tell(document, sent.at(-1)?.diagnostics ?? []);
    const told = sent.slice(-2).map(({ version, diagnostics }) => [version, ...diagnostics.map(({ code }) => code)]);
    assert.deepEqual(told, [
      [1, 'WALK201', 'WALK228'],
      [undefined, 'WALK201'],
    ]);
  });

  it('does not run what has an error', async () => {
    const { runs, update } = harness();
    await update('let a = )');
    await update('print unknown');
    assert.equal(runs.length, 0);
  });

  it('is cancelled by the next key', async () => {
    const { runs, sent, update } = harness();
    await update('print 1');
    await update('print 2');
    assert.deepEqual(
      runs.map(({ signal }) => signal.aborted),
      [true, false],
    );
    const before = sent.length;
    runs[0]?.finish(nothing);
    await turn();
    assert.equal(sent.length, before);
    runs[1]?.finish(nothing);
    await turn();
    assert.equal(sent.length, before + 1);
  });

  it('runs the file that was edited last first, and the others after it', async () => {
    const { runs, update } = harness();
    for (const name of ['one', 'two', 'three']) await update('print 1', name);
    await update('print 2', 'one');
    const order = (): unknown =>
      runs.map(({ scenario, signal }) => `${scenario.file}${signal.aborted ? ' aborted' : ''}`);
    const begun = ['/one.walk aborted', '/two.walk aborted', '/three.walk aborted', '/one.walk'];
    assert.deepEqual(order(), begun);
    for (const at of [3, 4]) {
      runs[at]?.finish(nothing);
      await turn();
    }
    assert.deepEqual(order(), [...begun, '/three.walk', '/two.walk']);
  });
});

describe('the queue of simulations', () => {
  interface Begun {
    readonly uri: string;
    readonly signal: AbortSignal;
    readonly end: () => void;
  }
  const setUp = (): {
    begun: Begun[];
    failures: unknown[];
    queue: LiveQueue;
    add: (uri: string, rank: number) => void;
  } => {
    const begun: Begun[] = [];
    const failures: unknown[] = [];
    const queue = new LiveQueue((error) => failures.push(error));
    const add = (uri: string, rank: number): void => {
      const run = (signal: AbortSignal): Promise<void> =>
        new Promise((resolve) => {
          begun.push({ uri, signal, end: resolve });
        });
      queue.add({ uri, rank, run });
    };
    return { begun, failures, queue, add };
  };
  const names = (begun: readonly Begun[]): string => begun.map(({ uri }) => uri).join('');

  it('keeps the order of equals, and gives an aborted turn its place back', async () => {
    const { begun, add } = setUp();
    for (const uri of ['a', 'b', 'c']) add(uri, 0);
    assert.equal(names(begun), 'a');
    add('x', 1);
    assert.equal(begun[0]?.signal.aborted, true);
    for (let at = 0; at < begun.length; at++) {
      begun[at]?.end();
      await turn();
    }
    assert.equal(names(begun), 'axabc');
  });

  it('gives a document one turn', async () => {
    const { begun, add, queue } = setUp();
    add('a', 0);
    add('b', 0);
    add('b', 0);
    queue.remove('a');
    assert.equal(names(begun), 'ab');
    begun[1]?.end();
    await turn();
    assert.equal(names(begun), 'ab');
  });

  it('goes on after a failure, and tells it', async () => {
    const { begun, failures, queue, add } = setUp();
    queue.add({ uri: 'a', rank: 0, run: () => Promise.reject(new Error('boom')) });
    add('b', 0);
    await turn();
    assert.equal(names(begun), 'b');
    assert.match(String(failures[0]), /boom/);
  });
});

class FakeWorker implements LiveWorker {
  readonly requests: LiveRequest[] = [];
  ended = false;
  reply: (reply: LiveReply) => void = () => assert.fail('nobody listens');
  failed: (reason: HostBound | Error) => void = () => assert.fail('nobody listens');

  post(request: LiveRequest): void {
    this.requests.push(structuredClone(request));
  }
  listen(reply: FakeWorker['reply'], failed: FakeWorker['failed']): void {
    this.reply = reply;
    this.failed = failed;
  }
  end(): void {
    this.ended = true;
  }
}

describe('the worker that simulates', () => {
  const scenario = scenarioOf('print 0xffff_ffff_ffff_ffff');
  const valued = (text: string): LiveResult => ({
    diagnostics: [],
    values: [{ range: { file: '', line: 1, column: 1, endLine: 1, endColumn: 2 }, text }],
  });
  const setUp = (): {
    workers: FakeWorker[];
    ask: (signal?: AbortSignal) => Promise<LiveResult>;
  } => {
    const workers: FakeWorker[] = [];
    const start = (): FakeWorker => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    };
    const simulator = new WorkerSimulator(start, () => Promise.resolve(['/home/user/work']));
    const ask = (signal = new AbortController().signal): Promise<LiveResult> =>
      simulator.simulate(scenario, liveBounds, signal);
    return { workers, ask };
  };

  it('is asked with the folders and bounds that hold now, and used again', async () => {
    const { workers, ask } = setUp();
    for (const id of [1, 2]) {
      const answer = ask();
      await turn();
      const [worker] = workers;
      const request = worker?.requests.at(-1) ?? assert.fail();
      assert.deepEqual(request, { id, scenario, folders: ['/home/user/work'], bounds: liveBounds });
      await answerLive(request, () => Promise.resolve(valued(String(id))), worker?.reply ?? assert.fail());
      assert.deepEqual(await answer, valued(String(id)));
    }
    assert.equal(workers.length, 1);
  });

  it('is ended by the signal, and replaced before it is asked', async () => {
    const { workers, ask } = setUp();
    const controller = new AbortController();
    const cancelled = assert.rejects(ask(controller.signal), /cancelled/);
    await turn();
    controller.abort();
    await cancelled;
    assert.deepEqual(
      workers.map(({ ended }) => ended),
      [true, false],
    );
    const next = ask();
    await turn();
    workers[1]?.reply({ id: 2, result: nothing });
    assert.deepEqual(await next, nothing);
    assert.equal(workers.length, 2);
  });

  it('answers at a bound with what was found until then', async () => {
    for (const bound of ['seconds', 'hostMemory'] as const) {
      const { workers, ask } = setUp();
      const answer = ask();
      await turn();
      const [worker] = workers;
      const request = worker?.requests[0] ?? assert.fail();
      await answerLive(
        request,
        (_request, tell) => {
          for (const at of ['early', 'late'])
            tell({ seconds: valued(`${at} seconds`), hostMemory: valued(`${at} hostMemory`) });
          worker?.failed(bound);
          return Promise.resolve(valued('never heard'));
        },
        worker?.reply ?? assert.fail(),
      );
      assert.deepEqual(await answer, valued(`late ${bound}`));
      assert.equal(worker?.ended, true);
    }
  });

  it('passes on failures of the simulator and of the worker itself', async () => {
    const { workers, ask } = setUp();
    const answer = assert.rejects(ask(), /boom/);
    await turn();
    const [worker] = workers;
    const request = worker?.requests[0] ?? assert.fail();
    await answerLive(request, () => Promise.reject(new Error('boom')), worker?.reply ?? assert.fail());
    await answer;
    const crashed = assert.rejects(ask(), /fell over/);
    await turn();
    worker?.failed(new Error('it fell over'));
    await crashed;
    assert.equal(worker?.ended, true);
  });
});

describe('the bounds of simulation while typing', () => {
  it('are the settings, where they are numbers above zero; sizes are in MiB', () => {
    const chosen = { seconds: 0.5, steps: 7, statements: 8 };
    assert.deepEqual(boundsIn({ live: { ...chosen, hostMemory: 64 }, bounds: { steps: 1 } }, 'live'), {
      ...liveBounds,
      ...chosen,
      hostMemory: 64 * 2 ** 20,
    });
    for (const settings of [undefined, null, 5, 'x', [], {}, { live: null }, { live: [] }])
      assert.deepEqual(boundsIn(settings, 'live'), liveBounds);
    const wrong = { seconds: -1, steps: 0, statements: '5', hostMemory: Number.POSITIVE_INFINITY };
    assert.deepEqual(boundsIn({ live: wrong }, 'live'), liveBounds);
    assert.deepEqual(boundsIn({ live: chosen, bounds: { findings: 5 } }, 'bounds'), { ...standardBounds, findings: 5 });
  });
});
