/** The editor's features, on services without a connection. The cursor stands at the mark ‸. */
import { strict as assert } from 'node:assert';
import { EmptyFileSystem, URI } from 'langium';
import type { LangiumDocument } from 'langium';
import type { CompletionItem, Hover, Position } from 'vscode-languageserver';
import { pagingNames } from '../../../simulator/hardware/layouts/formats.ts';
import { presetNames } from '../../../simulator/hardware/machine-config.ts';
import { createWalkServices } from '../../../simulator/language/lsp/lsp-module.ts';
import { reservedWords, settingWords } from '../../../simulator/language/grammar-words.ts';
import { keywordDocs } from '../../../simulator/language/lsp/keyword-docs.ts';
import { fakeCatalogue } from './fake-catalogue.ts';

const { shared, Walk, values } = createWalkServices(EmptyFileSystem, fakeCatalogue);
let count = 0;

interface Marked {
  readonly document: LangiumDocument;
  readonly position: Position;
  readonly at: { readonly textDocument: { readonly uri: string }; readonly position: Position };
}

async function open(marked: string): Promise<Marked> {
  const offset = Math.max(0, marked.indexOf('‸'));
  const uri = URI.parse(`file:///test/${String(count++)}.walk`);
  const document = shared.workspace.LangiumDocumentFactory.fromString(marked.replace('‸', ''), uri);
  shared.workspace.LangiumDocuments.addDocument(document);
  await shared.workspace.DocumentBuilder.build([document], { validation: true });
  const position = document.textDocument.positionAt(offset);
  return { document, position, at: { textDocument: { uri: uri.toString() }, position } };
}

async function complete(marked: string): Promise<CompletionItem[]> {
  const { document, at } = await open(marked);
  return (await Walk.lsp.CompletionProvider?.getCompletion(document, at))?.items ?? [];
}

async function labels(marked: string): Promise<string[]> {
  return (await complete(marked)).map(({ label }) => label);
}

async function hover(marked: string): Promise<string> {
  const { document, at } = await open(marked);
  const found: Hover | undefined = await Walk.lsp.HoverProvider?.getHoverContent(document, at);
  return found === undefined ? '' : (found.contents as { value: string }).value;
}

function textOf(document: LangiumDocument, range: { start: Position; end: Position }): string {
  return document.textDocument.getText(range);
}

const process = 'process p { code 0 data 0 }\n';

describe('completion', () => {
  const exact: readonly (readonly [string, readonly string[]])[] = [
    ['kernel ‸', ['toy', 'other']],
    ['machine ‸', presetNames],
    ['kernel toy machine ‸', ['tsar']],
    ['machine tsar { ‸ }', ['mesh', 'cores', 'memory', 'paging', 'tlb', 'cost', 'seed']],
    ['machine tsar { mesh 2x2  me‸', ['mesh', 'cores', 'memory', 'paging', 'tlb', 'cost', 'seed']],
    ['machine tsar { paging ‸', pagingNames],
    ['kernel other machine i386 { paging ‸', ['x86-32']],
    ['machine tsar { tlb { ‸', ['sets', 'ways']],
    ['kernel toy { ‸', ['quota', 'heap', 'period', 'fork', 'sweeper']],
    ['kernel toy { fork ‸', ['clone', 'cow']],
    ['kernel toy { sweeper ‸', ['on', 'off']],
    ['kernel toy daemon ‸', ['sweeper']],
    ['kernel toy daemon sweeper ‸', ['on', 'off']],
    ['process p { ‸', ['code', 'data']],
    ['file "a" { ‸', ['size', 'fill', 'text', 'from']],
    [`${process}as ‸`, ['p']],
    [`${process}thread t of ‸`, ['p']],
    ['kernel toy print kernel.‸', ['nr_pages']],
    ['print tlb(0).‸', ['present', 'ppn', 'writable', 'executable', 'user', 'global']],
    ['print frame(tlb(0).ppn).‸', ['refs', 'forks', 'state', 'cluster', 'order']],
    ['// a comment ‸', []],
    ['print "a string ‸', []],
  ];
  for (const [marked, expected] of exact)
    it(marked.replace('\n', ' '), async () => assert.deepEqual(await labels(marked), expected));

  it('offers statements and functions at the start of a statement', async () => {
    const items = await complete(`${process}as p {\n    ‸\n}`);
    const write = items.find(({ label }) => label === 'write');
    assert.equal(write?.insertText, 'write(${1:addr}, ${2:value})');
    assert.ok(items.some(({ label }) => label === 'let') && items.some(({ label }) => label === 'test'));
  });

  it('offers a kernel’s own functions with named arguments', async () => {
    const item = (await complete('kernel toy\n‸')).find(({ label }) => label === 'toy_map');
    assert.equal(item?.insertText, 'toy_map(process: ${1:process}, vpn: ${2:vpn})');
    assert.match(item.detail ?? '', /^toy_map\(process: process, vpn: vpn, wiring\?: region_wiring/);
  });

  it('offers words of the parameter first, and the names of arguments not yet given', async () => {
    assert.deepEqual((await labels('kernel toy let x = toy_map(p, 1, ‸')).slice(0, 3), [
      'lazy',
      'wired_contig',
      'wiring:',
    ]);
    assert.deepEqual((await labels('let x = mmap(1, ‸')).slice(0, 5), ['r', 'rw', 'rx', 'rwx', 'none']);
    const named = await labels('let x = mmap(1, rw, kind: file, ‸');
    assert.ok(named.includes('file:') && named.includes('at:') && !named.includes('kind:'));
    assert.deepEqual((await labels('let x = mmap(1, rw, kind: ‸')).slice(0, 4), ['anon', 'file', 'shared', 'remote']);
  });

  it('offers events inside count, errors after fails, bindings that are visible', async () => {
    const events = await labels('kernel toy print count("‸");');
    assert.ok(events.includes('page-copy') && events.includes('rpc:TOY_GET'));
    const errors = await labels('kernel toy expect f() fails ‸');
    assert.ok(errors.includes('SEGV') && errors.includes('TOY_NO_MEMORY') && errors.includes('OOM'));
    assert.ok(!errors.includes('INVARIANT'));
    const ofBlocks = await labels(
      'kernel toy process p { code 0 data 0 } expect explore { as p { } as p { } } fails ‸',
    );
    assert.ok(['SEGV', 'DEADLOCK', 'INVARIANT', 'EXPECTATION'].every((error) => ofBlocks.includes(error)));
    const bound = await labels('let one = 1 for i in 0..2 { let two = 2 print ‸ } let three = 3');
    assert.deepEqual(
      ['one', 'two', 'three', 'i'].map((name) => bound.includes(name)),
      [true, true, false, true],
    );
  });
});

describe('signature help', () => {
  const help = async (marked: string): Promise<readonly [string | undefined, number | null | undefined]> => {
    const { document, at } = await open(marked);
    const found = await Walk.lsp.SignatureHelp?.provideSignatureHelp(document, at);
    const [signature] = found?.signatures ?? [];
    return [signature?.label, signature?.activeParameter];
  };
  it('marks the argument at the cursor', async () => {
    assert.deepEqual(await help('wait(‸)'), ['wait(time?: time) → process', 0]);
    assert.equal((await help('munmap(f(1, 2), ‸'))[1], 1);
    assert.equal((await help('mmap(1, rw, offset: ‸'))[1], 4);
    assert.deepEqual(await help('print (1, ‸'), [undefined, undefined]);
  });
});

describe('words of the grammar', () => {
  it('have a hover each, and no other word has', () => {
    assert.deepEqual(Object.keys(keywordDocs).sort(), [...new Set([...reservedWords, ...settingWords])].sort());
    for (const [word, { text, form }] of Object.entries(keywordDocs)) {
      assert.match(text, /^[A-Z].*\.$/, word);
      assert.ok(form.includes(word), word);
    }
  });
});

describe('hover', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['print 64‸KiB', /^`65536` = `0x10000` = `64KiB` = `16 pages`$/],
    ['print 0x‸1234', /^`4660` = `0x1234` = `page 0x1 \+ 0x234`$/],
    ['wait(2m‸s)', /`2000us` = `200000 cycles`/],
    [
      'kernel toy toy_‸map(p, 1)',
      /toy_map\(process: process[^]*Maps a page\.[^]*toy, section 5\.1[^]*`TOY_NO_MEMORY`[^]*\*\*1\*\* Look the page up/,
    ],
    ['print mmap(1, rw, rep‸lace: true)', /`replace` of `mmap`: with at: unmaps first/],
    ['kernel toy { qu‸ota 4 }', /Pages of a process\.[^]*integer from 1 to 10; default `4`/],
    ['kernel toy print kernel.nr_‸pages', /Pages in all/],
    ['kernel toy print TOY_‸LIMIT', /constant of toy: `100` = `0x64`/],
    ['let buf = 5\nprint bu‸f', /let buf = 5/],
    ['print mmap(1, r‸w)', /`rw`, protection: read, write/],
    ['print count("page-‸copy")', /Event `page-copy`: A frame was copied[^]*`from`, `to`/],
    ['machine tsar { tlb { se‸ts 8 } }', /Sets of each TLB[^]*Default: `8`\./],
    ['machine tsar { cost { HO‸P 4 } }', /Cycles of one hop[^]*Default: `4`\./],
    ['expect read(0) fails SE‸GV', /`SEGV`: An access that the kernel refuses/],
    ['kernel toy expect read(0) fails TOY_NO_‸MEMORY', /Error of toy, of `toy_map`/],
    ['expect explore { } fails DEAD‸LOCK', /`DEADLOCK`: Every thread/],
    ['inject page-‸alloc fails', /Injection `page-alloc`: A call of the frame allocator/],
    ['kernel toy inject toy-‸alloc fails', /toy allocator has nothing left/],
    ['kernel toy daemon sw‸eeper on', /Daemon `sweeper` of toy: Sweeps\./],
    ['inject page-alloc fai‸ls', /next operation of this kind fails/],
    ['print mmap(1, r‸wx)', /protection: read, write, execute/],
    ['machine tsar { see‸d 4 }', /choice of the run/],
    ['parallel see‸d 4 { }', /which block takes the next step/],
    ['print kernel.nr_‸pages', /`kernel\.nr_pages` \(toy\): Pages in all/],
    ['let a = mmap(4 pa‸ges, rw)\nprint a', /^`16384` = `0x4000` = `16KiB` = `4 pages`$/],
    ['print pte(0).pp‸n', /^`ppn` of [^:]*: number of the physical page$/],
    ['let e = pte(0)\nprint e.dir‸ty', /the page was written/],
    ['process p { code 1 page  data 1 page }\nprint p.pi‸d', /process identifier/],
    ['kernel t‸oy', /\*\*toy\*\*/],
    [
      'machine i38‸6',
      /Preset `i386`: x86-32 page tables \(2 levels, addresses of 32 bits\).*Kernels that run on it: `other`/s,
    ],
    ['machine rv6‸4', /Sv39 page tables \(3 levels, addresses of 39 bits\).*No kernel runs on it yet/s],
    ['exp‸ect true', /what must be true[^]*```walk\nexpect/],
    ['file "/f" { si‸ze 1 page }', /How long the file is/],
  ];
  for (const [marked, expected] of cases) it(marked, async () => assert.match(await hover(marked), expected));
  it('has nothing to say about blanks and comments', async () => assert.equal(await hover('// com‸ment\nprint 1'), ''));
});

describe('navigation', () => {
  const text = 'let a = 1\nprint a\ntest "t" {\n    print a + a‸\n}\n';

  it('finds definition, references and highlights', async () => {
    const { document, at } = await open(text);
    const [link] = (await Walk.lsp.DefinitionProvider?.getDefinition(document, at)) ?? [];
    assert.deepEqual(link?.targetSelectionRange, { start: { line: 0, character: 4 }, end: { line: 0, character: 5 } });
    const references = await Walk.lsp.ReferencesProvider?.findReferences(document, {
      ...at,
      context: { includeDeclaration: true },
    });
    assert.deepEqual(
      references?.map(({ range }) => [range.start.line, range.start.character]),
      [
        [0, 4],
        [1, 6],
        [3, 10],
        [3, 14],
      ],
    );
    const highlights = await Walk.lsp.DocumentHighlightProvider?.getDocumentHighlight(document, at);
    assert.deepEqual(
      highlights?.map(({ kind }) => kind),
      [3, 2, 2, 2],
    );
  });

  it('renames, and refuses names that cannot be', async () => {
    const { document, at } = await open(text);
    const edit = await Walk.lsp.RenameProvider?.rename(document, { ...at, newName: 'page-out' });
    assert.equal(Object.values(edit?.changes ?? {})[0]?.length, 4);
    assert.ok(await Walk.lsp.RenameProvider?.prepareRename(document, at));
    for (const newName of ['let', 'none', '1a', 'a-1', 'a b', '']) {
      await assert.rejects(
        async () => Walk.lsp.RenameProvider?.rename(document, { ...at, newName }),
        /cannot be the name/,
      );
    }
    const second = await open('let a = 1 let b = 2 print a‸ + b');
    await assert.rejects(
      async () => Walk.lsp.RenameProvider?.rename(second.document, { ...second.at, newName: 'b' }),
      /bound already/,
    );
  });

  it('knows processes after as, of and dump', async () => {
    const { document, at } = await open('process p‸ { code 0 data 0 }\nthread t of p\nas p { dump p }');
    const references = await Walk.lsp.ReferencesProvider?.findReferences(document, {
      ...at,
      context: { includeDeclaration: false },
    });
    assert.deepEqual(
      references?.map(({ range }) => [range.start.line, range.start.character]),
      [
        [1, 12],
        [2, 3],
        [2, 12],
      ],
    );
  });
});

describe('the view of a file', () => {
  const text =
    'machine tsar\nkernel toy\nprocess p { code 0 data 0 }\nas p {\n    let a = read(0)\n    print a\n}\ntest "one" {\n    print 1\n}\n';

  it('outlines', async () => {
    const { document, at } = await open(text);
    const symbols = (await Walk.lsp.DocumentSymbolProvider?.getSymbols(document, at)) ?? [];
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['tsar', 'toy', 'p', 'as p', 'one'],
    );
    assert.deepEqual(
      symbols[3]?.children?.map(({ name }) => name),
      ['a'],
    );
  });

  it('offers Run and Debug for the file and each test', async () => {
    const { document, at } = await open(text);
    const lenses = (await Walk.lsp.CodeLensProvider?.provideCodeLens(document, at)) ?? [];
    assert.deepEqual(
      lenses.map(({ range, command }) => [
        range.start.line,
        command?.title,
        command?.command,
        command?.arguments?.[1] as unknown,
      ]),
      [
        [0, 'Run Scenario', 'pagewalk.runFile', undefined],
        [0, 'Debug Scenario', 'pagewalk.debugFile', undefined],
        [7, 'Run Test', 'pagewalk.runFile', 'one'],
        [7, 'Debug Test', 'pagewalk.debugFile', 'one'],
      ],
    );
  });

  it('folds blocks', async () => {
    const { document, at } = await open(text);
    const folds = (await Walk.lsp.FoldingRangeProvider?.getFoldingRanges(document, at)) ?? [];
    assert.ok(folds.some(({ startLine, endLine }) => startLine === 3 && endLine >= 5));
    assert.ok(folds.some(({ startLine }) => startLine === 7));
  });

  it('colours by meaning', async () => {
    const { document, at } = await open(
      'kernel toy\nlet a = toy_map(p, 1, lazy) print a.ppn + TOY_LIMIT print count("oom")',
    );
    const provider = Walk.lsp.SemanticTokenProvider;
    const { data = [] } = (await provider?.semanticHighlight(document, at)) ?? {};
    const names = Object.entries(provider?.tokenTypes ?? {});
    const found: string[] = [];
    let [line, character] = [0, 0];
    for (let index = 0; index < data.length; index += 5) {
      const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(index, index + 4);
      character = lines === 0 ? character + characters : characters;
      line += lines;
      const range = { start: { line, character }, end: { line, character: character + length } };
      found.push(`${textOf(document, range)}:${names.find(([, number]) => number === type)?.[0] ?? ''}`);
    }
    assert.deepEqual(found, [
      'toy:namespace', 'a:variable', 'toy_map:function', 'lazy:enumMember', 'a:variable', 'ppn:property', 'TOY_LIMIT:enumMember',
      'count:function', '"oom":event',
    ]); // prettier-ignore
  });

  it('formats the whole and a part', async () => {
    const { document, at } = await open('let   a=1\nprint   a\n');
    const options = { tabSize: 4, insertSpaces: true };
    const all = await Walk.lsp.Formatter?.formatDocument(document, { ...at, options });
    assert.equal(all?.length, 4);
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 20 } };
    const part = await Walk.lsp.Formatter?.formatDocumentRange(document, { ...at, options, range });
    assert.deepEqual(part, [
      { range: { start: { line: 1, character: 5 }, end: { line: 1, character: 8 } }, newText: ' ' },
    ]);
    const broken = await open('let = ');
    assert.deepEqual(await Walk.lsp.Formatter?.formatDocument(broken.document, { ...broken.at, options }), []);
  });

  it('publishes diagnostics with codes and related places', async () => {
    const { document } = await open('let a = 1\nlet a = 2\nprint a');
    const [problem] = document.diagnostics ?? [];
    assert.deepEqual([problem?.code, problem?.source, problem?.severity], ['WALK118', 'pagewalk', 1]);
    assert.equal(problem?.relatedInformation?.[0]?.location.range.start.character, 4);
    const unused = await open('let a = 1');
    assert.deepEqual(
      unused.document.diagnostics?.map(({ code, severity, tags }) => [code, severity, tags]),
      [['WALK107', 2, [1]]],
    );
  });

  it('shows what the simulation bound to a name, where it is bound and where it is used', async () => {
    const { document } = await open('let n = 1 + 2\nprint n');
    const range = { file: '', line: 1, column: 1, endLine: 1, endColumn: 14 };
    values.set(document, { diagnostics: [], values: [{ range, text: '3' }] });
    assert.equal(values.boundAt(document, { line: 0, character: 0 }), 'In this run: `3`');
    assert.equal(values.boundAt(document, { line: 0, character: 8 }), null);
    const at = async (line: number, character: number): Promise<string> => {
      const params = { textDocument: { uri: document.textDocument.uri }, position: { line, character } };
      const found = await Walk.lsp.HoverProvider?.getHoverContent(document, params);
      return (found?.contents as { value: string } | undefined)?.value ?? '';
    };
    assert.match(await at(0, 4), /In this run: `3`/);
    assert.match(await at(1, 6), /In this run: `3`/);
    assert.equal(await at(0, 8), '`1` = `0x1`');
    values.forget(document.textDocument.uri);
    assert.equal(values.boundAt(document, { line: 0, character: 0 }), null);
  });
});
