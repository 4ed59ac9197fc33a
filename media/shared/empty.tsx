/** What a panel says when it has nothing to show: the reason, and the way on. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { JSX } from 'preact';
import type { SessionStatus } from '../protocol/messages.ts';
import { send } from './host.ts';

export function Empty({ message, session }: { message: string; session: SessionStatus }): JSX.Element {
  const canStart = session.state === 'none' || session.state === 'ended';
  return (
    <div class="empty">
      <div class="empty-picture" aria-hidden="true">
        {Array.from({ length: 24 }, (_, index) => (
          <i key={index} class={[3, 4, 5, 10, 11, 12, 13, 19].includes(index) ? 'full' : ''} />
        ))}
      </div>
      <p role="status">{message}</p>
      {canStart && (
        <>
          <p class="hint">
            Open a <code>.walk</code> scenario and press <kbd>F5</kbd>. This panel then shows every page of its
            processes, stop by stop.
          </p>
          <vscode-button
            onClick={() => {
              send({ type: 'start' });
            }}
          >
            Debug Scenario
          </vscode-button>
        </>
      )}
    </div>
  );
}
