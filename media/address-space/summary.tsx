/** Three bars on one scale: what is reserved, what of it is resident, what of that is shared; and the key to the map. */
import type { JSX } from 'preact';
import { CellFlag, type AddressSpaceModel, type KindTotal, type RegionKind } from '../protocol/messages.ts';
import { countText, sizeText } from '../shared/format.ts';
import { kindNames } from '../shared/theme.ts';

type Measure = 'reserved' | 'resident' | 'shared';
const measures: readonly { readonly name: Measure; readonly label: string; readonly doc: string }[] = [
  { name: 'reserved', label: 'Reserved', doc: 'Addresses that belong to a region' },
  { name: 'resident', label: 'Resident', doc: 'Pages that this page table maps to a frame' },
  { name: 'shared', label: 'Shared', doc: 'Resident pages whose frame another live process maps as well' },
];

function sum(totals: readonly KindTotal[], measure: Measure): number {
  return totals.reduce((bytes, total) => bytes + total[measure], 0);
}

export function Summary({ model }: { model: AddressSpaceModel }): JSX.Element {
  const { totals } = model;
  // Reserved dwarfs the rest, so resident and shared have a scale of their own, the same for both.
  const scales = {
    reserved: sum(totals, 'reserved'),
    resident: sum(totals, 'resident'),
    shared: sum(totals, 'resident'),
  };
  return (
    <section class="summary" aria-label="Totals">
      {measures.map(({ name, label, doc }) => (
        <div class="measure" key={name} title={doc}>
          <span class="label">{label}</span>
          <Bar totals={totals} measure={name} scale={scales[name]} />
          <span class="amount">{sizeText(sum(totals, name))}</span>
        </div>
      ))}
    </section>
  );
}

function Bar({
  totals,
  measure,
  scale,
}: {
  totals: readonly KindTotal[];
  measure: Measure;
  scale: number;
}): JSX.Element {
  const parts = totals.filter((total) => total[measure] > 0);
  const text = parts.map((total) => `${kindNames[total.kind]} ${sizeText(total[measure])}`).join(', ');
  return (
    <div class="bar" role="img" aria-label={text === '' ? 'nothing' : text}>
      {parts.map((total) => (
        <i
          key={total.kind}
          title={`${kindNames[total.kind]}: ${sizeText(total[measure])}`}
          style={{ flexGrow: total[measure], background: `var(--kind-${total.kind}-fill)` }}
        />
      ))}
      <i class="rest" style={{ flexGrow: Math.max(0, scale - sum(totals, measure)) }} />
    </div>
  );
}

const marks: readonly { readonly flag: number; readonly name: string; readonly text: string }[] = [
  { flag: CellFlag.cow, name: 'cow', text: 'copy-on-write' },
  { flag: CellFlag.shared, name: 'shared', text: 'shared' },
  { flag: CellFlag.dirty, name: 'dirty', text: 'dirty' },
  { flag: CellFlag.elsewhere, name: 'elsewhere', text: 'in another cluster' },
  { flag: CellFlag.guard, name: 'guard', text: 'guard' },
  { flag: CellFlag.changed, name: 'changed', text: 'changed by the last step' },
];

/** Only what the map shows now. */
export function Legend({ model }: { model: AddressSpaceModel }): JSX.Element {
  const flags = model.regions.reduce(
    (all, region) => region.cells.reduce((joined, cell) => joined | cell.flags, all),
    0,
  );
  const bucket = Math.max(...model.regions.map((region) => region.bucketPages), 1);
  return (
    <ul class="legend" aria-label="Key">
      {model.totals.map(({ kind }) => (
        <li key={kind}>
          <i class="swatch" style={{ background: `var(--kind-${kind}-fill)` }} />
          {kindNames[kind]}
        </li>
      ))}
      <li class="split" aria-hidden="true" />
      {marks
        .filter((mark) => (flags & mark.flag) !== 0)
        .map((mark) => (
          <li key={mark.name}>
            <i class={`swatch mark-${mark.name}`} />
            {mark.text}
          </li>
        ))}
      {bucket > 1 && (
        <li>
          <i class="swatch mark-bucket" />a cell is up to {countText(bucket, 'page')}
        </li>
      )}
    </ul>
  );
}

export function kindStyle(kind: RegionKind): { color: string } {
  return { color: `var(--kind-${kind})` };
}
