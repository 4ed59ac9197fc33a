import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { Comparison } from '../../../simulator/inspect/compare/compare.ts';
import { examples, Folder, pagewalk } from './pagewalk.ts';

const schemaFile = fileURLToPath(new URL('../../../simulator/inspect/compare.schema.json', import.meta.url));
const isValid = new Ajv({ allErrors: true }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
const both = 'almos-mkh,almos-mkh@x86-64';

const portable = `process app { code 4 pages data 2 pages }
as app {
    let buf = mmap(64KiB, rw)
    touch(buf, 64KiB, w)
    let child = fork()
}
as child { write(buf, 1) expect read(buf) == 1 }
test "more" { as app { touch(buf, 64KiB, w) } }
`;

describe('pagewalk compare', () => {
  const folder = new Folder({
    'portable.walk': portable,
    'own.walk': `kernel almos-mkh\n${portable}`,
    'machine.walk': `machine tsar { mesh 1x1 }\n${portable}`,
    'fails.walk': `${portable}as app { expect read(buf) == 5 }\n`,
    'broken.walk': 'process app { code }',
  });
  after(() => {
    folder.remove();
  });

  const compare = (file: string, ...flags: string[]) => pagewalk(['compare', folder.at(file), ...flags]);

  it('prints an aligned table, a column a kernel, and that the runs are alike', async () => {
    const { code, stdout, stderr } = await compare('portable.walk', '--kernels', both);
    assert.deepEqual([code, stderr], [0, '']);
    const lines = stdout.split('\n');
    assert.match(lines[0] ?? '', /^ +almos-mkh +almos-mkh@x86-64$/);
    assert.match(stdout, /^page faults +16 +16$/m);
    assert.match(stdout, /^machine +tsar 2x2, tsar +x86-64 1x1, x86-64$/m);
    assert.match(stdout, /^frames in use at the peak +[\d,]+ +[\d,]+$/m);
    assert.match(stdout, /^locks waited for +0 +0$/m);
    const table = lines.slice(1, lines.indexOf(''));
    assert.equal(new Set(table.map((line) => line.length)).size, 1, 'the last column is aligned');
    assert.match(stdout, /almos-mkh@x86-64: the same as almos-mkh in all 8 statements\./);
  });

  it('prints one JSON object that fits its schema', async () => {
    const { code, stdout } = await compare('portable.walk', '--kernels', both, '--json');
    assert.equal(code, 0);
    const comparison = JSON.parse(stdout) as Comparison;
    assert.ok(isValid(comparison), JSON.stringify(isValid.errors));
    assert.deepEqual(
      comparison.columns.map(({ name }) => name),
      both.split(','),
    );
    assert.equal(comparison.columns[0]?.totals?.counts['page-fault'], 16);
  });

  it('compares with a test, and says which tests there are', async () => {
    const { code, stdout } = await compare('portable.walk', '--kernels', both, '--test', 'more', '--json');
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as Comparison).rows.at(-1)?.line, 8);
    const wrong = await compare('portable.walk', '--kernels', both, '--test', 'less');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /there is no test "less"; there are "more"/);
  });

  it('compares recordings', async () => {
    const file = path.join(examples, 'recordings/shared_anon.layout.txt.gz');
    const { code, stdout } = await pagewalk(['compare', file, '--kernels', both]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^page-table frames at the peak +[1-9]\d* +[1-9]\d*$/m);
  });

  it('names the line of a recording’s view where kernels part, with what it says', async () => {
    const file = path.join(examples, 'recordings/shared_anon.layout.txt.gz');
    const { stdout } = await pagewalk(['compare', file, '--kernels', 'almos-mkh,lunaix']);
    assert.match(stdout, /^lunaix first differs from almos-mkh in line [1-9]\d*: first \w+ 0x[\da-f]+ in /m, stdout);
  });

  it('does not count how a recording’s processes are made, only what they do', async () => {
    const file = path.join(examples, 'recordings/cow_fork.layout.txt.gz');
    const { stdout } = await pagewalk(['compare', file, '--kernels', 'almos-mkh,lunaix', '--json']);
    const { rows, columns } = JSON.parse(stdout) as Comparison;
    assert.equal(
      columns.every(({ state }) => state === 'ended'),
      true,
    );
    const parted = rows.filter(({ parts }) => parts.length > 0).map(({ line }) => line);
    assert.deepEqual(parted.filter((line) => [1, 5, 6, 171].includes(line)), []); // prettier-ignore
    assert.ok(parted.length > 10 && rows.length === 286, `${String(parted.length)} of ${String(rows.length)}`);
  });

  it('shows where a run stops and goes on with the others', async () => {
    const { code, stdout } = await compare('fails.walk', '--kernels', both);
    assert.equal(code, 1);
    assert.match(stdout, /^almos-mkh stopped in line 9: WALK201: /m);
    assert.match(stdout, /^almos-mkh@x86-64 stopped in line 9: /m);
  });

  it('shows a kernel that the file does not run on as a column without numbers', async () => {
    const { code, stdout } = await compare('machine.walk', '--kernels', both);
    assert.equal(code, 2);
    assert.match(stdout, /^page faults +16 +-$/m);
    assert.match(stdout, /^almos-mkh@x86-64 was not run: line 1: WALK222: the file itself names the machine tsar/m);
  });

  it('refuses kernels that do not exist or come twice, and files that cannot be read', async () => {
    const unknown = await compare('portable.walk', '--kernels', 'almos-mhk');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /There is no such kernel\. Did you mean almos-mkh\?/);
    assert.match(
      (await compare('portable.walk', '--kernels', 'almos-mkh,almos-mkh')).stderr,
      /almos-mkh is named twice/,
    );
    assert.match((await compare('portable.walk', '--kernels', 'almos-mkh@vax')).stderr, /There is no machine vax/);
    const missing = await compare('missing.walk', '--json');
    assert.equal(missing.code, 2);
    assert.ok(isValid(JSON.parse(missing.stdout)), missing.stdout);
    const broken = await compare('broken.walk', '--kernels', 'almos-mkh');
    assert.equal(broken.code, 2);
    assert.match(broken.stdout, /almos-mkh was not run: line 1: WALK1/);
  });
});
