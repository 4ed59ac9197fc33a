/** How much a run, or a simulation while typing, may take: settings under `pagewalk.bounds` and `pagewalk.live`. */
import {
  boundText,
  boundsFrom,
  liveBounds,
  settingToBound,
  standardBounds,
  type Bounds,
} from '../../session/scenario/bounds.ts';

/** The settings under `pagewalk` as a client sends them; whatever is no positive number is as if it were not set. */
export function boundsIn(settings: unknown, group: Bounds['setting']): Bounds {
  const own = isObject(settings) && isObject(settings[group]) ? settings[group] : {};
  const unset = group === 'live' ? liveBounds : standardBounds;
  return boundsFrom(group, (name) => settingToBound(name, own[name]) ?? unset[name]);
}

/** The bounds that only the worker's host can keep, since the worker may be busy inside one statement. */
export type HostBound = 'seconds' | 'hostMemory';

/** As in "simulation while typing stopped …". */
export function reasonOf(bound: HostBound, bounds: Bounds): string {
  const value = boundText(bound, bounds[bound]);
  return `${bound === 'seconds' ? `after ${value}` : `at ${value} of memory`}, the bound of pagewalk.live.${bound}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
