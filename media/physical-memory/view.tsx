/** The panel of physical memory from top to bottom. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ClusterPicker } from '../shared/cluster-picker.tsx';
import { Empty } from '../shared/empty.tsx';
import { KeySheet, type KeyList } from '../shared/key-sheet.tsx';
import { PanelHead } from '../shared/panel-head.tsx';
import { isBusy } from '../shared/panel-state.ts';
import { useWidth } from '../shared/width.ts';
import { Banks } from './banks.tsx';
import type { MapFacts } from './cells.ts';
import { FrameDetail } from './detail.tsx';
import { Legend } from './legend.tsx';
import { FrameMap } from './map.tsx';
import { Orders } from './orders.tsx';
import { colorings, messageOf, perRowAt, sumTexts } from './state.ts';
import { setCluster, setColoring, setPerRow, state } from './store.ts';

const keys: KeyList = [
  ['Arrow keys', 'go from frame to frame'],
  ['Page Up, Page Down', 'go a screen up or down'],
  ['Home, End', 'go to the ends of the row'],
  ['Enter', 'select the frame: who maps it, and its history'],
  ['Escape', 'close the selected frame'],
];

export function PhysicalMemoryPanel(): JSX.Element {
  const { session, facts, announcement, detail } = state.value;
  const message = messageOf(state.value);
  const body = useRef<HTMLElement>(null);
  const width = useWidth(body);
  useLayoutEffect(() => {
    setPerRow(perRowAt(width));
  }, [width]);
  return (
    <main ref={body} class={`memory ${isBusy(session) ? 'busy' : session.state === 'ended' ? 'ended' : ''}`}>
      <PanelHead
        title="Physical Memory"
        session={session}
        {...(facts === null ? {} : { since: 'since the last stop' })}
      >
        {facts !== null && (
          <ClusterPicker
            clusters={facts.banks.map(({ cluster }) => cluster)}
            shown={facts.cluster.index}
            follows={state.value.cluster === null}
            onChoose={setCluster}
          />
        )}
        <KeySheet keys={keys} />
      </PanelHead>
      {facts === null || message !== null ? (
        <Empty message={message ?? ''} session={session} />
      ) : (
        <>
          <Banks facts={facts} onChoose={setCluster} />
          <Sums facts={facts} />
          <FrameMap state={state.value} facts={facts} />
          <Legend facts={facts} coloring={state.value.coloring} />
          <Orders facts={facts} />
          {detail !== null && <FrameDetail detail={detail} facts={facts} />}
        </>
      )}
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </main>
  );
}

const coloringNames = { owner: 'Owner', kind: 'Kind', sharing: 'Sharing' } as const;

function Sums({ facts }: { facts: MapFacts }): JSX.Element {
  const [free, ...others] = sumTexts(facts);
  return (
    <div class="sums">
      <span>
        <b>{free}</b> <span class="others">{others.join(' · ')}</span>
      </span>
      <div class="chips" role="radiogroup" aria-label="Colour by">
        {colorings.map((name) => (
          <button
            key={name}
            type="button"
            class="chip"
            role="radio"
            aria-checked={state.value.coloring === name}
            onClick={() => {
              setColoring(name);
            }}
          >
            {coloringNames[name]}
          </button>
        ))}
      </div>
    </div>
  );
}
