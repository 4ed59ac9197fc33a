/** What letters, hues and patterns stand for: only what the shown cluster has. */
import type { JSX } from 'preact';
import { hueOf, initials } from '../shared/owners.ts';
import type { MapFacts } from './cells.ts';
import type { Coloring } from './state.ts';

/** More owners than this are told by the frames' hovers. */
const MOST_OWNERS = 8;

export function Legend({ facts, coloring }: { facts: MapFacts; coloring: Coloring }): JSX.Element {
  const { kinds, processes } = facts;
  const names = initials(processes);
  const owning = processes.filter((name) => kinds.some(({ owners }) => owners.includes(name)));
  const has = (test: (kind: MapFacts['kinds'][number]) => boolean) => kinds.some(test);
  const hasUnowned = [...new Set(kinds.filter(({ content, owners }) => content === 'data' && owners.length === 0).map(({ state }) => state))]; // prettier-ignore
  return (
    <div class="legend" aria-hidden="true">
      {owning.slice(0, MOST_OWNERS).map((name) => {
        const hue = coloring === 'owner' ? hueOf(processes.indexOf(name)) : 'anon';
        const style = { '--one': `var(--kind-${hue})`, '--other': `var(--kind-${hue})` };
        return (
          <span key={name}>
            <i class="frame data" style={style}>
              {names.get(name)}
            </i>
            {name}
          </span>
        );
      })}
      {hasUnowned.map((state) => (
        <span key={state}>
          <i class="frame data" style={{ '--one': 'var(--kind-null)', '--other': 'var(--kind-null)' }}>
            {state.slice(0, 1).toUpperCase()}
          </i>
          {state}, not mapped
        </span>
      ))}
      {has(({ content }) => content === 'table') && (
        <span>
          <i class="frame table-frame">T</i>page table
        </span>
      )}
      {has(({ owners, cow, content }) => content === 'data' && (cow || owners.length > 1)) && (
        <span>
          <i class="frame shared" />
          shared or copy-on-write
        </span>
      )}
      <span>
        <i class="frame free" />
        {facts.hasBlocks ? 'free block' : 'free'}
      </span>
      {has(({ content }) => content === 'kernel') && (
        <span>
          <i class="frame kernel" />
          the kernel’s own
        </span>
      )}
      {facts.changed > 0 && (
        <span>
          <i class="frame changed" />
          changed since the last stop
        </span>
      )}
    </div>
  );
}
