/** The cluster panel from top to bottom. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { ClusterPicker } from '../shared/cluster-picker.tsx';
import { Empty } from '../shared/empty.tsx';
import { KeySheet, type KeyList } from '../shared/key-sheet.tsx';
import { PanelHead } from '../shared/panel-head.tsx';
import { isBusy } from '../shared/panel-state.ts';
import type { MachineModel } from '../protocol/messages.ts';
import { useWidth } from '../shared/width.ts';
import { Detail } from './detail.tsx';
import { activityNames, Glyph } from './glyph.tsx';
import { Mesh } from './mesh.tsx';
import { chosenOf, messageOf, type Activity } from './state.ts';
import { choose, state } from './store.ts';
import { Queues, Waits } from './waits.tsx';

const keys: KeyList = [
  ['Arrow keys', 'go from cluster to cluster'],
  ['Home, End', 'go to the ends of the row'],
  ['Enter', 'show the memory of the cluster'],
];

/** From here on the detail stands beside the mesh. */
const WIDE = 700;
const DETAIL = 262;
const PADDING = 24;

export function ClusterPanel(): JSX.Element {
  const { session, model, announcement } = state.value;
  const message = messageOf(state.value);
  const body = useRef<HTMLElement>(null);
  const width = useWidth(body);
  return (
    <main ref={body} class={isBusy(session) ? 'busy' : session.state === 'ended' ? 'ended' : ''}>
      <PanelHead title="Cluster" session={session} {...(model === null ? {} : { since: 'since the last stop' })}>
        {model !== null && (
          <ClusterPicker
            clusters={model.clusters.map(({ cluster }) => cluster)}
            shown={chosenOf(state.value)}
            follows={state.value.cluster === null}
            onChoose={choose}
          />
        )}
        <KeySheet keys={keys} />
      </PanelHead>
      {model === null || message !== null ? (
        <Empty message={message ?? ''} session={session} />
      ) : (
        <Body model={model} width={width} />
      )}
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </main>
  );
}

function Body({ model, width }: { model: MachineModel; width: number }): JSX.Element {
  const chosen = chosenOf(state.value);
  const cluster = model.clusters[chosen];
  const isWide = width >= WIDE;
  const { detail } = model;
  return (
    <div class={`body ${isWide ? 'wide' : ''}`}>
      <div class="left">
        <Mesh model={model} chosen={chosen} room={(isWide ? width - DETAIL : width) - PADDING} />
        <Waits model={model} />
        <Queues model={model} />
        <Legend />
      </div>
      {cluster !== undefined && detail?.cluster.index === chosen && (
        <Detail model={model} cluster={cluster} detail={detail} />
      )}
    </div>
  );
}

function Legend(): JSX.Element {
  return (
    <div class="legend" aria-hidden="true">
      {(Object.keys(activityNames) as Activity[]).map((kind) => (
        <span key={kind}>
          <Glyph kind={kind} />
          {activityNames[kind]}
        </span>
      ))}
      <span>
        <i class="load-key" />
        load
      </span>
      <span>
        <span class="queued">3</span>
        requests queued
      </span>
      <span>
        <span class="servers">
          <i class="busy" />
          <i />
        </span>
        RPC thread busy, free
      </span>
      <span>
        <span class="memory">
          <i>
            <i />
          </i>
        </span>
        frames used, free
      </span>
      <span>
        <i class="link-key" />
        messages and remote accesses
      </span>
    </div>
  );
}
