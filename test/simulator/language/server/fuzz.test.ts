/** Every method of the server with every parameter wrong, and messages made of anything: each is answered, and the server lives. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { documentAnswers } from '../../../../simulator/language/server/answers.ts';
import { notificationParameters, requestParameters } from '../../../../simulator/language/server/parameters.ts';
import { ServerProcess } from './server-process.ts';

const seed = 20_260_101;
const uri = 'file:///fuzz.walk';
const text =
  'kernel lunaix\nprocess p { code 1 page  data 1 page }\nas p {\n    let a = mmap(4KiB, rw)\n    write(a, 1)\n}\n';

const start = { line: 3, character: 12 };
const range = { start, end: { line: 4, character: 2 } };
const options = { tabSize: 4, insertSpaces: true };
const about = { textDocument: { uri } };
const folder = { uri: 'file:///none', name: 'none' };

/** What a careful client sends. */
const requests: Readonly<Record<string, object>> = {
  'textDocument/codeLens': about,
  'textDocument/completion': { ...about, position: start },
  'textDocument/definition': { ...about, position: start },
  'textDocument/documentHighlight': { ...about, position: start },
  'textDocument/documentSymbol': about,
  'textDocument/foldingRange': about,
  'textDocument/formatting': { ...about, options },
  'textDocument/hover': { ...about, position: start },
  'textDocument/onTypeFormatting': { ...about, position: start, ch: '}', options },
  'textDocument/prepareRename': { ...about, position: start },
  'textDocument/rangeFormatting': { ...about, range, options },
  'textDocument/references': { ...about, position: start, context: { includeDeclaration: true } },
  'textDocument/rename': { ...about, position: start, newName: 'b' },
  'textDocument/semanticTokens/full': about,
  'textDocument/semanticTokens/range': { ...about, range },
  'textDocument/signatureHelp': { ...about, position: start },
  'workspace/symbol': { query: 'a' },
};

const notifications: Readonly<Record<string, object>> = {
  '$/cancelRequest': { id: 1 },
  '$/setTrace': { value: 'off' },
  'textDocument/didChange': { textDocument: { uri, version: 2 }, contentChanges: [{ range, text: '' }] },
  'textDocument/didClose': { textDocument: { uri: 'file:///other.walk' } },
  'textDocument/didOpen': { textDocument: { uri: 'file:///other.walk', languageId: 'walk', version: 1, text: '' } },
  'textDocument/didSave': about,
  'textDocument/willSave': { ...about, reason: 1 },
  'window/workDoneProgress/cancel': { token: 1 },
  'workspace/didChangeConfiguration': { settings: {} },
  'workspace/didChangeWatchedFiles': { changes: [{ uri: 'file:///none.walk', type: 3 }] },
  'workspace/didChangeWorkspaceFolders': { event: { added: [folder], removed: [folder] } },
};

const junk: readonly unknown[] = [undefined, null, true, -1, 0.5, 1e300, 'x', '\u{d800}', [], {}, [[]], { uri: 5 }];

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

function* spoiled(params: object): Generator<readonly [path: Path, params: unknown]> {
  for (const path of pathsIn(params)) for (const value of junk) yield [path, replaced(params, path, value)];
}

/** It can still do its work, on a document that nothing has touched. */
async function isWell(server: ServerProcess): Promise<void> {
  const own = 'file:///well.walk';
  server.open(own, 'print 64KiB\n');
  const hover = await server.request('textDocument/hover', {
    textDocument: { uri: own },
    position: { line: 0, character: 7 },
  });
  assert.match(JSON.stringify(hover), /65536/);
  assert.equal((await server.end()).code, 0);
}

describe('wrong parameters', () => {
  it('are tried for every method', () => {
    assert.deepEqual(
      Object.keys(requests).sort(),
      [...requestParameters.keys()].filter((name) => name !== 'initialize'),
    );
    assert.deepEqual(
      [...documentAnswers.keys()].filter((name) => !requestParameters.has(name)),
      [],
    );
    assert.deepEqual(Object.keys(notifications).sort(), [...notificationParameters.keys()].sort());
  });

  it('are refused by the name of the parameter', async () => {
    const server = new ServerProcess();
    await server.initialize();
    server.open(uri, text);
    const asked = Object.entries(requests).flatMap(([method, params]) =>
      [...spoiled(params)].map(([path, wrong]) => ({ method, path, wrong, id: server.begin(method, wrong) })),
    );
    let refused = 0;
    for (const { method, path, wrong, id } of asked) {
      const { error } = await server.answerTo(id);
      if (error === undefined) continue;
      const what = `${method} ${JSON.stringify(wrong)}: ${error.message}`;
      // A name that is none is the request's failure, not its parameters'.
      if (method === 'textDocument/rename' && error.code === -32803) continue;
      assert.equal(error.code, -32602, what);
      assert.ok(path.length === 0 || error.message.includes(`\`${String(path[0])}`), what);
      refused++;
    }
    assert.ok(refused > asked.length / 2, `${String(refused)} of ${String(asked.length)}`);
    await isWell(server);
  });

  it('of initialize are refused, and a good one follows', async () => {
    const server = new ServerProcess();
    const good = { processId: null, trace: 'off', capabilities: {}, workspaceFolders: [folder] };
    const wrong = [
      ...[undefined, null, 5, 'x', [], {}],
      ...[undefined, null, 5, 'x', []].map((capabilities) => ({ ...good, capabilities })),
      ...['x', -1, 0.5, {}].map((processId) => ({ ...good, processId })),
      ...[5, {}, [5], [{ ...folder, uri: 5 }], [{ uri: folder.uri }]].map((workspaceFolders) => ({
        ...good,
        workspaceFolders,
      })),
      { ...good, trace: 5 },
    ];
    for (const params of wrong) assert.equal((await server.ask('initialize', params)).error?.code, -32602);
    await server.initialize({ textDocument: 5, workspace: [], window: 'x', general: null });
    await isWell(server);
  });

  it('of notifications are dropped, and said in the log', async () => {
    const server = new ServerProcess();
    await server.initialize();
    server.open(uri, text);
    for (const [method, params] of Object.entries(notifications))
      for (const [, wrong] of spoiled(params)) server.notify(method, wrong);
    const logged = await server.next(
      'the log',
      ({ method, params }) => method === 'window/logMessage' && JSON.stringify(params).includes('contentChanges[0]'),
    );
    assert.match(
      JSON.stringify(logged.params),
      /Ignored a notification\. textDocument\/didChange: `contentChanges\[0\][^`]*` must be/,
    );
    await isWell(server);
  });
});

describe('messages made of anything', () => {
  it('are answered each', async () => {
    const server = new ServerProcess();
    await server.initialize();
    server.open(uri, text);
    const methods = fc.oneof(
      fc.constantFrom(...Object.keys(requests), ...Object.keys(notifications), '__proto__', 'constructor', '$/x'),
      fc.string({ maxLength: 12 }),
    );
    const message = fc.record({ method: methods, params: fc.jsonValue({ maxDepth: 3 }) });
    const ids: number[] = [];
    fc.assert(
      fc.property(message, ({ method, params }) => {
        if (method === 'exit' || method === 'shutdown') return;
        ids.push(server.begin(method, params));
        server.notify(method, params);
      }),
      { numRuns: 400, seed },
    );
    for (const id of ids) {
      const { error, result } = await server.answerTo(id);
      assert.ok(error !== undefined || result !== undefined);
      assert.notEqual(error?.code, -32603, error?.message);
    }
    await isWell(server);
  });

  it('in any bytes end the server with a reason or leave it well', async () => {
    const bytes = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 60 }), { numRuns: 3, seed });
    for (const some of bytes) {
      const server = new ServerProcess();
      await server.initialize();
      server.sendBytes(some);
      server.sendBytes('\r\n\r\n');
      const { code, stderr } = await server.ended();
      assert.equal(code, 2);
      assert.match(stderr, /cannot follow the client's messages/);
    }
  });
});
