/** The panel of compared kernels from top to bottom: totals, where they differ, and every line beside each other. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { JSX } from 'preact';
import { Lines } from './lines.tsx';
import { Parting } from './parting.tsx';
import { fileName, messageOf, type Done } from './state.ts';
import { act, state } from './store.ts';
import { Totals } from './totals.tsx';

export function ComparePanel(): JSX.Element {
  const { shown, status, announcement } = state.value;
  const message = messageOf(state.value);
  return (
    <main class={status.state === 'running' ? 'busy' : ''}>
      <Head />
      {shown === null || message !== null ? <Nothing message={message ?? ''} /> : <Content done={shown} />}
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </main>
  );
}

function Head(): JSX.Element {
  const { status, shown } = state.value;
  const request = status.state === 'none' ? shown?.request : status.request;
  const isRunning = status.state === 'running';
  return (
    <header class="context-bar">
      <h1>Kernels Compared</h1>
      {request !== undefined && <span class="file">{fileName(request.file)}</span>}
      {isRunning && (
        <span class="badge busy">
          {status.progress === null
            ? 'reading'
            : `${status.progress.column}: ${status.progress.statements.toLocaleString('en')} statements`}
        </span>
      )}
      {request !== undefined && (
        <div class="chips actions" role="group" aria-label="Comparison">
          {isRunning ? (
            <Action name="cancel" action="cancel" title="End the comparison that runs" />
          ) : (
            <Action name="compare again" action="again" title="Run the file as it is now" />
          )}
          <Action name="kernels…" action="choose" title="Choose which kernels to compare" />
        </div>
      )}
    </header>
  );
}

function Action({
  name,
  action,
  title,
}: {
  name: string;
  action: Parameters<typeof act>[0];
  title: string;
}): JSX.Element {
  return (
    <button
      type="button"
      class="chip"
      title={title}
      onClick={() => {
        act(action);
      }}
    >
      {name}
    </button>
  );
}

function Content({ done }: { done: Done }): JSX.Element {
  const { comparison, sources } = done;
  const { columns, partings } = comparison;
  const first = columns.findIndex((column) => column.state !== 'refused');
  return (
    <div class="content" style={{ '--kernels': columns.length }}>
      <Totals comparison={comparison} />
      {first < 0 ? null : partings.length === 0 ? (
        <p class="alike">
          {columns.filter((column) => column.state !== 'refused').length < 2
            ? 'Only one kernel ran: there is nothing to compare it with.'
            : `All kernels did the same in ${comparison.compared.toLocaleString('en')} statements.`}
        </p>
      ) : (
        partings.map((parting) => (
          <Parting key={parting.column} parting={parting} columns={columns} first={first} sources={sources} />
        ))
      )}
      <Lines done={done} />
    </div>
  );
}

function Nothing({ message }: { message: string }): JSX.Element {
  const { status } = state.value;
  return (
    <div class="empty">
      <div class="empty-columns" aria-hidden="true">
        {[3, 5, 2, 4].map((height, index) => (
          <i key={index} class={`bar-${String(height)}`} />
        ))}
      </div>
      <p role={status.state === 'failed' ? 'alert' : 'status'}>{message}</p>
      {status.state !== 'running' && (
        <>
          <p class="hint">
            One run a kernel, line by line beside each other, and where their designs part. A scenario that names no{' '}
            <code>kernel</code> runs on all of them.
          </p>
          <vscode-button
            onClick={() => {
              act('choose');
            }}
          >
            Compare kernels
          </vscode-button>
        </>
      )}
    </div>
  );
}
