/** The whole address space on a true scale, with what the map shows of it now. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AddressSpaceModel, RegionModel } from '../protocol/messages.ts';
import { sizeText } from '../shared/format.ts';

/** Share of the height that the smallest region gets: it has to be seen. */
const LEAST = 0.012;

export interface Block {
  readonly region: RegionModel;
  /** Shares of the height. */
  readonly top: number;
  readonly height: number;
}

/** True to scale, but no block thinner than can be seen and none over another. */
export function minimapBlocks(regions: readonly RegionModel[], addressBits: number): Block[] {
  const whole = 2 ** addressBits;
  const blocks: Block[] = [];
  let free = 0;
  for (const region of regions) {
    const top = Math.max(free, region.start / whole);
    const height = Math.max(LEAST, (region.end - region.start) / whole);
    blocks.push({ region, top, height });
    free = top + height + LEAST / 3;
  }
  const excess = Math.max(1, free);
  return blocks.map((block) => ({ ...block, top: block.top / excess, height: block.height / excess }));
}

export function Minimap({
  model,
  grid,
}: {
  model: AddressSpaceModel;
  grid: { readonly current: HTMLElement | null };
}): JSX.Element {
  const { addressBits } = model.context;
  const blocks = minimapBlocks(model.regions, addressBits);
  const shown = useShownRows(grid, model);
  const inView = blocks.filter((_, index) => shown.has(index + 1));
  const top = inView[0]?.top ?? 0;
  const last = inView.at(-1);
  const percent = (share: number) => `${String(share * 100)}%`;
  return (
    <div class="minimap" aria-hidden="true" title={`The whole address space, ${sizeText(2 ** addressBits)}, to scale`}>
      <div class="axis">
        {blocks.map(({ region, top: from, height }, index) => (
          <i
            key={region.start}
            class={region.changed > 0 ? 'changed' : ''}
            title={region.name}
            style={{ top: percent(from), height: percent(height), background: `var(--kind-${region.kind}-fill)` }}
            onClick={() => {
              grid.current?.querySelector(`[data-row="${String(index + 1)}"]`)?.scrollIntoView({ block: 'center' });
            }}
          />
        ))}
        {last !== undefined && <u style={{ top: percent(top), height: percent(last.top + last.height - top) }} />}
      </div>
    </div>
  );
}

/** Which region rows are on the screen. */
function useShownRows(grid: { readonly current: HTMLElement | null }, model: AddressSpaceModel): ReadonlySet<number> {
  const [shown, setShown] = useState<ReadonlySet<number>>(new Set());
  const starts = model.regions.map((region) => region.start).join();
  useEffect(() => {
    const rows = new Set<number>();
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const row = Number((entry.target as HTMLElement).dataset['row']);
        if (entry.isIntersecting) rows.add(row);
        else rows.delete(row);
      }
      setShown(new Set(rows));
    });
    for (const row of grid.current?.querySelectorAll('[data-row]') ?? []) observer.observe(row);
    return () => {
      observer.disconnect();
    };
  }, [grid, starts]);
  return shown;
}
