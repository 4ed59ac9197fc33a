import * as vscode from 'vscode';
import type { SessionStatus } from '../../media/protocol/messages.ts';
import { DEBUG_TYPE, isRecordingPath } from '../contributions.ts';
import { Refusals } from './refusals.ts';

/** Requests after which the simulation moves, until the next stop. */
const moves = new Set([
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'reverseContinue',
  'pagewalk/reverseStepIn',
  'pagewalk/reverseStepOut',
  'pagewalk/switchBranch',
  'restart',
  'pagewalk/seek',
]);

/** The parts of a protocol message that tell where a session stands. */
interface ProtocolMessage {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly seq?: number;
  readonly request_seq?: number;
  readonly arguments?: { readonly ask?: unknown } | null;
  readonly body?: {
    readonly reason?: string;
    readonly description?: string;
    readonly text?: string;
    readonly error?: { readonly id?: unknown };
  };
}

/** Knows of every Pagewalk session whether it moves, and which one the panels are to show. */
export class SessionFollower implements vscode.Disposable, vscode.DebugAdapterTrackerFactory {
  private readonly statuses = new Map<string, SessionStatus>();
  private readonly changed = new vscode.EventEmitter<SessionStatus>();
  private readonly stopped = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly subscriptions: vscode.Disposable;
  /** The one that is shown; the last one stays shown after its end. */
  private shown: vscode.DebugSession | null = null;
  private stops = 0;
  /** Why questions of the panels were refused. */
  readonly refusals = new Refusals();

  /** The status of the session to show. */
  readonly onDidChange = this.changed.event;
  /** A session came to stand. */
  readonly onDidStop = this.stopped.event;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      this.stopped,
      vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, this),
      vscode.debug.onDidChangeActiveDebugSession((session) => {
        if (session?.type === DEBUG_TYPE && session !== this.shown) this.show(session);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (session.type === DEBUG_TYPE) this.set(session, 'ended', '');
      }),
    );
    const active = vscode.debug.activeDebugSession;
    if (active?.type === DEBUG_TYPE) this.show(active);
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  get status(): SessionStatus {
    const none: SessionStatus = { state: 'none', name: '', reason: '', stop: 0 };
    return this.shown === null
      ? none
      : (this.statuses.get(this.shown.id) ?? { ...none, state: 'starting', name: this.shown.name });
  }

  /** The session that can be asked; throws for people where there is none. */
  requireSession(): vscode.DebugSession {
    if (this.shown === null || this.status.state === 'none') throw new Error('no simulation is being debugged');
    if (this.status.state === 'ended') throw new Error('the simulation has ended');
    return this.shown;
  }

  /**
   * The text whose lines the shown session names: the scenario, or its launched text once it has another one, or the view
   * of the recording while it is debugged.
   */
  async text(): Promise<vscode.Uri | null> {
    const { shown } = this;
    const program: unknown = shown?.configuration['program'];
    if (shown === null || typeof program !== 'string') return null;
    const file = isRecordingPath(program) ? null : vscode.Uri.file(program);
    if (this.status.state === 'ended') return file;
    const answer: unknown = await shown.customRequest('loadedSources');
    const [source] = (answer as { sources: (vscode.DebugProtocolSource & { sourceReference?: number })[] }).sources;
    const isText = source?.sourceReference !== undefined && source.sourceReference > 0;
    return isText ? vscode.debug.asDebugSourceUri(source, shown) : file;
  }

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    return {
      onWillStartSession: () => {
        this.set(session, 'starting', '');
      },
      onWillReceiveMessage: (message: ProtocolMessage) => {
        if (message.type === 'request') this.refusals.sent(message);
        if (message.type === 'request' && moves.has(message.command ?? '')) this.set(session, 'running', '');
      },
      onDidSendMessage: (message: ProtocolMessage) => {
        if (message.type === 'response') this.refusals.answered(message);
        this.hear(session, message);
      },
    };
  }

  private hear(session: vscode.DebugSession, message: ProtocolMessage): void {
    const before = this.statuses.get(session.id);
    if (message.type === 'event') {
      if (message.event === 'stopped') {
        this.stops++;
        this.set(session, 'stopped', message.body?.description ?? message.body?.reason ?? '');
        this.stopped.fire(session);
      } else if (message.event === 'continued') this.set(session, 'running', '');
      else if (message.event === 'invalidated' && before?.state === 'stopped') {
        this.stops++;
        this.set(session, 'stopped', before.reason);
      } else if (message.event === 'terminated') this.set(session, 'ended', '');
    } else if (message.type === 'response' && message.success === false && moves.has(message.command ?? '')) {
      // It did not move after all.
      if (before?.state === 'running') this.set(session, 'stopped', before.reason);
    }
  }

  private set(session: vscode.DebugSession, state: SessionStatus['state'], reason: string): void {
    const before = this.statuses.get(session.id);
    if (before?.state === 'ended') return;
    this.statuses.set(session.id, { state, name: session.name, reason, stop: this.stops });
    const isFirst =
      this.shown === null || (this.statuses.get(this.shown.id)?.state === 'ended' && state === 'starting');
    if (isFirst) this.shown = session;
    if (this.shown === session) this.changed.fire(this.status);
  }

  private show(session: vscode.DebugSession): void {
    this.shown = session;
    this.changed.fire(this.status);
  }
}
