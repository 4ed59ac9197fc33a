import { clusterX, clusterY } from '../../hardware/machine-config.ts';
import type { Run } from './run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import type { PlaceValue } from './values.ts';

/** A place of this machine, or a failure. */
export function requirePlace(run: Run, place: PlaceValue, range: SourceRange): PlaceValue {
  const { mesh, coresPerCluster } = run.program.config;
  if (place.x < 0 || place.y < 0 || place.x >= mesh.width || place.y >= mesh.height) {
    const message = `there is no cluster (${place.x},${place.y}) in a mesh of ${mesh.width}x${mesh.height}`;
    throw new ScenarioFailure('WALK225', message, range);
  }
  if (place.core !== null && (place.core < 0 || place.core >= coresPerCluster)) {
    throw new ScenarioFailure(
      'WALK225',
      `there is no core ${place.core} in a cluster of ${coresPerCluster}; cores count from 0`,
      range,
    );
  }
  return place;
}

export function placeOfCluster(run: Run, cluster: number): PlaceValue {
  const { config } = run.program;
  return { kind: 'place', x: clusterX(config, cluster), y: clusterY(config, cluster), core: null };
}
