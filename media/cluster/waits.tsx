/** Who waits for whom, the longest first; and the queues of clusters that are asked more than they answer. */
import type { JSX } from 'preact';
import type { MachineModel } from '../protocol/messages.ts';
import { clusterText } from '../shared/format.ts';
import { queuesOf, waitsOf } from './state.ts';
import { choose, lit } from './store.ts';

/** More of them are only counted. */
const MOST_ROWS = 40;

export function Waits({ model }: { model: MachineModel }): JSX.Element {
  const waits = waitsOf(model);
  if (waits.length === 0) return <p class="no-waits">Nobody waits.</p>;
  const isMesh = model.clusters.length > 1;
  return (
    <div class="who-waits" role="region" aria-label="Who waits for whom" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">who waits</th>
            {isMesh && <th scope="col">for</th>}
            <th scope="col" class="what">
              what
            </th>
            <th scope="col" class="by">
              whose turn
            </th>
            <th scope="col" class="number">
              steps
            </th>
          </tr>
        </thead>
        <tbody>
          {waits.slice(0, MOST_ROWS).map((row) => (
            <tr
              key={row.agent}
              class={row.wait.isDeadlock ? 'deadlock' : ''}
              onMouseEnter={() => {
                lit.value = row;
              }}
              onMouseLeave={() => {
                lit.value = null;
              }}
            >
              <td>
                {row.agent} {isMesh && <small>{clusterText(row.cluster)}</small>}
              </td>
              {isMesh && <td>{row.wait.cluster !== null && <ClusterLink cluster={row.wait.cluster} />}</td>}
              <td class="what">
                {row.wait.text}
                {row.wait.isDeadlock && <span class="mark">deadlock</span>}
              </td>
              <td class="by">{row.wait.isServed === false ? 'queued' : row.wait.agents.join(', ')}</td>
              <td class="number">{row.wait.steps === null ? '–' : row.wait.steps.toLocaleString('en-US')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {waits.length > MOST_ROWS && <p class="more">{waits.length - MOST_ROWS} more wait</p>}
    </div>
  );
}

function ClusterLink({ cluster }: { cluster: MachineModel['current'] }): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      tabIndex={-1}
      onClick={() => {
        choose(cluster.index);
      }}
    >
      → {clusterText(cluster)}
    </button>
  );
}

export function Queues({ model }: { model: MachineModel }): JSX.Element | null {
  const queues = queuesOf(model);
  if (queues.length === 0) return null;
  return (
    <div class="queues" role="region" aria-label="Queues" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">most queued</th>
            <th scope="col">serving</th>
            <th scope="col" class="number">
              queued
            </th>
            <th scope="col">who waits</th>
          </tr>
        </thead>
        <tbody>
          {queues.slice(0, MOST_ROWS).map(({ cluster, servers, queue }) => (
            <tr key={cluster.index}>
              <td>
                <ClusterLink cluster={cluster} />
              </td>
              <td>
                {servers.filter((one) => one !== null).length} of {servers.length}
              </td>
              <td class="number">{queue.length}</td>
              <td>{queue.map(({ client }) => client).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
