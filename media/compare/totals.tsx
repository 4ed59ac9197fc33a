/** The table of totals, its columns those of the lines below it. */
import type { JSX } from 'preact';
import type { ColumnModel, Comparison } from '../protocol/comparison.ts';
import { totalRows } from './state.ts';
import { goToLine } from './store.ts';

export function Totals({ comparison }: { comparison: Comparison }): JSX.Element {
  return (
    <table class="totals">
      <caption class="visually-hidden">Totals of each kernel’s run</caption>
      <thead>
        <tr>
          <td />
          {comparison.columns.map((column) => (
            <th key={column.name} scope="col">
              {column.name}
              <Outcome column={column} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {totalRows(comparison).map(({ title, values, differs }) => (
          <tr key={title} class={differs ? 'differs' : 'same'}>
            <th scope="row">{title}</th>
            {values.map((value, index) => (
              <td key={index}>{value}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Outcome({ column: { state, halt } }: { column: ColumnModel }): JSX.Element | null {
  if (halt === null) return null;
  const word = state === 'refused' ? 'not run' : 'stopped';
  return (
    <span class="outcome">
      {word}:{' '}
      <button
        type="button"
        class="link"
        title={halt.code}
        onClick={() => {
          goToLine(halt.line);
        }}
      >
        line {halt.line}
      </button>{' '}
      {halt.message}
    </span>
  );
}
