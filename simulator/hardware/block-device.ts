import type { Machine } from './machine.ts';
import { PAGE_SIZE } from './word.ts';

/** Files as the disk has them. Bytes are never changed in place: a write replaces pages, so copies may share them. */
export interface DiskFile {
  readonly name: string;
  /** The cluster of its page cache. */
  readonly cluster: number;
  size: number;
  readonly contents: FileContents;
  /** Bytes that `contents` stands for; what a write adds beyond is zeros where it is not written. */
  readonly initialSize: number;
  /** Pages written since the file was made, whole, by page number. */
  readonly written: Record<number, Uint8Array>;
}

export type FileContents =
  { readonly kind: 'fill'; readonly byte: number } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

export interface Disk {
  readonly files: DiskFile[];
}

export function addFile(machine: Machine, file: Omit<DiskFile, 'written' | 'initialSize'>): DiskFile {
  if (findFile(machine, file.name) !== null) throw new Error(`internal: the disk has a file ${file.name} already`);
  const added: DiskFile = { ...file, initialSize: file.size, written: {} };
  machine.disk.files.push(added);
  return added;
}

export function findFile(machine: Machine, name: string): DiskFile | null {
  return machine.disk.files.find((file) => file.name === name) ?? null;
}

export function removeFile(machine: Machine, name: string): void {
  const index = machine.disk.files.findIndex((file) => file.name === name);
  if (index >= 0) machine.disk.files.splice(index, 1);
}

/** A copy; zeros beyond the end of the file. */
export function readFile(file: DiskFile, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const inside = Math.max(0, Math.min(length, file.size - offset));
  const initial = Math.max(0, Math.min(length, file.initialSize - offset));
  if (file.contents.kind === 'fill') bytes.fill(file.contents.byte, 0, initial);
  else bytes.set(file.contents.bytes.subarray(offset, offset + initial));
  const last = Math.floor((offset + inside - 1) / PAGE_SIZE);
  for (let page = Math.floor(offset / PAGE_SIZE); inside > 0 && page <= last; page++) {
    const written = file.written[page];
    if (written) overlay(bytes.subarray(0, inside), written, page * PAGE_SIZE - offset);
  }
  return bytes;
}

/** Puts a page at `place` of the target, which may begin before the target or end after it. */
function overlay(target: Uint8Array, page: Uint8Array, place: number): void {
  const from = Math.max(0, -place);
  const to = Math.min(page.length, target.length - place);
  if (from < to) target.set(page.subarray(from, to), place + from);
}

/** Grows the file where the bytes reach beyond its end. */
export function writeFile(file: DiskFile, offset: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const page = Math.floor((offset + done) / PAGE_SIZE);
    const start = (offset + done) % PAGE_SIZE;
    const part = Math.min(bytes.length - done, PAGE_SIZE - start);
    const whole = readFile(file, page * PAGE_SIZE, PAGE_SIZE);
    whole.set(bytes.subarray(done, done + part), start);
    file.written[page] = whole;
    done += part;
  }
  file.size = Math.max(file.size, offset + bytes.length);
}
