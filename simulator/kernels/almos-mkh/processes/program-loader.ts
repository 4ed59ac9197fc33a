/** Programs and their loader: 6.3 step 4, A21, and section 4.1 of the walk language. */
import { kernelFunction } from '../../../execution/activation.ts';
import { findFile } from '../../../hardware/block-device.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { pageDown, pageOffset } from '../../../hardware/word.ts';
import type { ElfSegment, ProgramImage } from '../../kernel.ts';
import { layoutOf, storeProgram } from '../../program-image.ts';
import { CONFIG_VMM_ELF_BASE, CONFIG_VMM_HEAP_BASE, VsegType } from '../base/constants.ts';
import { vmm_create_vseg } from '../regions/create-vseg.ts';
import type { Process } from '../objects/process.ts';
import { clusterAt, type AlmosState, type Here, type Steps } from '../objects/state.ts';
import { createMapper, findMapper, type Mapper } from '../objects/mapper.ts';
import type { Program } from '../objects/program.ts';

const ELF_START = CONFIG_VMM_ELF_BASE * 4096;
const ELF_END = CONFIG_VMM_HEAP_BASE * 4096;

/** Puts a program on the disk, its page cache in a cluster. An older one of the name disappears with its cache. */
export function installProgram(
  state: AlmosState,
  machine: Machine,
  name: string,
  cluster: number,
  image: ProgramImage,
): Mapper {
  const size = storeProgram(machine, name, cluster, image);
  const { entry, segments } = layoutOf(image, ELF_START);
  state.programs.set(name, { entry_point: entry, segments });
  return createMapper(state, { name, isUnnamed: false, cluster, size });
}

/** The mapper of a file, made when the first one asks for it; null where there is no such file. */
export function openFile(here: Here, name: string): Mapper | null {
  const known = findMapper(here.kernel, name);
  if (known !== null) return known;
  const file = findFile(here.machine, name);
  if (file === null) return null;
  return createMapper(here.kernel, { name, isUnnamed: false, cluster: file.cluster, size: file.size });
}

export const elf_load_process = kernelFunction(
  {
    name: 'elf_load_process',
    section: '6.3',
    doc: 'Registers the segments of a program in the reference: CODE where they execute, DATA where they are written.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'path', type: { kind: 'string' } },
    ],
    errors: ['ENOENT', 'ENOEXEC', 'ENOMEM'],
    steps: {
      1: 'find the program and its mapper',
      2: 'one segment: round base and offset down to a page, vmm_create_vseg',
      3: 'code_vpn_base, data_vpn_base, entry_point',
    },
  },
  function* (
    here: Here,
    { process, path }: { process: Process; path: string },
  ): Steps<'ENOENT' | 'ENOEXEC' | 'ENOMEM' | void> {
    if (here.stage('1')) yield;
    const mapper = openFile(here, path);
    if (mapper === null) return 'ENOENT';
    const program = here.kernel.programs.get(path);
    if (program === undefined || !program.segments.every(isInElfZone)) return 'ENOEXEC';
    for (const segment of program.segments) {
      if (segment.memorySize === 0) continue;
      if (here.stage('2')) yield;
      if (!(yield* loadSegment(here, process, segment, mapper))) return 'ENOMEM';
    }
    if (here.stage('3')) yield;
    process.vmm.entry_point = program.entry_point;
    process.vfs_bin = mapper;
    process.codeStart = startOf(program, true);
    process.dataStart = startOf(program, false);
    process.vmm.code_vpn_base = Math.floor(process.codeStart / 4096);
    process.vmm.data_vpn_base = Math.floor(process.dataStart / 4096);
  },
);

export function isInElfZone({ address, memorySize }: ElfSegment): boolean {
  return address >= ELF_START && address + memorySize <= ELF_END;
}

/** 3.1: what may be written is DATA; everything else is CODE, the only ELF type that no store can change. */
function isCode({ protection }: ElfSegment): boolean {
  return protection.execute || !protection.write;
}

function* loadSegment(here: Here, process: Process, segment: ElfSegment, mapper: Mapper): Steps<boolean> {
  const { address, fileOffset, memorySize, fileSize } = segment;
  const inPage = pageOffset(address);
  const vseg = yield* vmm_create_vseg(here, {
    process,
    type: isCode(segment) ? VsegType.CODE : VsegType.DATA,
    base: pageDown(address),
    size: memorySize + inPage,
    file_offset: fileOffset - inPage,
    file_size: fileSize === 0 ? 0 : fileSize + inPage,
    mapper_xp: mapper,
    cxy: clusterAt(here, process.cluster).cxy,
  });
  return vseg !== null;
}

function startOf({ segments }: Program, code: boolean): number {
  return segments.find((segment) => segment.memorySize > 0 && isCode(segment) === code)?.address ?? 0;
}
