/** All clusters, each with how much of its memory is in use. */
import type { JSX } from 'preact';
import { clusterText } from '../shared/format.ts';
import type { MapFacts } from './cells.ts';
import { banksShown } from './state.ts';

export function Banks({
  facts,
  onChoose,
}: {
  facts: MapFacts;
  onChoose: (cluster: number) => void;
}): JSX.Element | null {
  const { banks, cluster } = facts;
  if (banks.length < 2) return null;
  const shown = banksShown(banks, cluster.index);
  return (
    <div class="banks" role="group" aria-label="Clusters">
      {shown.map((bank) => {
        const used = 1 - bank.free / Math.max(1, bank.frames);
        const name = clusterText(bank.cluster);
        return (
          <button
            key={bank.cluster.index}
            type="button"
            class="bank"
            aria-pressed={bank.cluster.index === cluster.index}
            aria-label={`Cluster ${name}: ${String(bank.frames - bank.free)} of ${String(bank.frames)} frames used`}
            title={`${name}: ${bank.free.toLocaleString('en-US')} of ${bank.frames.toLocaleString('en-US')} frames free`}
            onClick={() => {
              onChoose(bank.cluster.index);
            }}
          >
            {name}
            <i aria-hidden="true">
              <i style={{ width: `${String(Math.round(used * 100))}%` }} />
            </i>
          </button>
        );
      })}
      {shown.length < banks.length && (
        <span class="more">{banks.length - shown.length} less used ones are in the list above</span>
      )}
    </div>
  );
}
