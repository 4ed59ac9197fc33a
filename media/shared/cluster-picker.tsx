/** Chooses a cluster of however many: a list that takes the typed name. */
import type { JSX } from 'preact';
import type { ClusterName } from '../protocol/messages.ts';
import { clusterText } from './format.ts';

export interface ClusterPickerProps {
  readonly clusters: readonly ClusterName[];
  readonly shown: number;
  /** The cluster of the current thread is shown at every stop. */
  readonly follows: boolean;
  /** Null: follow the current thread. */
  readonly onChoose: (cluster: number | null) => void;
}

export function ClusterPicker({ clusters, shown, follows, onChoose }: ClusterPickerProps): JSX.Element | null {
  if (clusters.length < 2) return null;
  return (
    <select
      class="cluster-picker"
      aria-label="Cluster"
      value={follows ? 'follow' : String(shown)}
      onChange={({ currentTarget }) => {
        onChoose(currentTarget.value === 'follow' ? null : Number(currentTarget.value));
      }}
    >
      <option value="follow">{follows ? `${nameOf(clusters, shown)} · follows` : 'follow the thread'}</option>
      {clusters.map((cluster) => (
        <option key={cluster.index} value={String(cluster.index)}>
          {clusterText(cluster)}
        </option>
      ))}
    </select>
  );
}

function nameOf(clusters: readonly ClusterName[], index: number): string {
  return clusterText(clusters.find((cluster) => cluster.index === index) ?? null);
}
