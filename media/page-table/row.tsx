/** One row of the table: a table's head, or an entry with what the last step changed in it. */
import type { JSX } from 'preact';
import type { BitModel, InspectContext, PageTableRow } from '../protocol/messages.ts';
import { clusterText, hex, pageText } from '../shared/format.ts';

export interface RowProps {
  readonly row: PageTableRow | undefined;
  readonly index: number;
  readonly top: number;
  readonly context: InspectContext;
  readonly bits: readonly string[];
  readonly selected: boolean;
  readonly active: boolean;
  readonly onSelect: (index: number) => void;
}

export function rowId(index: number): string {
  return `row-${String(index)}`;
}

export function Row(props: RowProps): JSX.Element {
  const { row, index, top, selected, active, onSelect } = props;
  const changed = row?.kind === 'entry' && row.previous !== null;
  const classes = [
    'row',
    row?.kind ?? 'loading',
    ...(selected ? ['selected'] : []),
    ...(active ? ['active'] : []),
    ...(changed ? ['changed'] : []),
    ...(row?.kind === 'entry' && !row.entry.present ? ['absent'] : []),
  ];
  return (
    <div
      id={rowId(index)}
      class={classes.join(' ')}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${String(top)}px)` }}
      onClick={() => {
        onSelect(index);
      }}
    >
      <Cells {...props} />
    </div>
  );
}

function Cells(props: RowProps): JSX.Element {
  const { row } = props;
  switch (row?.kind) {
    case undefined:
      return <span role="gridcell">…</span>;
    case 'table':
      return <TableHead {...props} row={row} />;
    case 'was':
      return <Was {...props} row={row} />;
    case 'entry':
      return <Entry {...props} row={row} />;
  }
}

/** The entry as it was, above what it is: the difference is read down the columns. */
function Was({ row, context, bits }: RowProps & { row: PageTableRow & { kind: 'was' } }): JSX.Element {
  const { entry } = row;
  return (
    <>
      <span role="gridcell" class="index">
        was
      </span>
      <span role="gridcell" class="page" />
      <span role="gridcell" class="words">
        <del>{entry.words.join(' ')}</del>
      </span>
      <span role="gridcell" class="bits">
        <span class="visually-hidden">{bitsText(row)}</span>
        <Bits names={bits} bits={entry.bits} />
      </span>
      <span role="gridcell" class="frame">
        <del>{hex(entry.ppn, 7)}</del>
      </span>
      {context.clusters > 1 && (
        <span role="gridcell" class="cluster">
          {clusterText(entry.frameCluster)}
        </span>
      )}
      <span role="gridcell" class="region" />
    </>
  );
}

function TableHead({ row, context }: RowProps & { row: PageTableRow & { kind: 'table' } }): JSX.Element {
  const place = row.cluster !== null && context.clusters > 1 ? ` in ${clusterText(row.cluster)}` : '';
  return (
    <span role="gridcell" class="table-head">
      <b>{row.title}</b> at <code>{hex(row.address)}</code>
      {place}
      <span class="present">{row.present} present</span>
    </span>
  );
}

function Entry({ row, context, bits }: RowProps & { row: PageTableRow & { kind: 'entry' } }): JSX.Element {
  const { entry, region } = row;
  return (
    <>
      <span role="gridcell" class="index">
        {hex(row.index, 3)}
      </span>
      <span role="gridcell" class="page">
        {pageText(row.vpn, context.addressBits)}
        {entry.pages > 1 && <small> ×{entry.pages}</small>}
      </span>
      <span role="gridcell" class="words">
        {entry.words.join(' ')}
      </span>
      <span role="gridcell" class="bits">
        <span class="visually-hidden">{bitsText(row)}</span>
        <Bits names={bits} bits={entry.bits} />
      </span>
      <span role="gridcell" class="frame">
        {entry.present && hex(entry.ppn, 7)}
      </span>
      {context.clusters > 1 && (
        <span role="gridcell" class={`cluster ${isElsewhere(row, context) ? 'elsewhere' : ''}`}>
          {clusterText(entry.frameCluster)}
        </span>
      )}
      <span
        role="gridcell"
        class="region"
        {...(region === null ? {} : { style: { color: `var(--kind-${region.kind})` } })}
      >
        {region?.name ?? ''}
      </span>
    </>
  );
}

function isElsewhere(row: PageTableRow & { kind: 'entry' }, context: InspectContext): boolean {
  return row.entry.frameCluster !== null && row.entry.frameCluster.index !== context.cluster.index;
}

function Bits({ names, bits }: { names: readonly string[]; bits: readonly BitModel[] }): JSX.Element {
  return (
    <>
      {names.map((name) => (
        <Bit key={name} name={name} bit={bits.find((bit) => bit.name === name)} />
      ))}
    </>
  );
}

function Bit({ name, bit }: { name: string; bit: { set: boolean; changed: boolean } | undefined }): JSX.Element {
  const isSet = bit?.set === true;
  const classes = `bit ${isSet ? 'on' : 'off'} ${bit?.changed === true ? (isSet ? 'gained' : 'lost') : ''}`;
  return (
    <i class={classes} aria-hidden="true">
      {name}
    </i>
  );
}

function bitsText({ entry }: Exclude<PageTableRow, { kind: 'table' }>): string {
  const set = entry.bits
    .filter((bit) => bit.set)
    .map((bit) => bit.name)
    .join(' ');
  const gained = entry.bits
    .filter((bit) => bit.changed && bit.set)
    .map((bit) => bit.name)
    .join(' ');
  const lost = entry.bits
    .filter((bit) => bit.changed && !bit.set)
    .map((bit) => bit.name)
    .join(' ');
  return [
    set || 'no bits',
    ...(gained === '' ? [] : [`gained ${gained}`]),
    ...(lost === '' ? [] : [`lost ${lost}`]),
  ].join(', ');
}
