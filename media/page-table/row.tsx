/** One row of the table: a table's head, or an entry with what the last step changed in it. */
import type { ComponentChildren, JSX } from 'preact';
import type { BitModel, InspectContext, PageTableRow } from '../protocol/messages.ts';
import { clusterText, hex, pageText } from '../shared/format.ts';
import type { Column, Columns } from './columns.ts';

export interface RowProps {
  readonly row: PageTableRow | undefined;
  readonly index: number;
  readonly top: number;
  readonly context: InspectContext;
  readonly bits: readonly string[];
  readonly columns: Columns;
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
function Was({ row, context, bits, columns }: RowProps & { row: PageTableRow & { kind: 'was' } }): JSX.Element {
  const { entry } = row;
  const cells: Readonly<Record<Column, ComponentChildren>> = {
    page: 'was',
    frame: (
      <>
        <del>{hex(entry.ppn, 7)}</del>
        {context.clusters > 1 && <span class="cluster">{clusterText(entry.frameCluster)}</span>}
      </>
    ),
    bits: <Bits row={row} names={bits} bits={entry.bits} hasAll={columns.hasAllBits} />,
    also: '',
    words: <del>{entry.words.join(' ')}</del>,
    index: '',
    region: '',
  };
  return <RowCells columns={columns} cells={cells} />;
}

function RowCells({
  columns,
  cells,
}: {
  columns: Columns;
  cells: Readonly<Record<Column, ComponentChildren>>;
}): JSX.Element {
  return (
    <>
      {columns.names.map((name) => (
        <span key={name} role="gridcell" class={name}>
          {cells[name]}
        </span>
      ))}
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

function Entry({ row, context, bits, columns }: RowProps & { row: PageTableRow & { kind: 'entry' } }): JSX.Element {
  const { entry, region } = row;
  const cells: Readonly<Record<Column, ComponentChildren>> = {
    page: (
      <>
        {pageText(row.vpn, context.addressBits)}
        {entry.pages > 1 && <small> ×{entry.pages}</small>}
      </>
    ),
    frame: entry.present && (
      <>
        {hex(entry.ppn, 7)}
        {context.clusters > 1 && (
          <span class={`cluster ${isElsewhere(row, context) ? 'elsewhere' : ''}`}>
            {clusterText(entry.frameCluster)}
          </span>
        )}
      </>
    ),
    bits: <Bits row={row} names={bits} bits={entry.bits} hasAll={columns.hasAllBits} />,
    also: entry.present && <Others names={row.others} own={context.process?.name ?? ''} />,
    words: entry.words.join(' '),
    index: hex(row.index, 3),
    region: region !== null && <span style={{ color: `var(--kind-${region.kind})` }}>{region.name}</span>,
  };
  return <RowCells columns={columns} cells={cells} />;
}

function Others({ names, own }: { names: readonly string[]; own: string }): JSX.Element {
  if (names.length > 0) return <span class="others">{names.join(', ')}</span>;
  return <span class="alone">{own} only</span>;
}

function isElsewhere(row: PageTableRow & { kind: 'entry' }, context: InspectContext): boolean {
  return row.entry.frameCluster !== null && row.entry.frameCluster.index !== context.cluster.index;
}

interface BitsProps {
  readonly row: Exclude<PageTableRow, { kind: 'table' }>;
  readonly names: readonly string[];
  readonly bits: readonly BitModel[];
  readonly hasAll: boolean;
}

/** Without room for all, those that are set and those that were lost. */
function Bits({ row, names, bits, hasAll }: BitsProps): JSX.Element {
  const find = (name: string) => bits.find((bit) => bit.name === name);
  const shown = hasAll ? names : names.filter((name) => find(name)?.set === true || find(name)?.changed === true);
  return (
    <>
      <span class="visually-hidden">{bitsText(row)}</span>
      {shown.map((name) => (
        <Bit key={name} name={name} bit={find(name)} />
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
