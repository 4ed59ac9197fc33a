import * as vscode from 'vscode';
import { answer } from '../../media/protocol/channel.ts';
import type { PanelKind, PanelMessage, WebviewHost } from '../webview/webview-host.ts';
import { inspect } from './inspection.ts';
import type { SessionFollower } from './session-follower.ts';

/** What a panel that shows the debugged simulation may send. */
export const sentByPanels: PanelKind['sends'] = ['request', 'select', 'reveal', 'start'];

/** What such a panel wants done, beside its questions. */
export type PanelAction = Exclude<PanelMessage, { readonly type: 'request' | 'compare' }>;

/** Keeps the panel up to date with the session that is debugged, answers its questions, and passes on what it wants done. */
export function followSession(
  host: WebviewHost,
  follower: SessionFollower,
  act: (action: PanelAction) => void,
): vscode.Disposable {
  return vscode.Disposable.from(
    follower.onDidChange((session) => {
      host.tell({ type: 'session', session });
    }),
    host.onDidBecomeReady(() => {
      host.tell({ type: 'session', session: follower.status });
    }),
    host.onDidReceive((message) => {
      if (message.type === 'request')
        void answer(message, (request) => inspect(follower, request)).then((reply) => {
          host.tell(reply);
        });
      else if (message.type !== 'compare') act(message);
    }),
  );
}
