/** How a frame is drawn: never by its colour alone. */
import type { CSSProperties } from 'preact';
import { hueOf, initials } from '../shared/owners.ts';
import type { Cell, MapFacts } from './cells.ts';
import type { Coloring } from './state.ts';

export interface Look {
  /** Class of its pattern. */
  readonly shape: string;
  readonly letters: string;
  readonly style: CSSProperties;
}

/** Letters are the owners' whatever the colours stand for: two of them, then how many. */
export function lookOf({ kind }: Cell, facts: MapFacts, coloring: Coloring): Look {
  const { content, owners, cow, state } = kind;
  if (content === 'free') return { shape: 'free', letters: '', style: {} };
  if (content === 'kernel') return { shape: 'kernel', letters: '', style: {} };
  const [one, other] = coloring === 'owner' ? huesOf(owners, facts) : huesByMeaning(kind, coloring);
  const style = { '--one': `var(--kind-${one})`, '--other': `var(--kind-${other})` };
  if (content === 'table') return { shape: 'table-frame', letters: 'T', style };
  const isShared = owners.length > 1 || cow;
  return { shape: isShared ? 'shared' : 'data', letters: lettersOf(owners, state, facts), style };
}

function lettersOf(owners: readonly string[], state: string, { processes }: MapFacts): string {
  if (owners.length === 0) return state.slice(0, 1).toUpperCase();
  if (owners.length > 2) return String(owners.length);
  const names = initials(processes);
  return owners.map((owner) => names.get(owner) ?? owner.slice(0, 1)).join('');
}

function huesOf(owners: readonly string[], { processes }: MapFacts): [string, string] {
  const hue = (owner: string | undefined) => (owner === undefined ? 'null' : hueOf(processes.indexOf(owner)));
  return [hue(owners[0]), hue(owners[1] ?? owners[0])];
}

function huesByMeaning({ content, owners, cow }: Cell['kind'], coloring: Coloring): [string, string] {
  if (coloring === 'sharing') {
    const hue = cow ? 'file' : owners.length > 1 ? 'shared' : owners.length === 1 ? 'anon' : 'null';
    return [hue, hue];
  }
  const hue = content === 'table' ? 'data' : owners.length > 0 ? 'anon' : 'file';
  return [hue, hue];
}
