import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { Folder, pagewalk, shell } from './pagewalk.ts';

interface Description {
  readonly version: number;
  readonly kernel: string;
  readonly paging: string;
  readonly pageSize: number;
  readonly clusters: readonly {
    readonly cluster: readonly number[];
    readonly address: string;
    readonly offset: number;
    readonly bytes: number;
  }[];
  readonly processes: readonly {
    readonly name: string;
    readonly pid: number;
    readonly cluster: readonly number[];
    readonly root: string;
  }[];
}

const MIB = 1 << 20;

describe('pagewalk memory-image', () => {
  const folder = new Folder({
    'two.walk':
      'machine tsar { mesh 2x1 memory 2MiB }\nkernel almos-mkh\nprocess a { code 1 page data 1 page }\nas a {\n' +
      '  let m = mmap(1 page, rw)\n  write(m, 0x11223344)\n  let c = fork(at: (1,0))\n}\nas c { write(m, 0x55667788) }\n' +
      'print m\n',
    'fails.walk': 'machine tsar { memory 2MiB }\nkernel almos-mkh\nexpect 1 == 2\n',
    'bad.walk': 'kernel\n',
  });
  after(() => {
    folder.remove();
  });
  const image = (...args: string[]) => pagewalk(['memory-image', ...args], { cwd: folder.path });
  const describeImage = (name: string): Description =>
    JSON.parse(readFileSync(folder.at(`${name}.json`), 'utf8')) as Description;

  /** Walks the two levels of TSAR in the image, as a machine would. */
  function load(bytes: Buffer, description: Description, process: string, address: number): number {
    const at = (physical: number): number => {
      const bank = description.clusters.find(
        (one) => physical >= Number(one.address) && physical < Number(one.address) + one.bytes,
      );
      assert.ok(bank !== undefined, `0x${physical.toString(16)} is in the image`);
      return bank.offset + physical - Number(bank.address);
    };
    const root = Number(description.processes.find(({ name }) => name === process)?.root);
    const first = bytes.readUInt32LE(at(root + (address >>> 21) * 4));
    assert.equal(first >>> 30, 3, 'a pointer to a second table');
    const entry = at((first & 0xfff_ffff) * 4096 + ((address >>> 12) & 0x1ff) * 8);
    assert.equal(bytes.readUInt32LE(entry) >>> 31, 1, 'a valid page');
    const page = bytes.readUInt32LE(entry + 4) & 0xfff_ffff;
    return bytes.readUInt32LE(at(page * 4096 + (address & 0xfff)));
  }

  it('writes all of the memory, and tables in it lead to what was written', async () => {
    const { code, stdout, stderr } = await image('two.walk', '-o', 'all.bin');
    assert.deepEqual([code, stdout, stderr], [0, '', '']);
    const bytes = readFileSync(folder.at('all.bin'));
    assert.equal(bytes.length, 4 * MIB);
    const description = describeImage('all.bin');
    assert.deepEqual(
      [description.version, description.kernel, description.paging, description.pageSize],
      [1, 'almos-mkh', 'tsar', 4096],
    );
    assert.deepEqual(description.clusters, [
      { cluster: [0, 0], address: '0x0', offset: 0, bytes: 2 * MIB },
      { cluster: [1, 0], address: '0x1000000000', offset: 2 * MIB, bytes: 2 * MIB },
    ]);
    assert.deepEqual(
      description.processes.map(({ name, cluster }) => [name, cluster]),
      [
        ['a', [0, 0]],
        ['c', [1, 0]],
      ],
    );
    const { stdout: printed } = await pagewalk(['run', 'two.walk'], { cwd: folder.path });
    assert.equal(load(bytes, description, 'a', Number(printed)), 0x11223344);
    assert.equal(load(bytes, description, 'c', Number(printed)), 0x55667788);
  });

  it('writes one cluster with --cluster, and stops at --until', async () => {
    assert.equal((await image('two.walk', '--cluster', '1,0', '--output', 'one.bin')).code, 0);
    assert.equal(statSync(folder.at('one.bin')).size, 2 * MIB);
    assert.deepEqual(
      describeImage('one.bin').processes.map(({ name }) => name),
      ['c'],
    );
    const all = readFileSync(folder.at('all.bin'));
    assert.ok(all.subarray(2 * MIB).equals(readFileSync(folder.at('one.bin'))));
    assert.equal((await image('two.walk', '--until', '7', '-o', 'until.bin')).code, 0);
    assert.deepEqual(
      describeImage('until.bin').processes.map(({ name }) => name),
      ['a'],
    );
  });

  it('writes it for a run that failed, too, which decides the exit code', async () => {
    const { code, stderr } = await image('fails.walk', '-o', 'failed.bin');
    assert.equal(code, 1);
    assert.match(stderr, /^fails\.walk:3:\d+: error WALK201/);
    assert.equal(statSync(folder.at('failed.bin')).size, 4 * 2 * MIB);
  });

  it('refuses what it cannot read, write or find', async () => {
    for (const [args, reason] of [
      [['bad.walk', '-o', 'x.bin'], /^bad\.walk:\d+:\d+: error WALK1/],
      [['missing.walk', '-o', 'x.bin'], /no such file/],
      [['two.walk', '-o', 'nowhere/x.bin'], /nowhere\/x\.bin:1:1: .*folder does not exist/],
      [['two.walk', '-o', '.'], /error WALK226: it is a folder; choose another name/],
      [['two.walk', '--cluster', '2,0', '-o', 'x.bin'], /no cluster 2,0 in a mesh of 2x1; the last one is 1,0/],
    ] as const) {
      const { code, stderr } = await image(...args);
      assert.equal(code, 2);
      assert.match(stderr, reason);
    }
    assert.equal(existsSync(folder.at('x.bin')), false);
  });

  it('never writes over the scenario', async () => {
    const text = readFileSync(folder.at('two.walk'), 'utf8');
    const { code, stderr } = await image('two.walk', '-o', './two.walk');
    assert.equal(code, 2);
    assert.match(stderr, /^\.\/two\.walk:1:1: error WALK226: this is the same file as two\.walk, which is an input/);
    assert.equal(readFileSync(folder.at('two.walk'), 'utf8'), text);
  });

  it('says that the disk is full', async () => {
    const { code, stderr } = await shell('ulimit -f 1000; pagewalk memory-image two.walk -o part.bin', folder.path);
    assert.equal(code, 2);
    assert.match(stderr, /^part\.bin:1:1: error WALK226: this file cannot be written: the file would be larger than/m);
  });
});
