/** A whole session with the language server, as any editor leads it. */
import { strict as assert } from 'node:assert';
import type { CompletionItem, TextEdit } from 'vscode-languageserver';
import { ServerProcess, type Published } from './server-process.ts';

describe('the language server', () => {
  it('checks, completes and formats an open document', async () => {
    const server = new ServerProcess();
    const { capabilities } = (await server.initialize()) as { capabilities: Record<string, unknown> };
    for (const provider of 'completion signatureHelp hover definition references rename documentSymbol documentHighlight documentFormatting codeLens foldingRange semanticTokens'.split(
      ' ',
    )) {
      assert.ok(capabilities[`${provider}Provider`], provider);
    }
    const uri = 'file:///nowhere/a.walk';
    server.open(uri, 'let   a = 1\nprint b\n');
    const found = await server.problems(uri, () => true);
    assert.deepEqual(
      found.map(({ code, range }) => [code, range.start.line]),
      [
        ['WALK107', 0],
        ['WALK101', 1],
      ],
    );
    const textDocument = { uri };
    const position = { line: 1, character: 6 };
    const list = (await server.request('textDocument/completion', { textDocument, position })) as {
      items: CompletionItem[];
    };
    assert.ok(list.items.some(({ label }) => label === 'a'));
    const options = { tabSize: 4, insertSpaces: true };
    const edits = (await server.request('textDocument/formatting', { textDocument, options })) as TextEdit[];
    assert.deepEqual(
      edits.map(({ newText }) => newText),
      [' '],
    );
    assert.equal((await server.end()).code, 0);
  });

  const scenario = (expected: string): string =>
    `kernel almos-mkh\nprocess p { code 1 page  data 1 page }\nas p {\n    let byte = read(p.data)\n    expect byte == ${expected}\n}\n`;

  it('simulates what is typed, and the next key takes it back', async () => {
    const server = new ServerProcess();
    const uri = 'file:///live.walk';
    const linesOf = async (wanted: (published: Published) => boolean): Promise<unknown> =>
      (await server.problems(uri, wanted)).map(
        ({ code, range }) => `${code ?? ''} line ${String(range.start.line + 1)}`,
      );
    await server.initialize();
    server.open(uri, scenario('7'));
    assert.deepEqual(await linesOf(({ diagnostics }) => diagnostics.length > 0), ['WALK201 line 5']);
    server.change(uri, scenario('0'), 2);
    assert.deepEqual(await linesOf(({ version }) => version === 2), []);
    server.change(uri, 'kernel almos-mkh\nfor i in 0..1000000000000 {\n    print i\n}\n', 3);
    await server.problems(uri, ({ diagnostics }) => diagnostics.some(({ code }) => code === 'WALK220'));
    assert.equal((await server.end()).code, 0);
  });

  it('answers a cancelled request with an error, and the others with results', async () => {
    const server = new ServerProcess();
    await server.initialize();
    const uri = 'file:///cancel.walk';
    server.open(uri, 'print 64KiB\n');
    const hover = { textDocument: { uri }, position: { line: 0, character: 7 } };
    const ids = [1, 2, 3].map(() => server.begin('textDocument/hover', hover));
    server.notify('$/cancelRequest', { id: ids[1] });
    server.notify('$/cancelRequest', { id: 4711 });
    const answers = await Promise.all(ids.map((id) => server.answerTo(id)));
    assert.deepEqual(
      answers.map(({ error, result }) => error?.code ?? typeof result),
      ['object', -32800, 'object'],
    );
    const rename = { ...hover, newName: 'x y' };
    server.change(uri, 'let a = 1\nprint a\n', 2);
    const refused = await server.ask('textDocument/rename', { ...rename, position: { line: 1, character: 6 } });
    assert.equal(refused.error?.code, -32803);
    assert.equal((await server.end()).code, 0);
  });

  it('answers at once about the text that has just been sent', async () => {
    const server = new ServerProcess();
    await server.initialize();
    const uri = 'file:///typed.walk';
    server.open(uri, 'print 1\n');
    const asked: number[] = [];
    for (let version = 2; version < 30; version++) {
      server.change(uri, `print ${String(version)}\n`, version);
      asked.push(server.begin('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 6 } }));
    }
    const values = await Promise.all(asked.map(async (id) => JSON.stringify((await server.answerTo(id)).result)));
    assert.deepEqual(
      values.filter((value, index) => !value.includes(`"${String(index + 2)} = 0x`)),
      [],
    );
    assert.equal((await server.end()).code, 0);
  });
});
