import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DapClient, type StoppedBody } from './support/dap-client.ts';

type Breakpoints = DebugProtocol.SetBreakpointsResponse['body'];

function scenarioOn(kernel: string, machine = ''): string {
  return `${machine}kernel ${kernel}
process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(8 pages, rw)
    for i in 0..4 { write(buf + i * 1 page, i) }
}
`;
}

describe('frames of kernel functions', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  /** To the first entry of a function at which the condition holds. */
  async function enter(text: string, name: string, condition?: string): Promise<StoppedBody> {
    const program = client.file(text);
    // Before the loop: what its condition names is bound from there on.
    await client.launch(program, {}, () =>
      client.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 5 }] }),
    );
    const stop = await client.stopped();
    await client.request('setBreakpoints', { source: { path: program }, breakpoints: [] });
    const { breakpoints } = await client.request<Breakpoints>('setFunctionBreakpoints', {
      breakpoints: [{ name, ...(condition === undefined ? {} : { condition }) }],
    });
    assert.deepEqual(
      breakpoints.map(({ verified, message }) => [verified, message]),
      [[true, undefined]],
    );
    return client.move('continue', stop.threadId ?? 0);
  }

  async function top({ threadId }: StoppedBody): Promise<DebugProtocol.StackFrame> {
    const [frame] = await client.stack(threadId ?? 0);
    assert.ok(frame);
    return frame;
  }

  /** Where each kernel takes a fault: a function, an argument, and what it is at the fault in the third page. */
  const faults = [
    { kernel: 'almos-mkh', name: 'vmm_handle_page_fault', argument: 'vpn', page: true },
    { kernel: 'vm-region', name: 'vm_region_demand_map', argument: 'addr', page: false },
    { kernel: 'haiku', name: 'vm_soft_fault', argument: 'address', page: false },
    { kernel: 'lunaix', name: 'intr_routine_page_fault', argument: 'va', page: false },
  ] as const;

  for (const { kernel, name, argument, page } of faults) {
    it(`${kernel}: ${name} has its arguments in conditions, watches and hovers`, async () => {
      const text = scenarioOn(kernel);
      const wanted = `${argument} == ${page ? '(buf + 2 pages) / 4096' : 'buf + 2 pages'}`;
      const stop = await enter(text, name, wanted);
      assert.equal(stop.reason, 'function breakpoint');
      assert.equal(await client.evaluate('i'), '2');
      const frame = await top(stop);
      for (const context of ['watch', 'hover', 'repl', 'clipboard'])
        assert.equal(await client.evaluate(wanted, context, frame.id), 'true', context);
      const [scope] = await client.scopes(frame.id);
      assert.equal(scope?.name, 'Arguments');
      const rows = await client.variables(scope.variablesReference);
      assert.ok(rows.some((row) => row.name === argument));
      for (const row of rows) assert.equal(row.evaluateName, row.name);
      const { value } = rows.find((row) => row.name === argument) as DebugProtocol.Variable;
      const address = BigInt(/0x[0-9a-f_]+/i.exec(value)?.[0].replaceAll('_', '') ?? '0');
      assert.equal(await client.evaluate(`${argument} == ${String(address)}`, 'watch', frame.id), 'true');
    });
  }

  it('the arguments of a caller are those of its frame, and the scenario has none of them', async () => {
    const stop = await enter(scenarioOn('almos-mkh'), 'ppm_alloc_pages', 'order == 0');
    const frames = await client.stack(stop.threadId ?? 0);
    const [callee, caller] = frames;
    assert.equal(await client.evaluate('order', 'watch', callee?.id), '0');
    const message = await client.failure('evaluate', { expression: 'order', context: 'watch', frameId: caller?.id });
    assert.match(message, /nothing has the name order here/);
    const { targets } = await client.request<DebugProtocol.CompletionsResponse['body']>('completions', {
      text: 'ord',
      column: 4,
      frameId: callee?.id,
    });
    assert.deepEqual(
      targets.map(({ label }) => label),
      ['order'],
    );
  });

  it('the parts of an argument are read as members', async () => {
    const stop = await enter(scenarioOn('vm-region'), 'vm_region_demand_map', 'region.vr_status == region.vr_status');
    const frame = await top(stop);
    const [scope] = await client.scopes(frame.id);
    const rows = await client.variables(scope?.variablesReference ?? 0);
    const region = rows.find((row) => row.name === 'region');
    assert.ok((region?.variablesReference ?? 0) > 0);
    for (const { evaluateName, value } of await client.variables(region?.variablesReference ?? 0)) {
      if (evaluateName === undefined) continue;
      const again = await client.request<DebugProtocol.EvaluateResponse['body']>('evaluate', {
        expression: evaluateName,
        context: 'watch',
        frameId: frame.id,
      });
      assert.ok(again.result.length > 0, `${evaluateName} is ${value}`);
    }
  });

  it('a condition with a name that the function has not is refused when it is set', async () => {
    await client.launchToStop(client.file(scenarioOn('almos-mkh')));
    const { breakpoints } = await client.request<Breakpoints>('setFunctionBreakpoints', {
      breakpoints: [{ name: 'ppm_alloc_pages', condition: 'ordre == 5' }],
    });
    assert.equal(
      breakpoints[0]?.message,
      "The condition 'ordre == 5' cannot be evaluated: nothing has the name ordre.",
    );
  });

  it('a listing takes breakpoints on numbered steps, with conditions and log messages', async () => {
    const text = scenarioOn('almos-mkh');
    const entered = await enter(text, 'vmm_handle_page_fault');
    const { source, line } = await top(entered);
    const { breakpoints: places } = await client.request<{ breakpoints: { line: number }[] }>('breakpointLocations', {
      source,
      line: 1,
      endLine: line + 3,
    });
    assert.deepEqual(
      places.slice(0, 2).map((place) => place.line),
      [line, line + 1],
    );
    await client.request('setFunctionBreakpoints', { breakpoints: [] });
    const { breakpoints } = await client.request<Breakpoints>('setBreakpoints', {
      source,
      breakpoints: [
        { line: 1, logMessage: 'vpn {vpn}' },
        { line: line + 1, condition: 'i == 3' },
      ],
    });
    assert.deepEqual(
      breakpoints.map((one) => [one.verified, one.line]),
      [
        [true, line],
        [true, line + 1],
      ],
    );
    const stop = await client.move('continue', entered.threadId ?? 0);
    assert.deepEqual([stop.reason, stop.hitBreakpointIds], ['breakpoint', [breakpoints[1]?.id]]);
    assert.equal((await top(stop)).line, line + 1);
    assert.equal(await client.evaluate('i'), '3');
    assert.equal(client.output('console').match(/^vpn \d+$/gm)?.length, 3);
    await client.move('stepIn', stop.threadId ?? 0);
    const back = await client.move('reverseContinue', stop.threadId ?? 0);
    assert.deepEqual(back, stop);
    await client.request('continue', { threadId: stop.threadId });
    await client.event('terminated');
  });
});
