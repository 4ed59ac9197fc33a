/** The server says who it is, and sends each client what that client reports to be able to read. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { CompletionItem } from 'vscode-languageserver';
import { plainText } from '../../../../simulator/language/server/plain-text.ts';
import { ServerProcess } from './server-process.ts';

const uri = 'file:///client.walk';
const text =
  'kernel lunaix\nprocess p { code 1 page  data 1 page }\nas p {\n    let a = mmap(64KiB, rw)\n    let a = 2\n}\n';
const about = { textDocument: { uri } };
const at = (line: number, character: number): object => ({ ...about, position: { line, character } });

/** Prefers plain text as well as one that says nothing. */
const nothing = { textDocument: { hover: { contentFormat: ['plaintext', 'markdown'] } } };
const formats = ['markdown', 'plaintext'];
const everything = {
  textDocument: {
    completion: {
      completionItem: { snippetSupport: true, documentationFormat: formats, labelDetailsSupport: true },
      completionItemKind: { valueSet: Array.from({ length: 25 }, (_, index) => index + 1) },
    },
    definition: { linkSupport: true },
    documentSymbol: {
      hierarchicalDocumentSymbolSupport: true,
      symbolKind: { valueSet: Array.from({ length: 26 }, (_, index) => index + 1) },
    },
    hover: { contentFormat: formats },
    publishDiagnostics: { relatedInformation: true, tagSupport: { valueSet: [1] } },
    rename: { prepareSupport: true },
  },
};

describe('the capabilities of a client', () => {
  /** A client of each kind, at the same text for every test. */
  const clients = new Map<object, readonly [server: ServerProcess, result: Record<string, unknown>]>();
  let version = 0;

  before(async () => {
    for (const capabilities of [nothing, everything]) {
      const server = new ServerProcess();
      clients.set(capabilities, [server, await server.initialize(capabilities)]);
      server.open(uri, '');
    }
  });

  function withFile(capabilities: object): readonly [server: ServerProcess, result: Record<string, unknown>] {
    const client = clients.get(capabilities) ?? assert.fail();
    client[0].change(uri, text, ++version);
    return client;
  }

  async function completions(server: ServerProcess, line: number, character: number): Promise<CompletionItem[]> {
    const list = (await server.request('textDocument/completion', at(line, character))) as { items: CompletionItem[] };
    return list.items;
  }

  it('are answered with the name and version of the server', () => {
    const [, { serverInfo, capabilities }] = withFile(nothing);
    const { version: ours } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual(serverInfo, { name: 'Pagewalk', version: ours });
    assert.equal((capabilities as { renameProvider: unknown }).renameProvider, true);
    const [, rich] = withFile(everything);
    assert.deepEqual((rich['capabilities'] as { renameProvider: unknown }).renameProvider, { prepareProvider: true });
  });

  it('without snippets get text that is complete as it stands', async () => {
    const [server] = withFile(nothing);
    const items = await completions(server, 3, 4);
    assert.deepEqual(
      items.filter(({ insertTextFormat, insertText }) => insertTextFormat === 2 || insertText?.includes('$')),
      [],
    );
    const inserted = (label: string): string | undefined => items.find((item) => item.label === label)?.insertText;
    assert.deepEqual(['write', 'for', 'expect … fails', 'exit'].map(inserted), ['write', 'for', 'expect', 'exit()']);
    assert.deepEqual(
      items.filter(({ kind = 1, labelDetails }) => kind > 18 || labelDetails !== undefined),
      [],
    );
    const [rich] = withFile(everything);
    const write = (await completions(rich, 3, 4)).find(({ label }) => label === 'write');
    assert.equal(write?.insertText, 'write(${1:addr}, ${2:value})');
    assert.ok(write.labelDetails);
  });

  it('without Markdown get plain text', async () => {
    const [server] = withFile(nothing);
    const plain = { kind: 'plaintext', value: '65536 = 0x10000 = 64KiB = 16 pages' };
    const hover = (await server.request('textDocument/hover', at(3, 18))) as {
      contents: { kind: string; value: string };
    };
    assert.deepEqual(hover.contents, plain);
    const described = (await server.request('textDocument/hover', at(3, 13))) as typeof hover;
    assert.doesNotMatch(described.contents.value, /[`*]/);
    const items = await completions(server, 3, 4);
    const { documentation } = items.find(({ label }) => label === 'write') ?? assert.fail();
    assert.ok(typeof documentation === 'object' && documentation.kind === 'plaintext');
    assert.doesNotMatch(documentation.value, /```|\*\*/);
    const [rich] = withFile(everything);
    const marked = (await rich.request('textDocument/hover', at(3, 18))) as typeof hover;
    assert.equal(marked.contents.kind, 'markdown');
  });

  it('without hierarchy get a flat outline', async () => {
    const [server] = withFile(nothing);
    const symbols = (await server.request('textDocument/documentSymbol', about)) as Record<string, unknown>[];
    assert.deepEqual(
      symbols.map(({ name, kind, containerName, location, children }) => [
        name,
        kind,
        containerName,
        location !== undefined,
        children,
      ]),
      [
        ['lunaix', 4, undefined, true, undefined],
        ['p', 5, undefined, true, undefined],
        ['as p', 3, undefined, true, undefined],
        ['a', 13, 'as p', true, undefined],
        ['a', 13, 'as p', true, undefined],
      ],
    );
    const [rich] = withFile(everything);
    const nested = (await rich.request('textDocument/documentSymbol', about)) as Record<string, unknown>[];
    assert.deepEqual(
      nested.map(({ name, children }) => [name, (children as unknown[] | undefined)?.length]),
      [
        ['lunaix', undefined],
        ['p', undefined],
        ['as p', 2],
      ],
    );
  });

  it('without links get locations', async () => {
    const source = 'let a = 1\nprint a\n';
    for (const [capabilities, key] of [
      [nothing, 'uri'],
      [everything, 'targetUri'],
    ] as const) {
      const [server] = withFile(capabilities);
      server.change(uri, source, ++version);
      const [found] = (await server.request('textDocument/definition', at(1, 6))) as Record<string, unknown>[];
      assert.equal(found?.[key], uri);
    }
  });

  it('without related information and tags get the lines in the message', async () => {
    const [server] = withFile(nothing);
    const found = await server.problems(uri, (published) => published.version === version);
    const bound = found.find(({ code }) => code === 'WALK118');
    assert.match(bound?.message ?? '', /\nline 4: /);
    assert.deepEqual([bound?.relatedInformation, bound?.tags], [undefined, undefined]);
    const [rich] = withFile(everything);
    rich.change(uri, 'let a = 1\n', ++version);
    const [unused] = await rich.problems(uri, (published) => published.version === version);
    assert.deepEqual([unused?.tags, unused?.relatedInformation], [[1], []]);
  });
});

describe('plain text', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['`a * b` and **bold** *words*', 'a * b and bold words'],
    ['```walk\nlet a = b * c * d\n```\n\n---\n\n*toy*', 'let a = b * c * d\n\ntoy'],
    ['**1** one  \n**2** `snake_case`', '1 one\n2 snake_case'],
    ['**`code`** and 2 * 3 * 4', 'code and 2 * 3 * 4'],
    ['[the page](https://example.org) \\*', 'the page (https://example.org) *'],
    ['', ''],
  ];
  for (const [markdown, plain] of cases) {
    it(JSON.stringify(markdown), () => {
      assert.equal(plainText(markdown), plain);
    });
  }
});
