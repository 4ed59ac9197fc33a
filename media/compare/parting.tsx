/** Where one kernel first differs from the first one: what each did, and which of its functions was at work. */
import type { JSX } from 'preact';
import type { ColumnModel, PartingModel, SideModel } from '../protocol/comparison.ts';
import { sourceText } from './state.ts';
import { goToLine } from './store.ts';

interface PartingProps {
  readonly parting: PartingModel;
  readonly columns: readonly ColumnModel[];
  readonly first: number;
  readonly sources: readonly string[];
}

export function Parting({ parting, columns, first, sources }: PartingProps): JSX.Element {
  const { column, line, episode, sides } = parting;
  const names = [columns[first]?.name ?? '', columns[column]?.name ?? ''];
  return (
    <div class="parting" role="group" aria-label={`${String(names[1])} first differs from ${String(names[0])}`}>
      <h2>
        <b>{names[1]}</b> first differs from <b>{names[0]}</b> in{' '}
        <button
          type="button"
          class="link"
          onClick={() => {
            goToLine(line);
          }}
        >
          line {line}
        </button>
        {episode > 1 && <>, trap {episode}</>} <code>{sourceText(sources, line)}</code>
      </h2>
      <div class="sides">
        {sides.map((side, index) => (
          <Side key={index} name={names[index] ?? ''} side={side} other={sides[1 - index] as SideModel} line={line} />
        ))}
      </div>
    </div>
  );
}

/** Callers beyond these are left out. */
const MOST_FUNCTIONS = 3;

function Side({
  name,
  side,
  other,
  line,
}: {
  name: string;
  side: SideModel;
  other: SideModel;
  line: number;
}): JSX.Element {
  const { happened, event, halt, episodes } = side;
  return (
    <div class="side">
      <h3>
        {name}
        {episodes !== other.episodes && (
          <span class="count">{episodes === 1 ? '1 trap or call' : `${String(episodes)} traps`}</span>
        )}
      </h3>
      {halt !== null ? (
        <p class="halt">
          stops with {halt.code}: {halt.message}
        </p>
      ) : happened.length === 0 ? (
        <p class="none">{other.halt === null ? 'nothing happens here' : 'goes on'}</p>
      ) : (
        <p class="happened">
          {happened.map((kind) => (
            <span key={kind} class={other.happened.includes(kind) ? 'kind' : 'kind own'}>
              {kind}
            </span>
          ))}
        </p>
      )}
      {event !== null && (
        <>
          <p>
            {event.text}{' '}
            <span class="who">
              ({event.thread}, cycle {event.cycle.toLocaleString('en')}
              {event.line === line ? '' : `, line ${String(event.line)} of the recording`})
            </span>
          </p>
          <ol class="functions">
            {event.functions.slice(0, MOST_FUNCTIONS).map(({ name: called, section, label, text }, index) => (
              <li key={index}>
                <code>{called}</code>
                {section !== '' && <span class="who"> {section}</span>}, step {label}
                {text === '' ? '' : `: ${text}`}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
