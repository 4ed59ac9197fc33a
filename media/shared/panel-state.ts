/** What both panels know alike: the session they follow and whose page table they show. */
import { codeOf } from '../protocol/panel-error.ts';
import type { Choice, InspectContext, PageSelection, SessionStatus } from '../protocol/messages.ts';

export interface View {
  /** Null: follow the current thread. */
  readonly process: string | null;
  readonly cluster: number | null;
}

export const followCurrent: View = { process: null, cluster: null };

export const noSession: SessionStatus = { state: 'none', name: '', reason: '', stop: 0 };

export function choiceOf(view: View): Choice {
  return {
    ...(view.process === null ? {} : { process: view.process }),
    ...(view.cluster === null ? {} : { cluster: view.cluster }),
  };
}

/** A new process is shown in the cluster where it is at home; the cluster of another process means nothing there. */
export function chooseProcess(view: View, process: string | null): View {
  return view.process === process ? view : { process, cluster: null };
}

export function chooseCluster(view: View, context: InspectContext, cluster: number): View {
  return { process: view.process ?? context.process?.name ?? null, cluster };
}

/** The view that shows a page selected in the other panel. */
export function viewOfSelection(view: View, context: InspectContext | null, selection: PageSelection): View {
  const shown = context?.process?.name === selection.process && context.cluster.index === selection.cluster;
  return shown ? view : { process: selection.process, cluster: selection.cluster };
}

/** A process that the new session does not have, or a cluster where it no longer lives, cannot be kept. */
export function repairView(view: View, error: unknown): View | null {
  const isChosen = view.process !== null || view.cluster !== null;
  return isChosen && codeOf(error) !== 'failed' ? followCurrent : null;
}

export function selectionOf(context: InspectContext, vpn: number): PageSelection | null {
  return context.process === null ? null : { process: context.process.name, cluster: context.cluster.index, vpn };
}

export function isBusy(session: SessionStatus): boolean {
  return session.state === 'running' || session.state === 'starting';
}

/** What to say where there is nothing to show; null when there is something. */
export function emptyMessage(session: SessionStatus, context: InspectContext | null): string | null {
  if (context === null) {
    if (session.state === 'none') return 'No simulation is being debugged.';
    if (session.state === 'ended') return 'The simulation has ended.';
    return session.state === 'stopped' ? 'Reading the simulation…' : 'The simulation is running.';
  }
  if (context.process === null && session.state === 'ended') return 'The simulation has ended.';
  return context.process === null ? 'No process yet: step on until one is made.' : null;
}
