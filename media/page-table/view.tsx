/** The page-table panel from top to bottom. */
import type { JSX } from 'preact';
import type { PageTableFilter } from '../protocol/messages.ts';
import { ContextBar } from '../shared/context-bar.tsx';
import { Empty } from '../shared/empty.tsx';
import { countText } from '../shared/format.ts';
import type { KeyList } from '../shared/key-sheet.tsx';
import { emptyMessage, isBusy } from '../shared/panel-state.ts';
import { AddressSplit } from './split.tsx';
import type { TableFacts } from './state.ts';
import { goTo, setFilter, setView, state } from './store.ts';
import { Table } from './table.tsx';

const keys: KeyList = [
  ['Arrow up, down', 'go from row to row'],
  ['Page Up, Page Down', 'go a screen up or down'],
  ['Home, End', 'go to the ends of the table'],
  ['Enter', 'select the page, in all panels'],
];

export function PageTablePanel(): JSX.Element {
  const current = state.value;
  const { session, view, facts, translation, goToError, announcement, error } = current;
  const empty = error ?? emptyMessage(session, facts?.context ?? null);
  return (
    <main class={isBusy(session) ? 'busy' : session.state === 'ended' ? 'ended' : ''}>
      <ContextBar
        title="Page Table"
        context={facts?.context ?? null}
        session={session}
        view={view}
        onView={setView}
        keys={keys}
        goTo={{
          hint: 'translate: 0x2002abc',
          error: goToError,
          onGoTo: (expression) => void goTo(expression),
        }}
      />

      {facts === null || empty !== null ? (
        <Empty message={empty ?? ''} session={session} />
      ) : (
        <>
          {translation !== null && <AddressSplit model={translation} />}
          <Filters facts={facts} />
          {facts.total === 0 ? <NoRows filter={facts.filter} /> : <Table state={current} facts={facts} />}
        </>
      )}
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </main>
  );
}

const filterNames: Readonly<Record<PageTableFilter, string>> = {
  present: 'present',
  all: 'all',
  cow: 'copy-on-write',
  dirty: 'dirty',
  elsewhere: 'other cluster',
  changed: 'changed',
};

function Filters({ facts }: { facts: TableFacts }): JSX.Element {
  const names = (Object.keys(filterNames) as PageTableFilter[]).filter(
    (name) => name !== 'elsewhere' || facts.context.clusters > 1,
  );
  return (
    <div class="filters">
      <div class="chips" role="radiogroup" aria-label="Entries to show">
        {names.map((name) => (
          <button
            key={name}
            type="button"
            class={`chip ${name} ${facts.counts[name] === 0 ? 'none' : ''}`}
            role="radio"
            aria-checked={state.value.filter === name}
            onClick={() => {
              setFilter(name);
            }}
          >
            {filterNames[name]} <b>{facts.counts[name].toLocaleString('en-US')}</b>
          </button>
        ))}
      </div>
      <span class="sum">
        {facts.format} · <code>{facts.root}</code> · {countText(facts.tables, 'table')}
      </span>
    </div>
  );
}

const noneTexts: Readonly<Record<PageTableFilter, string>> = {
  present: 'No entry is present: the first access to a page makes one.',
  all: 'There is no table yet.',
  cow: 'No entry is copy-on-write.',
  dirty: 'No entry is dirty: nothing has been written.',
  elsewhere: 'Every frame lies in the cluster of this table.',
  changed: 'The last step changed no entry of this table.',
};

function NoRows({ filter }: { filter: PageTableFilter }): JSX.Element {
  return <p class="no-rows">{noneTexts[filter]}</p>;
}
