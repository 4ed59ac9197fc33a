/** All state of the cluster panel, and everything that changes it: pure, so that tests need no browser. */
import type {
  ClusterModel,
  CoreModel,
  Description,
  MachineModel,
  RunningModel,
  SessionStatus,
  WaitModel,
} from '../protocol/messages.ts';
import { clusterText, countText } from '../shared/format.ts';
import { noSession } from '../shared/panel-state.ts';

export interface PanelState {
  readonly session: SessionStatus;
  readonly model: MachineModel | null;
  /** Null: that of the current thread. */
  readonly cluster: number | null;
  readonly error: string | null;
  readonly announcement: string;
}

export const initialState: PanelState = {
  session: noSession,
  model: null,
  cluster: null,
  error: null,
  announcement: '',
};

export function withSession(state: PanelState, session: SessionStatus): PanelState {
  const isNew = session.state === 'starting' || session.state === 'none';
  return isNew ? { ...state, session, model: null, error: null } : { ...state, session };
}

export function withModel(state: PanelState, model: MachineModel): PanelState {
  const waits = waitsOf(model);
  const stuck = waits.filter(({ wait }) => wait.isDeadlock).length;
  const text = `${countText(waits.length, 'wait')}${stuck === 0 ? '' : `, ${countText(stuck, 'of them in a deadlock', 'of them in a deadlock')}`}`;
  const announcement =
    state.model?.stop === model.stop ? state.announcement : `${state.session.reason || 'stopped'}: ${text}`;
  return { ...state, model, error: null, announcement };
}

/** The cluster whose detail is shown. */
export function chosenOf({ cluster, model }: PanelState): number {
  return cluster ?? model?.current.index ?? 0;
}

/** Who waits, and where: the longest first, those in a deadlock before all others. */
export interface WaitRow {
  readonly agent: string;
  readonly cluster: ClusterModel['cluster'];
  readonly wait: WaitModel;
}

export function waitsOf({ clusters }: MachineModel): WaitRow[] {
  const rows = clusters.flatMap(({ cluster, cores }) =>
    cores.flatMap(({ running }) =>
      running.flatMap(({ agent, wait }) => (wait === null ? [] : [{ agent, cluster, wait }])),
    ),
  );
  const rank = ({ wait }: WaitRow) => (wait.isDeadlock ? 1 : 0);
  return rows.sort((one, other) => rank(other) - rank(one) || (other.wait.steps ?? 0) - (one.wait.steps ?? 0));
}

/** Clusters with requests in their queues, the longest queue first. */
export function queuesOf({ clusters }: MachineModel): ClusterModel[] {
  return clusters
    .filter(({ queue }) => queue.length > 0)
    .sort((one, other) => other.queue.length - one.queue.length || one.cluster.index - other.cluster.index);
}

export type Activity = 'runs' | 'ready' | 'waits' | 'idle';

/** What a core does, by the one of its threads that says most. */
export function activityOf({ running }: CoreModel): { kind: Activity; shown: RunningModel | null } {
  const current = running.find(({ isCurrent }) => isCurrent);
  if (current !== undefined) return { kind: current.wait === null ? 'runs' : 'waits', shown: current };
  const ready = running.find(({ wait }) => wait === null);
  if (ready !== undefined) return { kind: 'ready', shown: ready };
  const [waiting] = running;
  return waiting === undefined ? { kind: 'idle', shown: null } : { kind: 'waits', shown: waiting };
}

const rank: Readonly<Record<Activity, number>> = { runs: 3, waits: 2, ready: 1, idle: 0 };

/** Of all its cores, the one that says most. */
export function activityOfCluster({ cores }: ClusterModel): Activity {
  return cores.map((core) => activityOf(core).kind).reduce((best, kind) => (rank[kind] > rank[best] ? kind : best), 'idle'); // prettier-ignore
}

export function isIdle(cluster: ClusterModel): boolean {
  return activityOfCluster(cluster) === 'idle' && cluster.queue.length === 0 && cluster.servers.every((one) => one === null); // prettier-ignore
}

/** Which cluster a key leads to from one; y grows upwards. Null for other keys. */
export function movedCluster({ mesh: { width, height } }: MachineModel, from: number, key: string): number | null {
  const [x, y] = [Math.floor(from / height), from % height];
  const to: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [x - 1, y],
    ArrowRight: [x + 1, y],
    ArrowUp: [x, y + 1],
    ArrowDown: [x, y - 1],
    Home: [0, y],
    End: [width - 1, y],
  };
  const target = to[key];
  if (target === undefined) return null;
  const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));
  return clamp(target[0], width - 1) * height + clamp(target[1], height - 1);
}

/** `24 %`; nothing where no core did anything. */
export function loadText(load: number): string {
  return `${String(Math.round(load * 100))} %`;
}

/** `12 of 30`: hits of look-ups; `none` where there was no look-up. */
export function hitsText({ tlbHits, tlbMisses }: Pick<CoreModel, 'tlbHits' | 'tlbMisses'>): string {
  const all = tlbHits + tlbMisses;
  return all === 0 ? 'none' : `${tlbHits.toLocaleString('en-US')} of ${all.toLocaleString('en-US')}`;
}

export function runText({ agent, process, function: name, step, wait }: RunningModel): string {
  const owner = process === null || agent === process || agent.startsWith(`${process}.`) ? '' : ` for ${process}`;
  const place = name === '' ? '' : ` in ${name}${step === '' ? '' : `, step ${step}`}`;
  return `${agent}${owner}${place}${wait === null ? '' : ` waits for ${wait.text}`}`;
}

/** For those who do not see the mesh. */
export function clusterLabel(model: ClusterModel): string {
  const { cluster, cores, queue, servers, free } = model;
  const work = cores.flatMap(({ running }) => running.map(runText));
  const busy = servers.filter((one) => one !== null).length;
  return [
    `cluster ${clusterText(cluster)}`,
    ...(work.length === 0 ? [`${countText(cores.length, 'core')} idle`] : work),
    ...(busy === 0 ? [] : [`${String(busy)} of ${countText(servers.length, 'server')} busy`]),
    ...(queue.length === 0 ? [] : [`${countText(queue.length, 'request')} queued`]),
    `${countText(free, 'frame')} free`,
  ].join(', ');
}

/** What to say where there is nothing to show; null when there is something. */
export function messageOf({ session, model, error }: PanelState): string | null {
  if (error !== null) return error;
  if (model !== null) return null;
  if (session.state === 'none') return 'No simulation is being debugged.';
  if (session.state === 'ended') return 'The simulation has ended.';
  return session.state === 'stopped' ? 'Reading the simulation…' : 'The simulation is running.';
}

export function describe(state: PanelState): Description {
  const { model, session } = state;
  const chosen = model?.clusters[chosenOf(state)];
  return {
    panel: 'cluster',
    session: session.state,
    process: null,
    cluster: chosen === undefined ? null : clusterText(chosen.cluster),
    stop: model?.stop ?? null,
    lines:
      model === null
        ? []
        : [
            ...model.clusters.map(clusterLabel),
            ...waitsOf(model).map(
              ({ agent, cluster, wait }) =>
                `${agent} in ${clusterText(cluster)} waits for ${wait.text}${wait.isDeadlock ? ' [deadlock]' : ''}`,
            ),
            ...model.links.map(
              ({ from, to, messages }) =>
                `${nameOf(model, from)} to ${nameOf(model, to)}: ${countText(messages, 'message')}`,
            ),
          ],
    selected: chosenOf(state),
    message: messageOf(state),
  };
}

export function nameOf({ clusters }: MachineModel, index: number): string {
  return clusterText(clusters[index]?.cluster ?? null);
}

export interface SavedState {
  readonly version: 1;
  readonly cluster: number | null;
}

export function restoredState(saved: unknown): PanelState {
  const value = saved as Partial<SavedState> | undefined | null;
  if (value?.version !== 1) return initialState;
  return { ...initialState, cluster: typeof value.cluster === 'number' ? value.cluster : null };
}
