import type { JSX } from 'preact';
import type { KernelViewModel } from '../protocol/messages.ts';
import { Mark, Tone } from './mark.tsx';
import { markOf } from './state.ts';

export function ViewTable({ view }: { view: KernelViewModel & { shape: 'table' } }): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label={view.title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {view.columns.map(({ title, align }, index) => (
              <th key={index} scope="col" class={align}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.rows.map(({ id, tone, cells }) => {
            const mark = markOf(view, id);
            return (
              <tr key={id} class={`tone-${tone} ${mark === null ? '' : 'marked'}`}>
                {view.columns.map(({ align }, index) => (
                  <td key={index} class={align}>
                    {cells[index] ?? ''}
                    {index === 0 && <Tone tone={tone} />}
                    {index === 0 && <Mark mark={mark} />}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {view.rows.length === 0 && <p class="none">none</p>}
    </div>
  );
}
