/** The rows of the variables view that are about machine and kernel, not about the scenario's own names. */
import { cycles, isUserMode, NO_ROOT, pageTableRoot } from '../../../simulator/hardware/core.ts';
import { addressBitsOf, pagingFormat } from '../../../simulator/hardware/layouts/formats.ts';
import { clusterOfCore, clusterX, clusterY, coreIndex } from '../../../simulator/hardware/machine-config.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { inspectEntry } from '../../../simulator/hardware/page-table-walker.ts';
import { clusterOfPpn, framesPerCluster } from '../../../simulator/hardware/physical-memory.ts';
import { listTlb, type TlbEntryView } from '../../../simulator/hardware/tlb.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { addressText, endText, fullAddressText } from '../../../simulator/hardware/virtual-address.ts';
import { addressOfVpn, hex } from '../../../simulator/hardware/word.ts';
import type { ProcessObject } from '../../../simulator/kernels/kernel.ts';
import type { RegionView, TableView } from '../../../simulator/kernels/view.ts';
import { entryFlags } from '../../../simulator/session/state/process-view.ts';
import { scanTable } from '../../../simulator/hardware/table-scan.ts';
import { integerText } from './preview.ts';
import type { Subject } from './subject.ts';
import type { VariableRow } from '../protocol/variable-store.ts';

export function clusterText({ config }: Machine, cluster: number): string {
  return `(${String(clusterX(config, cluster))},${String(clusterY(config, cluster))})`;
}

export function coreText(machine: Machine, core: number): string {
  const { config } = machine;
  const cluster = clusterOfCore(config, core);
  return `(${String(clusterX(config, cluster))},${String(clusterY(config, cluster))},${String(core % config.coresPerCluster)})`;
}

function virtualText(machine: Machine, address: number): string {
  return fullAddressText(address, addressBitsOf(machine));
}

/** As an expression of the scenario's language. */
function literal(machine: Machine, address: number): string {
  return addressText(address, addressBitsOf(machine));
}

export function processRows(subject: Subject, process: ProcessObject): VariableRow[] {
  const { machine, kernel } = subject;
  const cluster = clusterOfCore(machine.config, subject.core);
  const regions = kernel.regions(process, cluster);
  const threads = kernel.threads().filter((thread) => thread.process === process);
  return [
    { name: 'name', value: process.name },
    { name: 'pid', value: integerText(BigInt(process.pid)), expression: `${process.name}.pid` },
    { name: 'alive', value: String(process.alive), expression: `${process.name}.alive` },
    ...(process.alive ? [] : [{ name: 'exit', value: String(process.exit) }]),
    { name: 'parent', value: process.parent?.name ?? 'none' },
    { name: 'cluster', value: clusterText(machine, process.cluster) },
    {
      name: 'regions',
      value: `${String(regions.length)} known in cluster ${clusterText(machine, cluster)}`,
      children: () => regions.map((region) => regionRow(machine, region)),
    },
    {
      name: 'threads',
      value: String(threads.length),
      children: () =>
        threads.map(({ name, core, alive }) => ({ name, value: alive ? `core ${coreText(machine, core)}` : 'ended' })),
    },
  ];
}

function regionRow(machine: Machine, { start, end, protection, kind, name, note }: RegionView): VariableRow {
  const rights = `${protection.read ? 'r' : '-'}${protection.write ? 'w' : '-'}${protection.execute ? 'x' : '-'}`;
  const pages = Math.ceil((end - start) / 4096);
  return {
    name: virtualText(machine, start),
    value: `${rights} ${name === '' ? kind : name}, ${String(pages)} ${pages === 1 ? 'page' : 'pages'} up to ${endText(end, addressBitsOf(machine))}${note === '' ? '' : ` (${note})`}`,
    type: kind,
    expression: `region(${literal(machine, start)})`,
    address: start,
    size: end - start,
  };
}

export function pageTableRows(subject: Subject, process: ProcessObject, table: TableView): VariableRow[] {
  const { machine } = subject;
  const rows: VariableRow[] = [
    { name: 'root', value: `frame ${hex(table.root)}${table.role === '' ? '' : ` (${table.role})`}` },
  ];
  for (const { vpn, pages } of scanTable(machine, table.root).entries)
    rows.push(entryRow(subject, process, table, vpn, pages));
  return rows;
}

function entryRow(
  { machine, kernel }: Subject,
  process: ProcessObject,
  table: TableView,
  vpn: number,
  pages: number,
): VariableRow {
  const address = addressOfVpn(vpn);
  const entry = inspectEntry(machine, table.root, address);
  if (entry === null) return { name: virtualText(machine, address), value: 'unreadable' };
  const home = clusterOfPpn(machine, entry.ppn);
  const away = home < 0 || home === table.cluster ? '' : ` in cluster ${clusterText(machine, home)}`;
  return {
    name: virtualText(machine, address),
    value: `frame ${hex(entry.ppn)}${away}  ${entryFlags(kernel, entry)}${pages > 1 ? `  ${String(pages)} pages` : ''}`,
    expression: `pte(${literal(machine, address)}, of: ${process.name})`,
    address,
    isEntry: true,
    children: () => [
      { name: 'entry at', value: hex(entry.address) },
      { name: 'words', value: wordsText(machine, entry.words) },
      ...entry.bits.map(({ name, set }) => ({ name, value: set ? '1' : '0' })),
    ],
  };
}

/** In the order of their addresses, or as one number. */
function wordsText({ config }: Machine, words: readonly number[]): string {
  const texts = words.map((word) => (word >>> 0).toString(16).padStart(8, '0'));
  const isOneNumber = pagingFormat(config.paging).entryWords === 'one-number';
  return isOneNumber ? `0x${texts.reverse().join('')}` : texts.map((text) => `0x${text}`).join(' ');
}

export function coreRows({ machine, core }: Subject): VariableRow[] {
  const root = pageTableRoot(machine, core);
  const tlbs =
    machine.memory.map.dataTlbWord > 0
      ? [
          { name: 'data TLB', fetch: false },
          { name: 'instruction TLB', fetch: true },
        ]
      : [{ name: 'TLB', fetch: false }];
  return [
    { name: 'core', value: coreText(machine, core) },
    {
      name: 'cycles',
      value: cycles(machine, core).toLocaleString('en'),
      expression: `cycles(at: ${coreText(machine, core)})`,
    },
    { name: 'page-table root', value: root === NO_ROOT ? 'none' : `frame ${hex(root)}` },
    { name: 'mode', value: isUserMode(machine, core) ? 'user' : 'kernel' },
    ...tlbs.map(({ name, fetch }) => {
      const entries = listTlb(machine, core, fetch);
      return {
        name,
        value: `${String(entries.length)} valid`,
        children: () => entries.map((entry) => tlbRow(machine, entry)),
      };
    }),
  ];
}

function tlbRow(
  machine: Machine,
  { vpn, ppn, readable, writable, executable, user, global, dirty, pages }: TlbEntryView,
): VariableRow {
  const words = [
    readable ? 'r' : '',
    writable ? 'w' : '',
    executable ? 'x' : '',
    user ? 'u' : '',
    global ? 'global' : '',
    dirty ? 'dirty' : '',
  ].filter((word) => word !== '');
  const address = addressOfVpn(vpn);
  return {
    name: virtualText(machine, address),
    value: `frame ${hex(ppn)}  ${words.join(' ')}${pages > 1 ? `  ${String(pages)} pages` : ''}`,
    address,
  };
}

export function clusterRows({ machine, kernel, core }: Subject): VariableRow[] {
  const { config } = machine;
  const cluster = clusterOfCore(config, core);
  const place = clusterText(machine, cluster);
  const cores = Array.from({ length: config.coresPerCluster }, (_, index) => coreIndex(config, cluster, index));
  return [
    { name: 'cluster', value: place },
    { name: 'frames', value: framesPerCluster(machine).toLocaleString('en') },
    { name: 'free', value: kernel.freeFrames(cluster).toLocaleString('en'), expression: `free(at: ${place})` },
    {
      name: 'cores',
      value: String(cores.length),
      children: () =>
        cores.map((each) => ({
          name: coreText(machine, each),
          value: `${cycles(machine, each).toLocaleString('en')} cycles`,
        })),
    },
  ];
}

/** Every event that has happened, the busiest names as they are counted. */
export function counterRows({ machine, thread }: Subject): VariableRow[] {
  const rows: VariableRow[] = [];
  for (const name of machine.counters.names) {
    const count = countOf(machine, name);
    if (count === 0) continue;
    const own = thread === null ? null : countOf(machine, name, { owner: thread.process.owner });
    const share = own === null || own === count ? '' : `  (${thread?.process.name ?? ''}: ${own.toLocaleString('en')})`;
    rows.push({ name, value: `${count.toLocaleString('en')}${share}`, expression: `count("${name}")` });
  }
  return rows;
}
