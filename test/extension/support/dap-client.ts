import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PagewalkAdapter } from '../../../extension/debug/adapter.ts';
import { nodeHost } from '../../../extension/debug/node-host.ts';
import { keep } from '../../lifetime/started.ts';
import { awaited } from '../../lifetime/waiting.ts';

export interface StoppedBody {
  readonly reason: string;
  readonly description?: string;
  readonly threadId?: number;
  readonly text?: string;
  readonly hitBreakpointIds?: number[];
}

/** The client's face of an adapter in the same thread: requests, answers, events in the order in which they came. */
export class DapClient {
  readonly events: DebugProtocol.Event[] = [];
  private readonly adapter = new PagewalkAdapter(nodeHost([]));
  private readonly waiting = new Map<number, (response: DebugProtocol.Response) => void>();
  private listeners: (() => void)[] = [];
  private sequence = 1;
  private readonly answered = new Set<number>();
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'pagewalk-'));
  /** Events before this one have been waited for already. */
  private read = 0;
  private readonly forget: () => void;

  constructor() {
    this.forget = keep({
      what: 'a debug adapter',
      end: () => {
        this.dispose();
      },
    });
    this.adapter.onDidSendMessage((message) => {
      // As over a real connection: what arrives is a copy.
      this.receive(JSON.parse(JSON.stringify(message)) as DebugProtocol.ProtocolMessage);
    });
  }

  /** Writes a scenario to disk and gives its path. */
  file(text: string, name = 'scenario.walk'): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  dispose(): void {
    this.forget();
    this.adapter.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The number of the last request. */
  get lastRequest(): number {
    return this.sequence - 1;
  }

  /** The whole response, failed or not. */
  send(command: string, args?: unknown): Promise<DebugProtocol.Response> {
    const seq = this.sequence++;
    const answer = new Promise<DebugProtocol.Response>((resolve) => this.waiting.set(seq, resolve));
    this.adapter.handleMessage({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    return awaited(answer, `the answer to ${command}`);
  }

  /** The body of a successful response. */
  async request<T = Record<string, unknown>>(command: string, args?: unknown): Promise<T> {
    const response = await this.send(command, args);
    assert(response.success, `${command}: ${String(response.message)}`);
    return response.body as T;
  }

  /** The message of a response that must be a failure. */
  async failure(command: string, args?: unknown): Promise<string> {
    const response = await this.send(command, args);
    assert.equal(response.success, false, `${command} succeeded`);
    return String(response.message);
  }

  /** The next event of that name after those already waited for. */
  async event<T = Record<string, unknown>>(name: string): Promise<T> {
    const find = (): DebugProtocol.Event | undefined => {
      const index = this.events.findIndex((event, at) => at >= this.read && event.event === name);
      if (index < 0) return undefined;
      this.read = index + 1;
      return this.events[index];
    };
    const found = find() ?? (await awaited(this.arrival(find), `the event ${name}`));
    return found.body as T;
  }

  private arrival(find: () => DebugProtocol.Event | undefined): Promise<DebugProtocol.Event> {
    return new Promise((resolve) => {
      const listener = (): void => {
        const found = find();
        if (found === undefined) return;
        this.listeners = this.listeners.filter((other) => other !== listener);
        resolve(found);
      };
      this.listeners.push(listener);
    });
  }

  stopped(): Promise<StoppedBody> {
    return this.event<StoppedBody>('stopped');
  }

  /** Initialises, launches and gives the body of the first stop. */
  async launchToStop(program: string, attributes: object = {}, before?: () => Promise<unknown>): Promise<StoppedBody> {
    await this.launch(program, { stopOnEntry: true, ...attributes }, before);
    return this.stopped();
  }

  /** Runs to a line, where names are bound, by a breakpoint that is gone afterwards. */
  async launchToLine(program: string, line: number): Promise<StoppedBody> {
    const set = (breakpoints: readonly object[]) => () =>
      this.request('setBreakpoints', { source: { path: program }, breakpoints });
    await this.launch(program, {}, set([{ line }]));
    const stop = await this.stopped();
    await set([])();
    return stop;
  }

  /** `before` runs where editors set breakpoints: between `initialized` and `configurationDone`. */
  async launch(program: string, attributes: object = {}, before?: () => Promise<unknown>): Promise<void> {
    await this.request('initialize', { adapterID: 'pagewalk', linesStartAt1: true, columnsStartAt1: true });
    const launched = this.request('launch', { program, stopOnEntry: false, ...attributes });
    await this.event('initialized');
    await before?.();
    await this.request('configurationDone');
    await launched;
  }

  /** Sends a request that moves the simulation and gives the body of the stop that follows. */
  async move(command: string, threadId: number): Promise<StoppedBody> {
    await this.request(command, { threadId });
    return this.stopped();
  }

  async stack(threadId: number): Promise<DebugProtocol.StackFrame[]> {
    return (await this.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId })).stackFrames;
  }

  async evaluate(expression: string, context = 'watch', frameId?: number): Promise<string> {
    return (await this.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression, context, frameId }))
      .result;
  }

  async variables(variablesReference: number): Promise<DebugProtocol.Variable[]> {
    return (await this.request<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference })).variables;
  }

  async scopes(frameId: number): Promise<DebugProtocol.Scope[]> {
    return (await this.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId })).scopes;
  }

  /** The text of all output events so far. */
  output(category?: string): string {
    return this.events
      .filter(
        ({ event, body }) =>
          event === 'output' && (category === undefined || (body as { category?: string }).category === category),
      )
      .map(({ body }) => (body as { output: string }).output)
      .join('');
  }

  private receive(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      assert(!this.answered.has(response.request_seq), `${response.command} was answered twice`);
      this.answered.add(response.request_seq);
      this.waiting.get(response.request_seq)?.(response);
      return;
    }
    this.events.push(message as DebugProtocol.Event);
    for (const listener of [...this.listeners]) listener();
  }
}
