/** The head of a panel: whose address space, in which cluster, and where to go. */
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { ComponentChildren, JSX } from 'preact';
import type { InspectContext, ProcessChoice, SessionStatus } from '../protocol/messages.ts';
import { clusterText } from './format.ts';
import { KeySheet, type KeyList } from './key-sheet.tsx';
import { chooseCluster, chooseProcess, followCurrent, isBusy, type View } from './panel-state.ts';

/** More choices than this go into a list. */
const CHIPS = 4;

export interface ContextBarProps {
  readonly title: string;
  readonly context: InspectContext | null;
  readonly session: SessionStatus;
  readonly view: View;
  readonly onView: (view: View) => void;
  /** Left out where what is shown is not a cluster's. */
  readonly withClusters?: boolean;
  /** For the sheet that `?` opens. */
  readonly keys: KeyList;
  /** Left out where there is no address to go to. */
  readonly goTo?: GoToProps;
}

export interface GoToProps {
  readonly hint: string;
  readonly error: string | null;
  readonly onGoTo: (expression: string) => void;
}

export function ContextBar(props: ContextBarProps): JSX.Element {
  const { title, context, session, goTo } = props;
  return (
    <header class="context-bar">
      <h1>{title}</h1>
      {context !== null && <Choices {...props} context={context} />}
      <Badge session={session} />
      <KeySheet keys={props.keys} />
      {context !== null && <span class="since">since the last stop</span>}
      {context !== null && goTo !== undefined && <GoTo {...goTo} />}
    </header>
  );
}

function Choices({
  context,
  view,
  onView,
  withClusters = true,
}: ContextBarProps & { context: InspectContext }): JSX.Element {
  const { process } = context;
  const follows = view.process === null && view.cluster === null;
  return (
    <>
      {context.processes.length > CHIPS ? (
        <ProcessList context={context} view={view} onView={onView} />
      ) : (
        <div class="chips" role="group" aria-label="Process">
          {context.processes.map((choice) => (
            <Chip
              key={choice.name}
              on={choice.name === process?.name}
              title={pidText(choice)}
              onClick={() => {
                onView(chooseProcess(view, choice.name));
              }}
            >
              {processText(choice)}
            </Chip>
          ))}
        </div>
      )}
      {withClusters && process !== null && process.tables.length > 1 && (
        <Clusters context={context} process={process} view={view} onView={onView} />
      )}
      {process !== null && (
        <button
          type="button"
          class="chip follow"
          aria-pressed={follows}
          title={
            follows
              ? 'Shows the process of the current thread at every stop'
              : 'Follow the process of the current thread again'
          }
          onClick={() => {
            onView(follows ? { process: process.name, cluster: context.cluster.index } : followCurrent);
          }}
        >
          follow
        </button>
      )}
    </>
  );
}

type ListProps = Pick<ContextBarProps, 'view' | 'onView'> & { context: InspectContext };

function ProcessList({ context, view, onView }: ListProps): JSX.Element {
  return (
    <vscode-single-select
      class="process-list"
      label="Process"
      value={context.process?.name ?? ''}
      onchange={(event: Event) => {
        onView(chooseProcess(view, (event.target as HTMLInputElement).value));
      }}
    >
      {context.processes.map((choice) => (
        <vscode-option key={choice.name} value={choice.name} selected={choice.name === context.process?.name}>
          {processText(choice)}
        </vscode-option>
      ))}
    </vscode-single-select>
  );
}

function Clusters({ context, process, view, onView }: ListProps & { process: ProcessChoice }): JSX.Element {
  const text = (table: ProcessChoice['tables'][number]) =>
    `${clusterText(table.cluster)}${table.role === '' ? '' : ` · ${table.role}`}`;
  if (process.tables.length > CHIPS) {
    return (
      <vscode-single-select
        class="cluster-list"
        label="Cluster"
        value={String(context.cluster.index)}
        onchange={(event: Event) => {
          onView(chooseCluster(view, context, Number((event.target as HTMLInputElement).value)));
        }}
      >
        {process.tables.map((table) => (
          <vscode-option
            key={table.cluster.index}
            value={String(table.cluster.index)}
            selected={table.cluster.index === context.cluster.index}
          >
            {text(table)}
          </vscode-option>
        ))}
      </vscode-single-select>
    );
  }
  return (
    <div class="chips" role="group" aria-label="Cluster">
      {process.tables.map((table) => (
        <Chip
          key={table.cluster.index}
          on={table.cluster.index === context.cluster.index}
          onClick={() => {
            onView(chooseCluster(view, context, table.cluster.index));
          }}
        >
          {text(table)}
        </Chip>
      ))}
    </div>
  );
}

function processText({ name, alive }: ProcessChoice): string {
  return alive ? name : `${name} · ended`;
}

function pidText({ pid }: ProcessChoice): string {
  return `pid ${pid > 0xffff ? `0x${pid.toString(16)}` : String(pid)}`;
}

export function Chip(props: {
  on: boolean;
  onClick: () => void;
  children: ComponentChildren;
  title?: string;
}): JSX.Element {
  return (
    <button type="button" class="chip" title={props.title} aria-pressed={props.on} onClick={props.onClick}>
      {props.children}
    </button>
  );
}

/** Shown late, so that a quick step does not flicker. */
function Badge({ session }: { session: SessionStatus }): JSX.Element | null {
  if (isBusy(session)) return <span class="badge busy">running</span>;
  return session.state === 'ended' ? <span class="badge">ended</span> : null;
}

function GoTo({ hint, error, onGoTo }: GoToProps): JSX.Element {
  return (
    <div class="go-to">
      <vscode-textfield
        label="Go to address or expression"
        placeholder={hint}
        invalid={error !== null}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === 'Enter') onGoTo((event.currentTarget as HTMLInputElement).value);
        }}
      />
      {error !== null && (
        <div class="go-to-error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
