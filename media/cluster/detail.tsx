/** Everything about the chosen cluster. */
import type { JSX } from 'preact';
import type { ClusterDetail, ClusterModel, MachineModel, TlbModel } from '../protocol/messages.ts';
import { clusterText, countText, hex, pageText, shortAgent, sizeText } from '../shared/format.ts';
import { hitsText, loadText, runText } from './state.ts';
import { choose, showMemory } from './store.ts';

interface DetailProps {
  readonly model: MachineModel;
  readonly cluster: ClusterModel;
  readonly detail: ClusterDetail;
}

export function Detail(props: DetailProps): JSX.Element {
  const { model, cluster } = props;
  const { index } = cluster.cluster;
  const count = model.clusters.length;
  return (
    <section class="detail" aria-label="Chosen cluster" tabIndex={0}>
      <h2>
        Cluster {clusterText(cluster.cluster)}
        {count > 1 && (
          <>
            <Step label="Previous cluster" text="‹" to={(index + count - 1) % count} />
            <Step label="Next cluster" text="›" to={(index + 1) % count} />
          </>
        )}
        <button
          type="button"
          class="link"
          onClick={() => {
            showMemory(index);
          }}
        >
          memory
        </button>
      </h2>
      <Cores {...props} />
      <Servers {...props} />
      {props.detail.tlbs
        .filter(({ entries }) => entries.length > 0)
        .map((tlb) => (
          <Tlb key={`${String(tlb.core)} ${tlb.side}`} model={model} tlb={tlb} />
        ))}
      <Bank {...props} />
      <Devices {...props} />
    </section>
  );
}

function Step({ label, text, to }: { label: string; text: string; to: number }): JSX.Element {
  return (
    <button
      type="button"
      class="step"
      aria-label={label}
      title={label}
      onClick={() => {
        choose(to);
      }}
    >
      {text}
    </button>
  );
}

function Cores({ model, cluster }: DetailProps): JSX.Element {
  return (
    <table class="cores">
      <thead>
        <tr>
          <th scope="col">core</th>
          <th scope="col">runs</th>
          <th scope="col" class="number">
            load
          </th>
          <th scope="col" class="number">
            TLB hits
          </th>
        </tr>
      </thead>
      <tbody>
        {cluster.cores.map((core) => (
          <tr key={core.core}>
            <td>{core.core % model.coresPerCluster}</td>
            <td>
              {core.running.length === 0 && <div class="quiet">idle</div>}
              {core.running.map((running) => (
                <div key={running.agent}>{runText({ ...running, agent: shortAgent(running.agent) })}</div>
              ))}
              {core.idle.length > 0 && <div class="quiet">{core.idle.join(', ')} at rest</div>}
            </td>
            <td class="number">{loadText(core.load)}</td>
            <td class="number">{hitsText(core)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Servers({ cluster: { servers, queue } }: DetailProps): JSX.Element | null {
  if (servers.length === 0) return null;
  const busy = servers.filter((one) => one !== null).length;
  return (
    <>
      <h3>
        RPC threads
        <span>
          {busy} of {servers.length} busy · {queue.length} queued
        </span>
      </h3>
      <ul>
        {servers.map(
          (request, number) =>
            request !== null && (
              <li key={number}>
                <b>#{number + 1}</b> {request.name === '' ? 'has been woken' : `${request.name} for ${request.client}`}
              </li>
            ),
        )}
        {queue.map(({ name, client, clientCluster }, place) => (
          <li key={`queue ${String(place)}`}>
            <span class="quiet">queued</span> {name} for {client} <small>{clusterText(clientCluster)}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

/** More of them are only counted. */
const MOST_ENTRIES = 32;

function Tlb({ model, tlb }: { model: MachineModel; tlb: TlbModel }): JSX.Element {
  const { core, side, size, entries } = tlb;
  const name = side === 'both' ? 'TLB' : `${side === 'data' ? 'Data' : 'Fetch'} TLB`;
  const isMesh = model.clusters.length > 1;
  return (
    <>
      <h3>
        {name} of core {core % model.coresPerCluster}
        <span>
          {entries.length} of {countText(size, 'entry', 'entries')}
        </span>
      </h3>
      <table class="tlb">
        <thead>
          <tr>
            <th scope="col">page</th>
            <th scope="col">frame</th>
            {isMesh && <th scope="col">in</th>}
            <th scope="col">bits</th>
            <th scope="col" class="number">
              set
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.slice(0, MOST_ENTRIES).map((entry) => (
            <tr key={entry.vpn}>
              <td>
                {pageText(entry.vpn, model.addressBits)}
                {entry.pages > 1 && <small> ×{entry.pages}</small>}
              </td>
              <td>{hex(entry.ppn)}</td>
              {isMesh && <td>{clusterText(entry.cluster)}</td>}
              <td>{entry.bits}</td>
              <td class="number">{entry.set}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {entries.length > MOST_ENTRIES && <p class="more">{entries.length - MOST_ENTRIES} older ones</p>}
    </>
  );
}

function Bank({ cluster, detail }: DetailProps): JSX.Element {
  const used = detail.totals.filter(({ content, frames }) => content !== 'free' && frames > 0);
  return (
    <>
      <h3>
        Bank
        <span>
          {cluster.free.toLocaleString('en-US')} of {countText(cluster.frames, 'frame')} free
        </span>
      </h3>
      <p>{used.map(({ state, frames }) => `${frames.toLocaleString('en-US')} ${state}`).join(' · ')}</p>
    </>
  );
}

function Devices({ detail: { interrupts, files, devices }, model }: DetailProps): JSX.Element {
  const lines = [
    ...interrupts.map(
      ({ core, from, value }) =>
        `interrupt ${hex(value)} waits at core ${String(core % model.coresPerCluster)}${from < 0 ? '' : `, from core ${String(from)}`}`,
    ),
    ...devices,
    ...files.map(({ name, size }) => `page cache of “${name}”, ${sizeText(size)}`),
  ];
  return (
    <>
      <h3>Interrupts and devices</h3>
      {lines.length === 0 ? (
        <p class="quiet">none here</p>
      ) : (
        <ul>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}
