/** Documents that come, go and break: their problems last as long as their text, and none of them harms another. */
import { strict as assert } from 'node:assert';
import { pathToFileURL } from 'node:url';
import { EmptyFileSystem, TextDocument, URI } from 'langium';
import { createWalkServices } from '../../../../simulator/language/lsp/lsp-module.ts';
import { Folder } from '../../cli/pagewalk.ts';
import { fakeCatalogue } from '../fake-catalogue.ts';
import { ServerProcess, type Published } from './server-process.ts';

const isEmpty = ({ diagnostics }: Published): boolean => diagnostics.length === 0;
const has =
  (code: string) =>
  ({ diagnostics }: Published): boolean =>
    diagnostics.some((finding) => finding.code === code);

const failing = 'kernel lunaix\nexpect 1 == 2\n';

describe('problems of a document', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder({ 'good.walk': 'kernel lunaix\nprint 1\n', 'bad.walk': 'print nothing\n' });
  });
  afterEach(() => {
    folder.remove();
  });
  const uriOf = (name: string): string => pathToFileURL(folder.at(name)).href;
  const inFolder = (): object => ({ workspaceFolders: [{ uri: pathToFileURL(folder.path).href, name: 'folder' }] });

  it('go with unsaved text: a closed file is what is on the disk again', async () => {
    const server = new ServerProcess();
    await server.initialize({}, inFolder());
    const uri = uriOf('good.walk');
    server.open(uri, 'print nothing\n');
    await server.problems(uri, has('WALK101'));
    const before = server.published(uri).length;
    server.close(uri);
    await server.problems(uri, isEmpty, before);
    const bad = uriOf('bad.walk');
    server.open(bad, 'print 1\n');
    await server.problems(bad, isEmpty);
    server.close(bad);
    await server.problems(bad, has('WALK101'), server.published(bad).length);
    await server.end();
  });

  it('go with a document that is in no folder, and with one that has no file', async () => {
    const server = new ServerProcess();
    await server.initialize();
    for (const uri of ['file:///nowhere/else.walk', 'untitled:Untitled-1', uriOf('good.walk')]) {
      server.open(uri, failing);
      await server.problems(uri, has('WALK201'));
      const before = server.published(uri).length;
      server.close(uri);
      await server.problems(uri, isEmpty, before);
      const { error } = await server.ask('textDocument/codeLens', { textDocument: { uri } });
      assert.deepEqual([error?.code, error?.message], [-32602, `\`textDocument.uri\`: ${uri} is not an open document`]);
    }
    await server.end();
  });

  it('go when the text is reverted while it is simulated', async () => {
    const server = new ServerProcess();
    await server.initialize({}, inFolder());
    const uri = uriOf('good.walk');
    server.open(uri, failing);
    await server.problems(uri, has('WALK201'));
    server.change(uri, 'kernel lunaix\nfor i in 0..1000000000000 { print i }\n', 2);
    server.change(uri, 'kernel lunaix\nprint 1\n', 3);
    assert.deepEqual(await server.problems(uri, ({ version }) => version === 3), []);
    server.close(uri);
    await server.problems(uri, isEmpty, server.published(uri).length);
    assert.deepEqual(server.published(uri).at(-1)?.diagnostics, []);
    await server.end();
  });

  it('follow the disk while no editor shows the file, and the editor while one does', async () => {
    const server = new ServerProcess();
    await server.initialize({}, inFolder());
    const uri = uriOf('bad.walk');
    server.open(uri, 'print 1\n');
    await server.problems(uri, isEmpty);
    folder.write('bad.walk', 'let\n');
    server.notify('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
    server.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: pathToFileURL(folder.path).href, type: 3 }] });
    server.open('file:///other.walk', failing);
    await server.problems('file:///other.walk', has('WALK201'));
    assert.ok(server.published(uri).every(isEmpty));
    assert.ok(Array.isArray(await server.request('textDocument/codeLens', { textDocument: { uri } })));
    server.close(uri);
    await server.problems(uri, has('WALK100'), server.published(uri).length);
    folder.write('bad.walk', 'print 1\n');
    const before = server.published(uri).length;
    server.notify('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
    await server.problems(uri, isEmpty, before);
    await server.end();
  });

  it('are told of any document that is opened here, however it is called', async () => {
    const server = new ServerProcess();
    await server.initialize();
    const documents = [
      ['untitled:Untitled-1', 'walk'],
      ['untitled:notes', 'plaintext'],
      ['file:///a.txt', 'plaintext'],
      ['file:///SHOUT.WALK', 'walk'],
      ['git:/a.walk?ref', 'walk'],
      ['file://host/share/a.walk', 'walk'],
    ] as const;
    for (const [uri, language] of documents) server.open(uri, failing, 1, language);
    for (const [uri] of documents) await server.problems(uri, has('WALK201'));
    for (const [uri] of documents) server.close(uri);
    const last = 'file:///last.walk';
    server.open(last, failing);
    await server.problems(last, has('WALK201'));
    await server.end();
  });

  it('of a folder with unreadable files are those of the others', async () => {
    folder.write('sub/UP.WALK', 'print nothing\n');
    folder.write('node_modules/skipped.walk', 'print nothing\n');
    const server = new ServerProcess();
    await server.initialize({}, inFolder());
    server.open('file:///other.walk', 'print 1\n');
    await server.problems(uriOf('sub/UP.WALK'), has('WALK101'));
    await server.problems(uriOf('bad.walk'), has('WALK101'));
    assert.deepEqual(server.published(uriOf('node_modules/skipped.walk')), []);
    await server.end();
  });
});

describe('a fault of ours in one document', () => {
  const boom = 'print "boom"\n';

  it('is said there, and leaves every other document alone', async () => {
    const { shared, Walk } = createWalkServices(EmptyFileSystem, fakeCatalogue);
    const { AsyncParser } = Walk.parser;
    const { DocumentValidator } = Walk.validation;
    const [parse, validate] = [
      AsyncParser.parse.bind(AsyncParser),
      DocumentValidator.validateDocument.bind(DocumentValidator),
    ];
    AsyncParser.parse = (text, token) => {
      if (text === boom) throw new Error('the parser fell over');
      return parse(text, token);
    };
    DocumentValidator.validateDocument = (document, ...rest) => {
      if (document.textDocument.getText() === 'print 3\n') throw new Error('the checks fell over');
      return validate(document, ...rest);
    };
    const { DocumentBuilder, LangiumDocuments, TextDocuments } = shared.workspace;
    const build = async (texts: readonly string[], version: number): Promise<(string | undefined)[]> => {
      const uris = texts.map((_text, index) => URI.parse(`file:///${String(index)}.walk`));
      for (const [index, uri] of uris.entries())
        TextDocuments.set(TextDocument.create(uri.toString(), 'walk', version, texts[index] ?? ''));
      await DocumentBuilder.update(uris, []);
      return uris.map((uri) =>
        LangiumDocuments.getDocument(uri)
          ?.diagnostics?.map(({ message }) => JSON.stringify(message))
          .join(),
      );
    };
    const notChecked = (what: string): string =>
      `"This file could not be checked: ${what}. This is a bug of Pagewalk."`;
    assert.deepEqual(await build(['let a = )', boom, 'print 3\n', 'print 4\n'], 1).then((found) => found.slice(1)), [
      notChecked('the parser fell over'),
      notChecked('the checks fell over'),
      '',
    ]);
    assert.deepEqual(await build(['print 1\n', 'print 2\n', 'print 4\n', boom], 2), [
      '',
      '',
      '',
      notChecked('the parser fell over'),
    ]);
  });
});
