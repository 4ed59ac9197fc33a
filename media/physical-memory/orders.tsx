/** How the free memory is broken up: blocks by order, and what larger requests cannot use of it. */
import type { JSX } from 'preact';
import type { MapFacts } from './cells.ts';
import { percentText } from './state.ts';

export function Orders({ facts }: { facts: MapFacts }): JSX.Element {
  const { orders, hasBlocks } = facts;
  return (
    <div class="orders" role="region" aria-label="Free memory by size" tabIndex={0}>
      <table>
        <tbody>
          <tr>
            <th scope="row" title="A request of order n asks for 2ⁿ frames in a row">
              order
            </th>
            {orders.map(({ order }) => (
              <td key={order}>{order}</td>
            ))}
          </tr>
          <tr>
            <th
              scope="row"
              title={hasBlocks ? 'Free blocks of 2ⁿ frames' : 'Runs of at least 2ⁿ and fewer than 2ⁿ⁺¹ free frames'}
            >
              free {hasBlocks ? 'blocks' : 'runs'}
            </th>
            {orders.map(({ order, blocks }) => (
              <td key={order} class={blocks > 0 ? 'some' : ''}>
                {blocks > 0 ? blocks.toLocaleString('en-US') : '·'}
              </td>
            ))}
          </tr>
          <tr class="unusable">
            <th scope="row" title="Share of the free frames that a request of this order cannot use">
              unusable %
            </th>
            {orders.map(({ order, unusable }) => (
              <td key={order}>
                <i aria-hidden="true" style={{ height: `${String(Math.round(unusable * 14))}px` }} />
                {percentText(unusable)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
