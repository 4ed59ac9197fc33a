/** Programs: files of the simulated file system whose headers the loader knows. */
import { addFile, findFile, removeFile } from '../../hardware/block-device.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { ElfSegment, ProgramImage } from '../kernel.ts';
import { USR_EXEC } from './constants.ts';
import type { LunaixState, Program } from './state.ts';

const NOP = 0x90;

/** Puts a program on the disk; an older one of the name disappears from its folder, not from those who map it. */
export function installProgram(
  state: LunaixState,
  machine: Machine,
  path: string,
  cluster: number,
  image: ProgramImage,
): Program {
  if (findFile(machine, path) !== null) removeFile(machine, path);
  const bytes = image.kind === 'elf' ? image.bytes : new Uint8Array(image.code).fill(NOP);
  const size = image.kind === 'elf' ? image.bytes.length : image.code + image.data;
  addFile(machine, { name: path, cluster, size, contents: { kind: 'bytes', bytes } });
  const program: Program =
    image.kind === 'elf'
      ? { path, entry: image.entry, segments: image.segments }
      : { path, entry: USR_EXEC, segments: sized(image) };
  state.programs.set(path, program);
  return program;
}

/** C bytes read-execute, directly followed by D bytes read-write; both in the file. */
function sized({ code, data }: { code: number; data: number }): ElfSegment[] {
  const text: ElfSegment = {
    address: USR_EXEC, memorySize: code, fileOffset: 0, fileSize: code,
    protection: { read: true, write: false, execute: true },
  }; // prettier-ignore
  const variables: ElfSegment = {
    address: USR_EXEC + code, memorySize: data, fileOffset: code, fileSize: data,
    protection: { read: true, write: true, execute: false },
  }; // prettier-ignore
  return [text, variables].filter(({ memorySize }) => memorySize > 0);
}
