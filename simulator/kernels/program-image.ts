/** Programs on the disk, which are the same for every kernel: section 4.1 of the walk language. */
import { addFile, findFile, removeFile } from '../hardware/block-device.ts';
import type { Machine } from '../hardware/machine.ts';
import type { ElfSegment, ProgramImage } from './kernel.ts';

const NOP = 0x90;

/** Puts a program's file on the disk; an older one of the name disappears from its folder. Its size in bytes. */
export function storeProgram(machine: Machine, name: string, cluster: number, image: ProgramImage): number {
  if (findFile(machine, name) !== null) removeFile(machine, name);
  const bytes = image.kind === 'elf' ? image.bytes : new Uint8Array(image.code).fill(NOP);
  const size = image.kind === 'elf' ? image.bytes.length : image.code + image.data;
  addFile(machine, { name, cluster, size, contents: { kind: 'bytes', bytes } });
  return size;
}

export interface Layout {
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
}

/** An ELF file's own; else, from `base` on, C bytes read-execute, directly followed by D bytes read-write, both in the file. */
export function layoutOf(image: ProgramImage, base: number): Layout {
  if (image.kind === 'elf') return { entry: image.entry, segments: image.segments };
  const { code, data } = image;
  const text: ElfSegment = {
    address: base, memorySize: code, fileOffset: 0, fileSize: code,
    protection: { read: true, write: false, execute: true },
  }; // prettier-ignore
  const variables: ElfSegment = {
    address: base + code, memorySize: data, fileOffset: code, fileSize: data,
    protection: { read: true, write: true, execute: false },
  }; // prettier-ignore
  return { entry: base, segments: [text, variables].filter(({ memorySize }) => memorySize > 0) };
}

/** Where a program's code (`execute`) or data begins; 0 where it has none. */
export function startOfSegments(segments: readonly ElfSegment[], execute: boolean): number {
  return segments.find(({ memorySize, protection }) => memorySize > 0 && protection.execute === execute)?.address ?? 0;
}
