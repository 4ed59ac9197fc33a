/** The head of a panel about the machine: its title, the session, the subject, and what changes are measured against. */
import type { ComponentChildren, JSX } from 'preact';
import type { SessionStatus } from '../protocol/messages.ts';
import { isBusy } from './panel-state.ts';

export interface PanelHeadProps {
  readonly title: string;
  readonly session: SessionStatus;
  /** `since the last stop`; left out while nothing is shown. */
  readonly since?: string;
  readonly children?: ComponentChildren;
}

export function PanelHead({ title, session, since, children }: PanelHeadProps): JSX.Element {
  return (
    <header class="context-bar">
      <h1>{title}</h1>
      {session.name !== '' && <span class="session-name">{session.name}</span>}
      {children}
      {since !== undefined && (
        <span class="since" title="What is marked as changed was different then">
          {since}
        </span>
      )}
      {isBusy(session) && <span class="badge busy">running</span>}
      {session.state === 'ended' && <span class="badge">ended</span>}
    </header>
  );
}
