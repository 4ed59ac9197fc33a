/** The kernel panel from top to bottom: what only this kernel has, one section a structure. */
import type { JSX } from 'preact';
import type { KernelViewModel } from '../protocol/messages.ts';
import { ClusterPicker } from '../shared/cluster-picker.tsx';
import { ContextBar } from '../shared/context-bar.tsx';
import { Empty } from '../shared/empty.tsx';
import { countText } from '../shared/format.ts';
import type { KeyList } from '../shared/key-sheet.tsx';
import { isBusy } from '../shared/panel-state.ts';
import { changesIn, messageOf } from './state.ts';
import { fold, setAround, setView, state } from './store.ts';
import { Strip } from './strip.tsx';
import { ViewTable } from './table.tsx';
import { Tree } from './tree.tsx';

const keys: KeyList = [
  ['Arrow up, down', 'go through the tree'],
  ['Arrow left, right', 'fold and unfold'],
  ['Home, End', 'go to the ends of the tree'],
];

export function KernelPanel(): JSX.Element {
  const { session, view, around, model, announcement } = state.value;
  const message = messageOf(state.value);
  return (
    <main class={isBusy(session) ? 'busy' : session.state === 'ended' ? 'ended' : ''}>
      <ContextBar
        title={model === null ? 'Kernel' : `Kernel ${model.context.kernel}`}
        context={model?.context ?? null}
        session={session}
        view={view}
        withClusters={false}
        keys={keys}
        onView={setView}
      />
      {model === null || message !== null ? (
        <Empty message={message ?? ''} session={session} />
      ) : (
        <div class="views">
          {model.clusters.length > 0 && (
            <label class="around">
              Lists of clusters begin with{' '}
              <ClusterPicker
                clusters={model.clusters}
                shown={model.around}
                follows={around === null}
                onChoose={setAround}
              />
            </label>
          )}
          {model.views.map((one) => (
            <Section key={one.id} view={one} addressBits={model.context.addressBits} />
          ))}
        </div>
      )}
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </main>
  );
}

function Section({ view, addressBits }: { view: KernelViewModel; addressBits: number }): JSX.Element {
  const isFolded = state.value.folded.has(view.id);
  const changes = changesIn(view);
  return (
    <div class="view">
      <h2>
        <button
          type="button"
          id={`title-${view.id}`}
          class={isFolded ? 'title folded' : 'title'}
          aria-expanded={!isFolded}
          onClick={() => {
            fold(view.id);
          }}
        >
          {view.title}
        </button>
        {changes > 0 && <span class="changes">{countText(changes, 'change')}</span>}
      </h2>
      {!isFolded && (
        <>
          <p class="note">{view.note}</p>
          <Shape view={view} addressBits={addressBits} />
          {view.more > 0 && <p class="more">{countText(view.more, 'further one', 'further ones')} not shown</p>}
          <Gone gone={view.gone} />
        </>
      )}
    </div>
  );
}

function Shape({ view, addressBits }: { view: KernelViewModel; addressBits: number }): JSX.Element {
  switch (view.shape) {
    case 'tree':
      return <Tree view={view} />;
    case 'table':
      return <ViewTable view={view} />;
    case 'strip':
      return <Strip view={view} addressBits={addressBits} />;
  }
}

/** More of them are only counted. */
const MOST_GONE = 6;

function Gone({ gone }: { gone: readonly string[] }): JSX.Element | null {
  if (gone.length === 0) return null;
  const rest = gone.length - MOST_GONE;
  return (
    <p class="gone">
      <span class="mark">gone</span>
      {gone.slice(0, MOST_GONE).map((text, index) => (
        <del key={index}>{text}</del>
      ))}
      {rest > 0 && <span>and {rest} more</span>}
    </p>
  );
}
