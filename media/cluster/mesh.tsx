/** The mesh: clusters at their places, and the links between them. One stop for Tab, then the arrow keys. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ClusterModel, CoreModel, MachineModel } from '../protocol/messages.ts';
import { clusterText, shortAgent } from '../shared/format.ts';
import { Glyph } from './glyph.tsx';
import { AXIS, MOST_CORES, meshLayout, placeOf, type MeshLayout } from './layout.ts';
import { Links } from './links.tsx';
import { activityOf, activityOfCluster, clusterLabel, isIdle, movedCluster } from './state.ts';
import { choose, showMemory } from './store.ts';

interface MeshProps {
  readonly model: MachineModel;
  readonly chosen: number;
  /** Pixels. */
  readonly room: number;
}

export function Mesh({ model, chosen, room }: MeshProps): JSX.Element {
  const layout = meshLayout(model, room);
  const { width: columns, height: rows } = model.mesh;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (body.current?.contains(document.activeElement) === true)
      body.current.querySelector('.cluster.chosen')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);
  return (
    <div
      ref={body}
      class={`mesh ${layout.shape}`}
      role="grid"
      tabIndex={0}
      aria-label="Mesh: arrow keys move between clusters, Enter shows the memory of one"
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-activedescendant={clusterId(chosen)}
      onKeyDown={(event) => {
        const moved = movedCluster(model, chosen, event.key);
        if (moved !== null) choose(moved);
        else if (event.key === 'Enter') showMemory(chosen);
        else return;
        event.preventDefault();
      }}
    >
      <div
        class="field"
        role="presentation"
        style={{
          width: `${String(layout.totalWidth)}px`,
          height: `${String(layout.totalHeight)}px`,
          marginLeft: `${String(AXIS)}px`,
        }}
      >
        <Links model={model} layout={layout} />
        {Array.from({ length: rows }, (_, index) => rows - 1 - index).map((y) => (
          <div key={y} class="mesh-row" role="row" aria-rowindex={rows - y}>
            <span
              class="axis"
              role="presentation"
              style={{ top: `${String(placeOf(layout, model, y).top + layout.height / 2 - 8)}px` }}
            >
              {layout.shape === 'tile' ? `y${String(y)}` : y}
            </span>
            {Array.from({ length: columns }, (_, x) => (
              <Cluster
                key={x}
                cluster={model.clusters[x * rows + y] as ClusterModel}
                model={model}
                layout={layout}
                chosen={chosen}
                column={x + 1}
              />
            ))}
          </div>
        ))}
      </div>
      <div
        class="axis-x"
        aria-hidden="true"
        style={{ marginLeft: `${String(AXIS)}px`, gap: `${String(layout.gap)}px` }}
      >
        {Array.from({ length: columns }, (_, x) => (
          <span key={x} style={{ width: `${String(layout.width)}px` }}>
            {layout.shape === 'tile' ? `x${String(x)}` : x}
          </span>
        ))}
      </div>
    </div>
  );
}

function clusterId(index: number): string {
  return `cluster-${String(index)}`;
}

interface ClusterProps {
  readonly cluster: ClusterModel;
  readonly model: MachineModel;
  readonly layout: MeshLayout;
  readonly chosen: number;
  readonly column: number;
}

function Cluster({ cluster, model, layout, chosen, column }: ClusterProps): JSX.Element {
  const { index } = cluster.cluster;
  const { left, top } = placeOf(layout, model, index);
  const isChosen = index === chosen;
  const label = clusterLabel(cluster);
  return (
    <div
      id={clusterId(index)}
      class={`cluster ${isIdle(cluster) ? 'idle' : ''} ${isChosen ? 'chosen' : ''}`}
      role="gridcell"
      aria-colindex={column}
      aria-selected={isChosen}
      title={label}
      style={{
        left: `${String(left)}px`,
        top: `${String(top)}px`,
        width: `${String(layout.width)}px`,
        height: `${String(layout.height)}px`,
      }}
      onClick={() => {
        choose(index);
      }}
      onDblClick={() => {
        showMemory(index);
      }}
    >
      <span class="visually-hidden">{label}</span>
      <div class="face" aria-hidden="true">
        {layout.shape === 'tile' ? <Tile cluster={cluster} /> : <Square cluster={cluster} hasName={layout.hasNames} />}
      </div>
    </div>
  );
}

function Tile({ cluster }: { cluster: ClusterModel }): JSX.Element {
  const { cores, servers, queue } = cluster;
  return (
    <>
      <div class="name">
        <b>{clusterText(cluster.cluster)}</b>
        {queue.length > 0 && <span class="queued">{queue.length}</span>}
        <span class="servers">
          {(servers.some((one) => one !== null) ? servers.slice(0, 6) : []).map((request, number) => (
            <i key={number} class={request === null ? '' : 'busy'} />
          ))}
        </span>
      </div>
      {isIdle(cluster) ? (
        <div class="quiet">
          {cores.length} {cores.length === 1 ? 'core' : 'cores'} idle
        </div>
      ) : (
        cores.slice(0, MOST_CORES).map((core) => <Core key={core.core} core={core} />)
      )}
      {!isIdle(cluster) && cores.length > MOST_CORES && <div class="quiet">+{cores.length - MOST_CORES} cores</div>}
      <Memory cluster={cluster} />
    </>
  );
}

function Core({ core }: { core: CoreModel }): JSX.Element {
  const { kind, shown } = activityOf(core);
  const target = shown?.wait?.cluster ?? null;
  const others = core.running.length - (shown === null ? 0 : 1);
  return (
    <div class={`core ${kind}`}>
      <Glyph kind={kind} />
      <span class="agent">{shown === null ? 'idle' : shortAgent(shown.agent)}</span>
      {target !== null && <span class="for">→{clusterText(target)}</span>}
      {others > 0 && <span class="more">+{others}</span>}
      <i class="load" style={{ width: `${String(Math.round(core.load * 100))}%` }} />
    </div>
  );
}

function Memory({ cluster: { frames, free } }: { cluster: ClusterModel }): JSX.Element {
  return (
    <div class="memory">
      <i>
        <i style={{ width: `${String(Math.round((1 - free / Math.max(1, frames)) * 100))}%` }} />
      </i>
      <span>{free.toLocaleString('en-US')}</span>
    </div>
  );
}

function Square({ cluster, hasName }: { cluster: ClusterModel; hasName: boolean }): JSX.Element {
  const kind = activityOfCluster(cluster);
  const { queue, frames, free } = cluster;
  return (
    <>
      {hasName && <span class="name">{clusterText(cluster.cluster)}</span>}
      {queue.length > 0 ? <span class="queued">{queue.length}</span> : kind !== 'idle' && <Glyph kind={kind} />}
      <i class="used" style={{ width: `${String(Math.round((1 - free / Math.max(1, frames)) * 100))}%` }} />
    </>
  );
}
