/** Simulation while typing: when it runs, what it publishes, and how it is cancelled. */
import { strict as assert } from 'node:assert';
import { EmptyFileSystem, URI } from 'langium';
import type { Connection, PublishDiagnosticsParams } from 'vscode-languageserver';
import { answerLive, WorkerSimulator } from '../../../simulator/language/live-worker.ts';
import type { LiveReply, LiveRequest, LiveWorker } from '../../../simulator/language/live-worker.ts';
import { LiveFeedback } from '../../../simulator/language/lsp/live.ts';
import type { LiveResult } from '../../../simulator/language/lsp/live.ts';
import { createWalkServices } from '../../../simulator/language/lsp/lsp-module.ts';
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
  update: (text: string) => Promise<void>;
  close: () => void;
} {
  const services = createWalkServices(EmptyFileSystem, fakeCatalogue);
  const runs: Run[] = [];
  const sent: PublishDiagnosticsParams[] = [];
  const connection = {
    sendDiagnostics: (params: PublishDiagnosticsParams) => Promise.resolve(void sent.push(params)),
    console: { error: (message: string) => assert.fail(message) },
  } as unknown as Connection;
  const shared = {
    ...services.shared,
    workspace: services.shared.workspace,
    lsp: { Connection: connection },
  } as typeof services.shared;
  const simulator = {
    simulate: (scenario: Scenario, signal: AbortSignal) =>
      new Promise<LiveResult>((resolve) => void runs.push({ scenario, signal, finish: resolve })),
  };
  new LiveFeedback(shared, fakeCatalogue, simulator, services.values, () => Promise.resolve()).start();
  const uri = URI.parse('file:///live.walk');
  const update = async (text: string): Promise<void> => {
    const { LangiumDocuments, DocumentBuilder, LangiumDocumentFactory } = services.shared.workspace;
    if (LangiumDocuments.hasDocument(uri)) await DocumentBuilder.update([], [uri]);
    const document = LangiumDocumentFactory.fromString(text, uri);
    LangiumDocuments.addDocument(document);
    services.shared.workspace.TextDocuments.set(document.textDocument);
    await DocumentBuilder.build([document], { validation: true });
    for (let count = 0; count < 5; count++) await turn();
  };
  const close = (): void => {
    services.shared.workspace.TextDocuments.delete(uri);
  };
  return { runs, sent, update, close };
}

describe('live feedback', () => {
  it('adds what the simulation finds to the static diagnostics', async () => {
    const { runs, sent, update } = harness();
    await update('let a = 1\nexpect 1 == 2');
    const range = { file: '/live.walk', line: 2, column: 8, endLine: 2, endColumn: 14 };
    const related = [{ message: 'because', range: { ...range, line: 1, endLine: 1 } }];
    runs[0]?.finish({
      ...nothing,
      diagnostics: [{ code: 'WALK201', severity: 'error', message: 'no', range, related }],
      cutShort: '10 steps',
    });
    await turn();
    assert.deepEqual(
      sent[0]?.diagnostics.map(({ code }) => code),
      ['WALK107', 'WALK201', 'WALK220'],
    );
    assert.deepEqual(sent[0].diagnostics[1]?.range.start, { line: 1, character: 7 });
    assert.equal(sent[0].diagnostics[1]?.relatedInformation?.[0]?.location.uri, 'file:///live.walk');
    assert.match(JSON.stringify(sent[0].diagnostics[2]), /cut short: 10 steps/);
  });

  it('tells remarks of open files only', async () => {
    const { runs, sent, update, close } = harness();
    await update('expect 1 == 2');
    const range = { file: '/live.walk', line: 1, column: 8, endLine: 1, endColumn: 14 };
    runs[0]?.finish({
      ...nothing,
      diagnostics: [
        { code: 'WALK201', severity: 'error', message: 'no', range },
        { code: 'WALK228', severity: 'information', message: '2 of 3 interleavings covered', range },
      ],
    });
    await turn();
    close();
    await turn();
    assert.deepEqual(
      sent.map(({ diagnostics }) => diagnostics.map(({ code }) => code)),
      [['WALK201', 'WALK228'], ['WALK201']],
    );
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
    runs[0]?.finish(nothing);
    await turn();
    assert.equal(sent.length, 0);
    runs[1]?.finish(nothing);
    await turn();
    assert.equal(sent.length, 1);
  });
});

class FakeWorker implements LiveWorker {
  readonly requests: LiveRequest[] = [];
  ended = false;
  reply: (reply: LiveReply) => void = () => assert.fail('nobody listens');
  failed: (reason: string) => void = () => assert.fail('nobody listens');

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
  const setUp = (): { workers: FakeWorker[]; simulator: WorkerSimulator } => {
    const workers: FakeWorker[] = [];
    const start = (): FakeWorker => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    };
    return { workers, simulator: new WorkerSimulator(start, () => Promise.resolve({ f: new Uint8Array(2) })) };
  };

  it('is asked with the files that the scenario names, and used again', async () => {
    const { workers, simulator } = setUp();
    for (const id of [1, 2]) {
      const answer = simulator.simulate(scenario, new AbortController().signal);
      await turn();
      const request = workers[0]?.requests.at(-1) ?? assert.fail();
      assert.deepEqual([request.id, request.scenario, request.assets['f']?.length], [id, scenario, 2]);
      workers[0]?.reply(answerLive(request, () => ({ ...nothing, cutShort: String(id) })));
      assert.equal((await answer).cutShort, String(id));
    }
    assert.equal(workers.length, 1);
  });

  it('is ended by the signal, and replaced', async () => {
    const { workers, simulator } = setUp();
    const controller = new AbortController();
    const cancelled = assert.rejects(simulator.simulate(scenario, controller.signal), /cancelled/);
    const next = simulator.simulate(scenario, new AbortController().signal);
    await turn();
    assert.equal(workers[0]?.requests.length, 1);
    controller.abort();
    await cancelled;
    await turn();
    assert.equal(workers[0].ended, true);
    workers[1]?.reply({ id: 2, result: nothing });
    assert.deepEqual(await next, nothing);
  });

  it('passes on failures of the simulator and of the worker itself', async () => {
    const { workers, simulator } = setUp();
    const answer = assert.rejects(simulator.simulate(scenario, new AbortController().signal), /boom/);
    await turn();
    const request = workers[0]?.requests[0] ?? assert.fail();
    workers[0]?.reply(answerLive(request, () => { throw new Error('boom'); })); // prettier-ignore
    await answer;
    const crashed = assert.rejects(simulator.simulate(scenario, new AbortController().signal), /out of memory/);
    await turn();
    workers[0]?.failed('out of memory');
    await crashed;
    assert.equal(workers[0]?.ended, true);
  });
});
