/** What the network carried since the last stop, link by link, and the way of the wait that is pointed at. */
import type { JSX } from 'preact';
import type { MachineModel } from '../protocol/messages.ts';
import { countText } from '../shared/format.ts';
import { lineOf, placeOf, strokeOf, wayOf, type MeshLayout } from './layout.ts';
import { nameOf } from './state.ts';
import { lit } from './store.ts';

export function Links({ model, layout }: { model: MachineModel; layout: MeshLayout }): JSX.Element {
  const loads = model.links.map(({ messages, accesses }) => messages + accesses);
  const most = Math.max(1, ...loads);
  return (
    <svg class="links" width={layout.totalWidth} height={layout.totalHeight} aria-hidden="true">
      {model.links.map((link, index) => {
        const { x1, y1, x2, y2, dx, dy } = lineOf(layout, model, link);
        const load = loads[index] as number;
        const text = `${nameOf(model, link.from)} to ${nameOf(model, link.to)}: ${countText(link.messages, 'message')}, ${countText(link.accesses, 'remote access', 'remote accesses')}`;
        return (
          <g key={`${String(link.from)} ${String(link.to)}`} class="link-line">
            <title>{text}</title>
            <line x1={x1} y1={y1} x2={x2} y2={y2} stroke-width={strokeOf(load, most)} />
            {layout.shape === 'tile' && (
              <>
                <path d={arrowHead(x2, y2, dx, dy)} />
                <text
                  x={(x1 + x2) / 2 + (dy === 0 ? 0 : -dy * 6)}
                  y={(y1 + y2) / 2 + (dx === 0 ? 4 : dx * 12)}
                  text-anchor={dy === 0 ? 'middle' : dy < 0 ? 'start' : 'end'}
                >
                  {load.toLocaleString('en-US')}
                </text>
              </>
            )}
          </g>
        );
      })}
      <Lit model={model} layout={layout} />
    </svg>
  );
}

function arrowHead(x: number, y: number, dx: number, dy: number): string {
  const back = (along: number, aside: number) =>
    `${String(x - dx * along - dy * aside)} ${String(y - dy * along + dx * aside)}`;
  return `M${String(x)} ${String(y)} L${back(6, 3.5)} L${back(6, -3.5)} Z`;
}

function Lit({ model, layout }: { model: MachineModel; layout: MeshLayout }): JSX.Element | null {
  const row = lit.value;
  if (row === null || row.wait.cluster === null) return null;
  const points = wayOf(model, row.cluster.index, row.wait.cluster.index).map((cluster) => {
    const { left, top } = placeOf(layout, model, cluster);
    return `${String(left + layout.width / 2)},${String(top + layout.height / 2)}`;
  });
  return <polyline class="lit" points={points.join(' ')} />;
}
