import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

const text = `kernel almos-mkh
process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(4 pages, rw)
    let seven = 7
    write(buf, 1)
    print read(buf)
    print seven
}
`;

interface Branches {
  readonly branches: readonly {
    readonly name: string;
    readonly parent: string | null;
    readonly position: { readonly statement: number; readonly step: number } | null;
    readonly edits: readonly { readonly text: string }[];
    readonly isCurrent: boolean;
  }[];
}

describe('changes at a stop', () => {
  let client: DapClient;
  let thread: number;

  beforeEach(async () => {
    client = new DapClient();
    await client.request('initialize', {
      adapterID: 'pagewalk',
      supportsInvalidatedEvent: true,
      supportsMemoryEvent: true,
    });
    const launched = client.request('launch', { program: client.file(text) });
    await client.event('initialized');
    await client.request('configurationDone');
    await launched;
    await client.stopped();
    thread = (await seek(5)).threadId ?? 0;
  });
  afterEach(() => {
    client.dispose();
  });

  async function seek(statement: number): Promise<StoppedBody> {
    await client.request('pagewalk/seek', { position: { statement, step: 0 } });
    return client.stopped();
  }

  const branches = async (): Promise<Branches['branches']> =>
    (await client.request<Branches>('pagewalk/branches')).branches;

  async function runToEnd(): Promise<string> {
    const before = client.output('stdout').length;
    await client.request('continue', { threadId: thread });
    await client.event('terminated');
    return client.output('stdout').slice(before);
  }

  async function row(scopeName: string, name: string) {
    const [frame] = await client.stack(thread);
    const scope = (await client.scopes(frame?.id ?? 0)).find((one) => one.name === scopeName);
    const rows = await client.variables(scope?.variablesReference ?? 0);
    return { reference: scope?.variablesReference ?? 0, row: rows.find((one) => one.name === name) };
  }

  it('a call typed into the console makes a branch, and says so', async () => {
    assert.equal(await client.evaluate('write(buf, 99)', 'repl'), 'none');
    assert.deepEqual(await client.event<object>('invalidated'), { areas: ['all'] });
    assert.match(client.output('console'), /branch 1 leaves main here: write\(buf, 99\)/);
    assert.equal((await client.event<{ branch: string }>('pagewalk/position')).branch, 'branch 1');
    assert.deepEqual(
      (await branches()).map(({ name, parent, edits, isCurrent }) => [name, parent, edits.length, isCurrent]),
      [
        ['main', null, 0, false],
        ['branch 1', 'main', 1, true],
      ],
    );
    assert.equal(await runToEnd(), '99\n7\n');
  });

  it('a call in a watch or a hover is refused: only the console changes the run', async () => {
    for (const context of ['watch', 'hover', 'clipboard'])
      assert.match(
        await client.failure('evaluate', { expression: 'write(buf, 99)', context }),
        /a call changes the run: type it into the debug console/,
      );
    assert.equal((await branches()).length, 1);
  });

  it('a call that fails changes nothing', async () => {
    assert.match(await client.failure('evaluate', { expression: 'write(8, 1)', context: 'repl' }), /SEGV/);
    assert.equal((await branches()).length, 1);
    assert.equal(await runToEnd(), '1\n7\n');
  });

  it('a variable is set, and going back to the main line undoes it', async () => {
    const { reference, row: seven } = await row('Variables', 'seven');
    assert.equal(seven?.value, '7');
    const set = await client.request<DebugProtocol.SetVariableResponse['body']>('setVariable', {
      variablesReference: reference,
      name: 'seven',
      value: '6 * 7',
    });
    assert.equal(set.value, '42');
    assert.equal((await row('Variables', 'seven')).row?.value, '42');
    const next = await client.move('next', thread);
    assert.equal(next.description, 'Paused on step, on branch 1');
    await client.request('pagewalk/switchBranch', { name: 'main' });
    const back = await client.stopped();
    assert.deepEqual([back.reason, back.description], ['goto', 'Paused where the run branches']);
    assert.equal((await row('Variables', 'seven')).row?.value, '7');
    assert.equal(await runToEnd(), '1\n7\n');
  });

  it('an expression is set where the kernel keeps it, and refused where it is computed', async () => {
    const set = await client.request<DebugProtocol.SetExpressionResponse['body']>('setExpression', {
      expression: 'app.vmm.vsegs_nr',
      value: '50',
    });
    assert.equal(set.value, '50');
    assert.equal(await client.evaluate('app.vmm.vsegs_nr'), '50');
    for (const [expression, value, message] of [
      ['1 + 1', '3', /only names, members of kernel objects and memory can be set/],
      ['pte(buf).ppn', '3', /ppn is computed from other values/],
      ['seven', '"text"', /seven is an integer, and text is a string/],
      ['seven', 'write(buf, 1)', /a call changes the run by itself/],
    ] as const)
      assert.match(await client.failure('setExpression', { expression, value }), message);
  });

  it('memory is written, and views of it are told', async () => {
    const { row: buf } = await row('Variables', 'buf');
    const memoryReference = buf?.memoryReference ?? '';
    const read = async (): Promise<string> =>
      (await client.request<{ data: string }>('readMemory', { memoryReference, count: 4 })).data;
    assert.equal(await read(), Buffer.from([1, 0, 0, 0]).toString('base64'));
    const data = Buffer.from([0x2a, 0, 0, 0]).toString('base64');
    const written = await client.request('writeMemory', { memoryReference, data });
    assert.deepEqual(written, { bytesWritten: 4 });
    assert.deepEqual(await client.event('memory'), { memoryReference, offset: 0, count: 4 });
    assert.equal(await read(), data);
    assert.match(await client.failure('writeMemory', { memoryReference, data: '?' }), /'data' to be base64/);
    const behind = { memoryReference, offset: 4094, data };
    assert.match(await client.failure('writeMemory', behind), /cannot be set: nothing is mapped there/);
    assert.deepEqual(await client.request('writeMemory', { ...behind, allowPartial: true }), { bytesWritten: 2 });
    assert.equal((await branches()).length, 2);
    assert.equal(await runToEnd(), '42\n7\n');
  });

  it('arguments of a kernel function are refused: it has read them', async () => {
    await seek(4);
    await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'vmm_handle_page_fault' }] });
    const inside = await client.move('continue', thread);
    thread = inside.threadId ?? 0;
    const { reference } = await row('Arguments', 'vpn');
    const message = await client.failure('setVariable', { variablesReference: reference, name: 'vpn', value: '3' });
    assert.match(message, /vpn is an argument: the function has read it already/);
  });

  it('a branch that there is not is refused', async () => {
    assert.match(await client.failure('pagewalk/switchBranch', { name: 'branch 7' }), /has no branch branch 7/);
  });
});
