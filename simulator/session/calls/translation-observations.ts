/** Observations of translation (walk language 13.1): what the walker would do, without any of its effects. */
import { Access } from '../../hardware/access.ts';
import { WalkStatus, type FaultKind, faultKind } from '../../hardware/access-status.ts';
import { inspectWalk, viewEntry, type EntryView } from '../../hardware/entry-view.ts';
import { globalOf, rightsOf, withKernelFetch } from '../../hardware/layouts/entry-fields.ts';
import { addressBitsOf, pagingFormat } from '../../hardware/layouts/formats.ts';
import type { EntryWords } from '../../hardware/layouts/layout.ts';
import type { LevelFormat, PagingFormat } from '../../hardware/layouts/paging-format.ts';
import type { Machine } from '../../hardware/machine.ts';
import { checkRights, rawEntry } from '../../hardware/page-table-walker.ts';
import { clusterOfPpn, isFrame, readBytes } from '../../hardware/physical-memory.ts';
import { shapeOf } from '../../hardware/entry-view.ts';
import { TlbKey } from '../../hardware/tlb-key.ts';
import { areWritesFree } from '../../hardware/translation.ts';
import { isCanonical } from '../../hardware/virtual-address.ts';
import type { Ppn } from '../../hardware/word.ts';
import { pageOffset, ppnOf, vpnOf } from '../../hardware/word.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { placeOfCluster } from '../state/places.ts';
import type { Run } from '../state/run.ts';
import { record, type Value } from '../state/values.ts';

interface Question {
  readonly evaluation: { readonly run: Run };
  readonly args: Readonly<Record<string, unknown>>;
  readonly range: SourceRange;
}

/** What `pte` and `entry` give. */
export function entryRecord(run: Run, entry: EntryView | null): Value {
  const { kernel, machine } = run;
  if (entry === null || !entry.present)
    return record({ ...absentEntry, raw: entry === null ? 0n : rawEntry(machine, entry.words) });
  return record({
    present: true,
    readable: entry.effective.readable,
    writable: entry.effective.writable,
    executable: entry.effective.executable,
    user: entry.effective.user,
    cow: kernel.softwareBits(entry).cow,
    accessed: entry.accessed,
    dirty: entry.dirty,
    big: entry.big,
    global: entry.global,
    ppn: BigInt(entry.ppn),
    cluster: isFrame(machine, entry.ppn) ? placeOfCluster(run, clusterOfPpn(machine, entry.ppn)) : null,
    raw: rawEntry(machine, entry.words),
  });
}

const absentEntry = {
  present: false, readable: false, writable: false, executable: false, user: false, cow: false, accessed: false,
  dirty: false, big: false, global: false, ppn: 0n, cluster: null,
} as const; // prettier-ignore

export function tableAddress(root: Ppn | null): Value {
  return root === null ? null : BigInt(root) * 4096n;
}

const accesses: Readonly<Record<string, Access>> = { r: Access.read, w: Access.write, x: Access.fetch };

/** `core` is whose supervisor rights count. */
export function observeWalk({ evaluation: { run }, args }: Question, root: Ppn | null, core: number): Value {
  const { machine } = run;
  const address = args.addr as number;
  if (!isCanonical(address, addressBitsOf(machine))) return walkRecord(machine, [], address, 'address');
  const entries = root === null ? [] : inspectWalk(machine, root, address);
  const last = entries.at(-1);
  if (last === undefined) return walkRecord(machine, entries, address, root === null ? 'absent' : 'bus');
  if (!last.present) return walkRecord(machine, entries, address, 'absent');
  if (last.reserved) return walkRecord(machine, entries, address, 'reserved');
  const access = accesses[(args.access as string | undefined) ?? 'r'] ?? Access.read;
  const isUser = args.as !== 1;
  const rights = withKernelFetch(pagingFormat(machine.config.paging), bitsOf(last));
  const status = checkRights(rights, access, isUser, areWritesFree(machine, core));
  return walkRecord(machine, entries, address, status === WalkStatus.ok ? 'none' : faultKind(status));
}

function bitsOf({ effective: { readable, writable, executable, user } }: EntryView): number {
  const bit = (has: boolean, mask: number): number => (has ? mask : 0);
  return (
    bit(readable, TlbKey.readable) |
    bit(writable, TlbKey.writable) |
    bit(executable, TlbKey.executable) |
    bit(user, TlbKey.user)
  );
}

const faultWords: Readonly<Partial<Record<FaultKind, string>>> = {
  absent: 'not-present',
  rights: 'protection',
  reserved: 'reserved',
  address: 'address',
  bus: 'address',
};

/** A page that the rights refuse is found all the same. */
function walkRecord(machine: Machine, entries: readonly EntryView[], address: number, fault: FaultKind): Value {
  const page = fault === 'none' || fault === 'rights' ? entries.at(-1) : undefined;
  return record({
    levels: entries.map((entry) => levelRecord(machine, entry, vpnOf(address))),
    physical: page === undefined ? null : BigInt(page.ppn) * 4096n + BigInt(pageOffset(address)),
    size: page === undefined ? null : BigInt(page.pages) * 4096n,
    fault: faultWords[fault] ?? null,
  });
}

function levelRecord(machine: Machine, entry: EntryView, vpn: number): Value {
  const { levels } = pagingFormat(machine.config.paging);
  const level = levels[entry.level - 1] as LevelFormat;
  const index = Math.floor(vpn / 2 ** level.shift) % 2 ** level.indexBits;
  const first = entry.ppn - (entry.pages > 1 ? vpn % entry.pages : 0);
  return record({
    level: BigInt(levels.length - entry.level + 1),
    name: entry.table,
    index: BigInt(index),
    table: BigInt(entry.address - index * level.words * 4),
    address: BigInt(entry.address),
    raw: rawEntry(machine, entry.words),
    present: entry.present,
    next: entry.present && !entry.reserved ? BigInt(first) * 4096n : null,
  });
}

/** Little-endian, also across frames. */
export function observePhysical({ evaluation: { run }, args }: Question): Value {
  const { machine } = run;
  const size = (args.size as number | undefined) ?? pagingFormat(machine.config.paging).wordBytes;
  const address = args.pa as bigint;
  if (address < 0n || address > BigInt(Number.MAX_SAFE_INTEGER) - 8n) return null;
  const from = Number(address);
  if (!isFrame(machine, ppnOf(from)) || !isFrame(machine, ppnOf(from + size - 1))) return null;
  return readBytes(machine, from, size).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export function decodeEntry({ evaluation: { run }, args, range }: Question): Value {
  const { levels, sizeShifts } = pagingFormat(run.machine.config.paging);
  const number = (args.level as number | undefined) ?? 1;
  const level = levels[levels.length - number];
  if (level === undefined) {
    const message = `entry: there is no level ${String(number)}; the tables of this machine have levels 1 to ${String(levels.length)}`;
    throw new ScenarioFailure('WALK225', message, range);
  }
  const words = wordsOf(pagingFormat(run.machine.config.paging), level, args.raw as bigint);
  const shape = shapeOf(level, words);
  const page = shape === level.page ? level.page : null;
  const sizeShift = page === null ? -1 : (sizeShifts[page.size] as number);
  const rights = rightsOf(shape, words[0], words[1]) | globalOf(shape, words[0]);
  return entryRecord(run, viewEntry(level, levels.length - number + 1, 0, words, 0, sizeShift, rights));
}

/** The words of an entry as they stand in memory, from its one number. */
function wordsOf({ entryWords }: PagingFormat, { words }: LevelFormat, raw: bigint): EntryWords {
  const low = Number(BigInt.asIntN(32, raw));
  const high = Number(BigInt.asIntN(32, raw >> 32n));
  if (words === 1) return [low, 0];
  return entryWords === 'separate' ? [high, low] : [low, high];
}
