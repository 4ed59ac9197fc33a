/** `.walkrec` files on disk: read where somebody looks, and written beside their name until they are whole. */
import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { DamagedRecording } from '../recording/logs/recording-error.ts';
import type { WalkrecSource } from '../recording/logs/walkrec-reader.ts';
import { WalkrecWriter } from '../recording/logs/walkrec-writer.ts';
import { deflate } from './deflate.ts';

/** Opened for each look, so that nobody has to close it. */
export function fileSource(place: string, name: string, length: number): WalkrecSource {
  return {
    name,
    length,
    read(offset, wanted) {
      const descriptor = openSync(place, 'r');
      try {
        return readExactly(descriptor, offset, wanted);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

function readExactly(descriptor: number, offset: number, wanted: number): Uint8Array {
  const bytes = new Uint8Array(wanted);
  for (let used = 0; used < wanted;) {
    const count = readSync(descriptor, bytes, used, wanted - used, offset + used);
    if (count === 0) throw new DamagedRecording('it is shorter than its index says');
    used += count;
  }
  return bytes;
}

/** Collects small writes. */
const BUFFER = 1 << 20;

/** Makes a `.walkrec` by what `fill` writes into it. Whatever goes wrong, nothing is left behind but what was there before. */
export async function writeWalkrec<T>(place: string, fill: (writer: WalkrecWriter) => Promise<T>): Promise<T> {
  const draft = `${place}.part`;
  const file = new DraftFile(draft);
  try {
    const result = await fill(new WalkrecWriter(file, deflate));
    file.close();
    renameSync(draft, place);
    return result;
  } catch (error) {
    file.close();
    rmSync(draft, { force: true });
    throw error;
  }
}

class DraftFile {
  readonly name: string;
  private readonly descriptor: number;
  private readonly buffer = new Uint8Array(BUFFER);
  private buffered = 0;
  private isOpen = true;

  constructor(draft: string) {
    this.name = draft;
    this.descriptor = openSync(draft, 'w+');
  }

  append(bytes: Uint8Array): void {
    if (this.buffered + bytes.length > BUFFER) this.flush();
    if (bytes.length > BUFFER) {
      writeAll(this.descriptor, bytes);
      return;
    }
    this.buffer.set(bytes, this.buffered);
    this.buffered += bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    this.flush();
    return readExactly(this.descriptor, offset, length);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      this.flush();
    } finally {
      closeSync(this.descriptor);
    }
  }

  private flush(): void {
    writeAll(this.descriptor, this.buffer.subarray(0, this.buffered));
    this.buffered = 0;
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
