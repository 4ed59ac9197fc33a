/** Every line of the scenario with what each kernel did there. One stop for Tab, then the arrow keys; Enter goes to the line. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { CellModel, RowModel } from '../protocol/comparison.ts';
import { countText } from '../shared/format.ts';
import {
  cellDetails,
  cellTexts,
  eventfulRows,
  movedRow,
  rowOfLine,
  sourceText,
  visibleRows,
  type Done,
} from './state.ts';
import { goToLine, moveCursor, setFilter, state } from './store.ts';

/** More rows are not drawn. */
const MOST_ROWS = 1000;

export function Lines({ done }: { done: Done }): JSX.Element {
  const { line, cursor, filter } = state.value;
  const { comparison, sources } = done;
  const all = visibleRows(state.value);
  const rows = all.slice(0, MOST_ROWS);
  const current = rowOfLine(rows, line);
  const body = useRef<HTMLTableElement>(null);
  useScroll(body, '.current', current);
  useScroll(body, '.active', cursor);
  const differing = comparison.rows.filter(({ parts }) => parts.length > 0).length;
  const firstParting = comparison.partings[0]?.line;
  return (
    <>
      <div class="filters chips" role="radiogroup" aria-label="Lines to show">
        <Filter name="all" label="all lines" count={eventfulRows(comparison.rows).length} />
        <Filter name="differing" label="where they differ" count={differing} />
      </div>
      {rows.length === 0 && <p class="alike">{filter === 'all' ? 'No line has run.' : 'No line differs.'}</p>}
      <table
        ref={body}
        class="lines"
        role="grid"
        tabIndex={0}
        aria-label="Lines of the scenario: arrow keys move, Enter goes to the line"
        aria-rowcount={all.length + 1}
        {...(rows.length === 0 ? {} : { 'aria-activedescendant': rowId(Math.min(cursor, rows.length - 1)) })}
        onKeyDown={(event) => {
          onKey(event, rows, cursor);
        }}
      >
        <thead>
          <tr role="row">
            <th role="columnheader" scope="col">
              line
            </th>
            {comparison.columns.map(({ name }) => (
              <th key={name} role="columnheader" scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Row
              key={row.line}
              row={row}
              index={index}
              source={sourceText(sources, row.line)}
              isCurrent={index === current}
              isActive={index === cursor}
              isFirstParting={row.line === firstParting}
            />
          ))}
        </tbody>
      </table>
      {comparison.moreRows > 0 && (
        <p class="alike">
          {comparison.moreRows.toLocaleString('en')} further lines are not listed: raise pagewalk.bounds.compareRows.
        </p>
      )}
      {all.length > rows.length && <p class="alike">{String(all.length - rows.length)} further lines are not drawn.</p>}
    </>
  );
}

function useScroll(body: { readonly current: HTMLElement | null }, selector: string, row: number | null): void {
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) scrollToRow(body.current?.querySelector(selector) ?? null);
    isFirst.current = false;
  }, [row]);
}

function Filter(props: { name: 'all' | 'differing'; label: string; count: number }): JSX.Element {
  return (
    <button
      type="button"
      class="chip"
      role="radio"
      aria-checked={state.value.filter === props.name}
      onClick={() => {
        setFilter(props.name);
      }}
    >
      {props.label} <b>{props.count.toLocaleString('en')}</b>
    </button>
  );
}

function rowId(index: number): string {
  return `line-row-${String(index)}`;
}

function onKey(event: KeyboardEvent, rows: readonly RowModel[], cursor: number): void {
  const row = movedRow(cursor, rows.length, event.key);
  const line = rows[cursor]?.line;
  if (row !== null) moveCursor(row);
  else if ((event.key === 'Enter' || event.key === ' ') && line !== undefined) goToLine(line);
  else return;
  event.preventDefault();
}

interface RowProps {
  readonly row: RowModel;
  readonly index: number;
  readonly source: string;
  readonly isCurrent: boolean;
  readonly isActive: boolean;
  readonly isFirstParting: boolean;
}

function Row({ row, index, source, isCurrent, isActive, isFirstParting }: RowProps): JSX.Element {
  const { line, cells, parts } = row;
  const most = Math.max(1, ...cells.map((cell) => cell?.cycles ?? 0));
  const classes = [
    ...(isCurrent ? ['current'] : []),
    ...(isActive ? ['active'] : []),
    ...(parts.length > 0 ? ['differs'] : []),
    ...(isFirstParting ? ['first-parting'] : []),
  ];
  return (
    <tr
      id={rowId(index)}
      class={classes.join(' ')}
      role="row"
      aria-selected={isActive}
      {...(isCurrent ? { 'aria-current': 'true' as const } : {})}
      onClick={() => {
        moveCursor(index);
        goToLine(line);
      }}
    >
      <td role="gridcell" class="source">
        <span class="number">{line}</span>
        {parts.length > 0 && (
          <span class="sign" title="the kernels differ here">
            ≠<span class="visually-hidden"> the kernels differ here: </span>
          </span>
        )}
        <code>{source}</code>
      </td>
      {cells.map((cell, column) => (
        <Cell key={column} cell={cell} most={most} isOther={parts.includes(column)} />
      ))}
    </tr>
  );
}

function Cell({ cell, most, isOther }: { cell: CellModel | null; most: number; isOther: boolean }): JSX.Element {
  if (cell === null)
    return (
      <td role="gridcell" class="unreached">
        not reached
      </td>
    );
  const texts = cellTexts(cell);
  return (
    <td role="gridcell" class={isOther ? 'other' : ''} title={cellDetails(cell)}>
      {texts.map(({ count, text }) => (
        <span key={text} class="fact">
          <b>{count.toLocaleString('en')}</b> {text}
        </span>
      ))}
      {cell.isHalt && <span class="fact halt">stopped here</span>}
      <span class="cycles">
        {countText(cell.cycles, 'cycle')}
        {cell.runs > 1 ? ` in ${String(cell.runs)} runs` : ''}
      </span>
      <i class="cycle-bar" style={{ width: `${String((cell.cycles / most) * 100)}%` }} aria-hidden="true" />
    </td>
  );
}

/** Up or down only: in a narrow panel a row is wider than what is seen of it. */
function scrollToRow(row: Element | null): void {
  const content = row?.closest('.content');
  const left = content?.scrollLeft ?? 0;
  row?.scrollIntoView({ block: 'nearest' });
  content?.scrollTo({ left });
}
