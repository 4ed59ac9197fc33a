/** What is generated from the tables: the colours' grammar, the page of machines, names in package.json and in the schema. The manual has tests of its own. */
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { machinesPage } from '../../tools/generate-machines-page.ts';
import { manifestText } from '../../tools/generate-manifest.ts';
import { readmeText } from '../../tools/generate-readme.ts';
import { schemaText } from '../../tools/generate-schema.ts';
import { settingWords, statementWords } from '../../../simulator/language/grammar-words.ts';
import { syntaxGrammar } from '../../../simulator/language/syntax-grammar.ts';

/** The scope of the first rule that matches at that place. */
function scopeAt(line: string, offset: number): string {
  for (const { name, match, begin, captures } of syntaxGrammar().patterns) {
    const found = new RegExp(match ?? begin ?? '$^', 'dy');
    found.lastIndex = offset;
    const result = found.exec(line);
    if (result === null) continue;
    if (name !== undefined) return name;
    const inside = result.indices?.findIndex((span, index) => index > 0 && span?.[0] === offset) ?? 0;
    return captures?.[String(inside)]?.name ?? '';
  }
  return '';
}

describe('the syntax grammar', () => {
  it('has the words of the language', () => {
    assert.ok(statementWords.has('explore') && !statementWords.has('mesh'));
    assert.ok(settingWords.has('mesh') && settingWords.has('kernel'));
    const everything = JSON.stringify(syntaxGrammar());
    for (const word of [...statementWords, ...settingWords])
      assert.match(everything, new RegExp(`[(|:]${word}[)|]`), word);
  });

  const scopes: readonly (readonly [line: string, at: string, scope: string])[] = [
    ['expect not a', 'expect', 'keyword.control.walk'],
    ['expect not a', 'not', 'keyword.operator.logical.walk'],
    ['expect-more', 'expect', 'variable.other.walk'],
    ['read(process: p)', 'process', 'variable.parameter.walk'],
    ['read(addr)', 'read', 'entity.name.function.walk'],
    ['64KiB', '64', 'constant.numeric.walk'],
    ['4 pages', '4', 'constant.numeric.walk'],
    ['0x2B', '0x', 'constant.numeric.walk'],
    ['mesh 2x2', '2x2', 'constant.numeric.mesh.walk'],
    ['mesh 2x2', 'mesh', 'keyword.other.walk'],
    ['mmap(1, rw)', 'rw', 'constant.language.protection.walk'],
    ['x fails SEGV', 'fails', 'keyword.control.walk'],
    ['print none', 'none', 'constant.language.walk'],
    ['print TOY_LIMIT', 'TOY', 'constant.other.walk'],
    ['// note', '//', 'comment.line.double-slash.walk'],
    ['"text"', '"', 'string.quoted.double.walk'],
    ['a.ppn', 'ppn', 'variable.other.walk'],
    ['a + b', '+', 'keyword.operator.walk'],
  ];
  for (const [line, at, scope] of scopes) {
    it(`gives ${at} in ${line} the scope ${scope}`, () => {
      assert.equal(scopeAt(line, line.indexOf(at)), scope);
    });
  }

  it('is the file that the extension ships', async () => {
    assert.deepEqual(
      JSON.parse(await readFile('syntaxes/walk.tmLanguage.json', 'utf8')),
      JSON.parse(JSON.stringify(syntaxGrammar())),
    );
  });
});

describe('docs/machines.md', () => {
  it('has every machine and page table as the tables have them', async () => {
    assert.equal(await readFile('docs/machines.md', 'utf8'), machinesPage());
  });
});

describe('simulator/inspect/run.schema.json', () => {
  it('knows the machines that the tables have', async () => {
    const text = await readFile('simulator/inspect/run.schema.json', 'utf8');
    assert.equal(text, schemaText(text));
    assert.equal(schemaText(text.replaceAll('"rv64"', '"vax"').replaceAll(', "sv39"', '')), text);
  });
});

describe('package.json', () => {
  it('declares kernels, machines and bounds as the tables have them', async () => {
    const text = await readFile('package.json', 'utf8');
    assert.equal(text, await manifestText(text));
  });

  it('takes them from the tables wherever it says them', async () => {
    const text = await readFile('package.json', 'utf8');
    const stale = text.replaceAll('lunaix', 'minix').replaceAll('"default": 5000000', '"default": 7');
    assert.notEqual(stale, text);
    assert.equal(await manifestText(stale), text);
  });
});

describe('README.md', () => {
  it('has every kernel as the registry has it', async () => {
    const text = await readFile('README.md', 'utf8');
    assert.equal(text, readmeText(text));
    assert.equal(readmeText(text.replace(/^\| `lunaix`.*\n/m, '')), text);
  });
});
