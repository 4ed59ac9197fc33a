import { DebugSession, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Arguments } from './protocol/arguments.ts';
import { readValueFormat } from './protocol/client-format.ts';
import { Debuggee } from './debuggee.ts';
import { internalError, RequestError, unknownRequest } from './protocol/errors.ts';
import { handlers } from './handlers.ts';
import type { AdapterHost } from './protocol/host.ts';

/**
 * The debug adapter: one session of the Debug Adapter Protocol on one simulation. It knows neither VS Code nor the
 * thread it runs on. Every request gets exactly one response, whatever it contains and whenever it comes.
 */
export class PagewalkAdapter extends DebugSession {
  private readonly debuggee: Debuggee;
  private readonly disconnected: () => void;

  /** `disconnected` is called once a client has been answered that it may go. */
  constructor(host: AdapterHost, disconnected: () => void = () => undefined) {
    super();
    this.disconnected = disconnected;
    this.debuggee = new Debuggee(host, (event, body) => {
      this.sendEvent(new Event(event, body));
    });
  }

  /** Ends the run; nothing is sent any more. */
  end(): void {
    this.debuggee.end();
  }

  /** The base class would end the whole Node process when a stream closes. */
  override shutdown(): void {
    this.end();
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    try {
      const body = this.handle(request);
      // Only what really waits is awaited: answers keep the order of their requests otherwise.
      const answer: unknown = body instanceof Promise ? await body : body;
      response.body = answer;
    } catch (error) {
      fail(response, error instanceof RequestError ? error : internalError(error));
    }
    this.sendResponse(response);
    if (request.command === 'disconnect') this.disconnected();
  }

  private handle({ seq, command, arguments: args }: DebugProtocol.Request): unknown {
    const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined;
    if (handler === undefined) throw unknownRequest(command);
    const checked = new Arguments(command, args);
    this.debuggee.request = seq;
    this.debuggee.valueFormat = readValueFormat(checked);
    try {
      return handler(this.debuggee, checked);
    } finally {
      this.debuggee.request = null;
      this.debuggee.valueFormat = null;
    }
  }
}

function fail(response: DebugProtocol.Response, { id, message, isForUser, place }: RequestError): void {
  response.success = false;
  response.message = message;
  const variables = { message, ...(place === null ? {} : { file: place.file, line: String(place.line) }) };
  const error: DebugProtocol.Message = { id, format: '{message}', variables, showUser: isForUser };
  response.body = { error };
}
