/** The same as the picture, as a table. */
import type { JSX } from 'preact';
import { clusterText } from '../shared/format.ts';
import { send } from '../shared/host.ts';
import { stepText, tableRows, type PanelState } from './state.ts';
import { seekTo } from './store.ts';

/** More of them are reached by zooming in. */
const MOST_ROWS = 400;

export function Table({ current }: { current: PanelState }): JSX.Element {
  const rows = tableRows(current);
  return (
    <div class="as-table" role="region" aria-label="Everything that is shown, by step" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              step
            </th>
            <th scope="col" class="number">
              until
            </th>
            <th scope="col">who</th>
            <th scope="col">what</th>
            <th scope="col">line</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map(({ step, until, lane, what, line }, index) => (
            <tr key={index}>
              <td class="number">
                <button
                  type="button"
                  class="link"
                  title="Go there"
                  onClick={() => {
                    void seekTo(step);
                  }}
                >
                  {stepText(step)}
                </button>
              </td>
              <td class="number">{until === null ? '' : stepText(until)}</td>
              <td>
                {lane.agent} <small>{clusterText(lane.cluster)}</small>
              </td>
              <td>{what}</td>
              <td>
                {line > 0 && (
                  <button
                    type="button"
                    class="link"
                    onClick={() => {
                      send({ type: 'reveal', line });
                    }}
                  >
                    {line}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p>{stepText(rows.length - MOST_ROWS)} more: zoom in to see them</p>}
    </div>
  );
}
