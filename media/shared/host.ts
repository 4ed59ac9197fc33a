/** The panel's end of the wire to the extension host. */
import { Requester } from '../protocol/channel.ts';
import type { CompareStatus } from '../protocol/comparison.ts';
import type { Description, FromPanel, PageSelection, SessionStatus, ToPanel } from '../protocol/messages.ts';

interface WebviewApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

const api = acquireVsCodeApi();
const requester = new Requester((request) => {
  api.postMessage(request);
});

/** A panel hears what it has a handler for. */
export interface PanelHandlers {
  session?(session: SessionStatus): void;
  select?(selection: PageSelection): void;
  compare?(status: CompareStatus): void;
  line?(line: number | null): void;
  cluster?(cluster: number): void;
  describe(): Description;
}

export function send(message: FromPanel): void {
  api.postMessage(message);
}

export const request: Requester['request'] = (command, args) => requester.request(command, args);

/** What a panel keeps over a reload of the window. */
export function savedState(): unknown {
  return api.getState();
}

export function saveState(state: unknown): void {
  api.setState(state);
}

/** Listens, then tells the host that it may speak. */
export function connect(handlers: PanelHandlers): void {
  window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
    const message = event.data;
    switch (message.type) {
      case 'reply':
        requester.settle(message);
        break;
      case 'session':
        handlers.session?.(message.session);
        break;
      case 'select':
        handlers.select?.(message.selection);
        break;
      case 'compare':
        handlers.compare?.(message.status);
        break;
      case 'line':
        handlers.line?.(message.line);
        break;
      case 'cluster':
        handlers.cluster?.(message.cluster);
        break;
      case 'describe':
        send({ type: 'description', id: message.id, description: handlers.describe() });
        break;
    }
  });
  send({ type: 'ready' });
}
