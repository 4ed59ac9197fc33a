/** What beginners type, as the editor's server answers it, with the kernels there are: one message for one mistake. */
import { strict as assert } from 'node:assert';
import type { CompletionItem } from 'vscode-languageserver';
import { ServerProcess, type Finding } from './server-process.ts';

const head = 'kernel almos-mkh\n\nprocess p { code 1 page  data 1 page }\n\n';
const inP = (statements: string, before = head): string =>
  `${before}as p {\n    let a = mmap(64KiB, rw)\n    ${statements}\n    print a\n}\n`;
const alone = (statements: string): string => `kernel almos-mkh\n${statements}\n`;

/** What stands between « and » is marked. */
const rows: readonly (readonly [marked: string, message: RegExp])[] = [
  [`${head}as p {\n    let a = mmap(64KiB, rw«»\n    write(a, 1)\n}\n`, /^`\)` is missing\./],
  [inP('print mmap(«4 KiB», rw)'), /^No blank is allowed before the unit: write `4KiB`\.$/],
  [inP('print mmap(«64KB», rw)'), /^`KB` is not a unit\. Did you mean `64KiB`\?$/],
  [inP('print mmap(«4kb», rw)'), /Did you mean `4KiB`\?$/],
  [inP('let n = 2\n    print mmap(n «pages», rw)'), /write `n \* 1 page`\.$/],
  [alone('let x = 1\nexpect x «=» 0'), /write `==` to compare\.$/],
  [alone('expect true «&&» false'), /^Write `and` for `&&`\.$/],
  [alone('expect «!»true'), /write `not`, or `!=`\.$/],
  [alone('expect true «||» false'), /^Write `or` for `\|\|`\.$/],
  [alone('«#» text'), /^A comment begins with `\/\/`\.$/],
  [inP("print mmap(4KiB, «'rw'»)"), /^A string is written in double quotes/],
  [alone('let x = 3\n«x» = 4\nprint x'), /^`x` never changes: declare it with `var x = …`\./],
  [alone('«int» x = 3\nprint x'), /write `let x = …`, or `var x = …` to change it later\.$/],
  [inP('«a»[0] = 5'), /Memory is changed with `write\(a, …\)`\./],
  [alone('while «true» {}'), /^This loop never ends: leave it with `break`\.$/],
  [alone('if true { print 1 } «elif» false { print 2 }'), /^Write `else if` for `elif`\.$/],
  [alone('«fn» f(x) {\n    print x\n}'), /^A function is defined with `def NAME\(…\) \{ … \}`\.$/],
  [alone('«Process» p { code 1 page  data 1 page }'), /Did you mean `process`\?$/],
  [alone('print«("b is ", 3)»'), /^`print` takes its values without parentheses: `print A, B`\.$/],
  [alone('let «test» = 3\nprint test'), /^`test` is reserved: choose another name\.$/],
  ['«kernel»\nprocess p { code 1 page  data 1 page }\n', /^`kernel` needs a name: `almos-mkh`, /],
  [inP('print «malloc»(100)'), /`mmap\(LENGTH, rw\)`, or taken from the heap with `brk\(ADDRESS\)`\.$/],
  [inP('expect read(0) fails «SIGSEGV»'), /Did you mean `SEGV`\?$/],
  [inP('print mmap(4KiB, «PROT_READ»)', head.replace('almos-mkh', 'haiku')), /Did you mean `r`\?$/],
  [inP('print mmap(4KiB, «wr»)'), /Did you mean `rw`\?$/],
  [`${head}as p {\n    let buffer = mmap(4KiB, rw)\n    write(«bufer», 1)\n}\n`, /Did you mean `buffer`\?$/],
  ['machine tsar { memory «1000000» }\nkernel almos-mkh\nprint 1\n', /write 244 pages or 245 pages\.$/],
  [inP('write(a, 1, «3»)'), /^`size` takes 1, 2, 4 or 8, not 3\.$/],
  // Others of the same kinds, on a real kernel.
  ['kernel «almos»\nprint 1\n', /Did you mean `almos-mkh`\?$/],
  [inP('expect count(«page-fault») == 1'), /is written in quotes: `"page-fault"`\.$/],
  [inP('expect pte(a).«writeable»'), /Did you mean `writable`\?$/],
  [inP('expect read(a) == 0 «and»'), /^A value is missing after `and`\.$/],
];

interface Lines {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

function textAt(text: string, { start, end }: Lines): string {
  const offset = ({ line, character }: Lines['start']): number =>
    text.split('\n').slice(0, line).join('\n').length + (line > 0 ? 1 : 0) + character;
  return text.slice(offset(start), offset(end));
}

describe('beginners in the editor', () => {
  let server: ServerProcess;
  let count = 0;

  before(async () => {
    server = new ServerProcess();
    await server.initialize();
  });

  function open(text: string): string {
    const uri = `file:///beginner-${String(++count)}.walk`;
    server.open(uri, text);
    return uri;
  }

  for (const [marked, message] of rows) {
    it(`are told one message about ${marked.replace(head, '').replaceAll(/\s+/g, ' ')}`, async () => {
      const text = marked.replaceAll(/[«»]/g, '');
      const uri = open(text);
      const found = await server.problems(uri, () => true);
      assert.equal(found.length, 1, found.map((finding) => finding.message).join('\n'));
      const { message: said, range } = found[0] as Finding & { range: Lines };
      // Where something belongs that was opened elsewhere, the place follows in a line of its own.
      assert.match(said.split('\n')[0] ?? '', message);
      assert.equal(textAt(text, range), marked.slice(marked.indexOf('«') + 1, marked.indexOf('»')));
      server.close(uri);
    });
  }

  it('are told which kernel runs, and that it is the default, with the address and the reason once', async () => {
    const uri = open('process p { code 1 page  data 1 page }\nas p { print read(0) }\n');
    const found = await server.problems(uri, ({ diagnostics }) => diagnostics.length > 0);
    assert.equal(found.length, 1);
    const said = found[0]?.message ?? '';
    assert.match(said, /almos-mkh, the default/);
    assert.equal(said.match(/\b0x0+\b/g)?.length, 1, said);
  });

  /** Completions at the mark `|`, in the order in which the editor lists them. */
  async function completions(marked: string): Promise<string[]> {
    const uri = open(marked.replace('|', ''));
    const before = marked.slice(0, marked.indexOf('|')).split('\n');
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const list = (await server.request('textDocument/completion', { textDocument: { uri }, position })) as {
      items: CompletionItem[];
    };
    return list.items
      .sort((a, b) => ((a.sortText ?? a.label) < (b.sortText ?? b.label) ? -1 : 1))
      .map(({ label }) => label);
  }

  it('are offered first what fits the place', async () => {
    const calls = (await completions(inP('wr|'))).filter((label) => /^w/.test(label));
    assert(calls.includes('write'), calls.join(' '));
    const members = await completions(inP('print p.|'));
    assert.deepEqual(members.slice(0, 3), ['alive', 'code', 'data'], members.join(' '));
    assert(members.indexOf('stack') < members.indexOf('vmm'), members.join(' '));
    const places = await completions('kernel almos-mkh\nprocess p at | { code 1 page  data 1 page }\n');
    assert.deepEqual(places, ['(0,0)', '(0,1)', '(1,0)', '(1,1)']);
    assert.deepEqual(await completions('machine tsar { mesh 3x1 }\nkernel almos-mkh\nthread t of p at |\n'), [
      '(0,0)',
      '(1,0)',
      '(2,0)',
    ]);
    assert.equal((await completions(inP('fork(at: |)')))[0], '(0,0)');
    assert.deepEqual(await completions('kernel almos-mkh\nlet |\n'), []);
  });
});
