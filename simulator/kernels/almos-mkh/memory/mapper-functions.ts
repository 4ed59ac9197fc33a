import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { findFile, readFile } from '../../../hardware/block-device.ts';
import { cycles } from '../../../hardware/core.ts';
import { panic } from '../../../execution/panic.ts';
import {
  clusterOfPpn,
  copyFrame,
  isFrame,
  loadFrame,
  ppnAt,
  readBytes,
  zeroFrame,
} from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { addressOfPpn, hex, type Ppn } from '../../../hardware/word.ts';
import { PageFlag } from '../base/constants.ts';
import { payCopy, payFill } from '../objects/cost.ts';
import { mustFail } from '../../injections.ts';
import { isLoading, PageUse } from '../objects/page.ts';
import { allocatePages, freePages } from './ppm-functions.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import type { Mapper } from '../objects/mapper.ts';

const mapperParameter = { name: 'mapper', type: { kind: 'object', type: 'mapper' } } as const;

/** 9.9 get_page; runs in the mapper's cluster. */
export const mapper_get_page = kernelFunction(
  {
    name: 'mapper_get_page',
    section: '9.9',
    doc: 'The page of a file at an index; a missing one is taken from the local memory and read from the disk.',
    parameters: [mapperParameter, { name: 'index', type: { kind: 'integer' } }],
    result: { kind: 'ppn' },
    errors: [],
    steps: {
      1: 'find the page; one that is being loaded is waited for',
      2: 'take a page; none: null',
      3: 'insert it, flag INLOAD',
      4: 'read 4096 bytes from the disk; a failure removes and frees the page: null',
      5: 'clear INLOAD',
    },
  },
  function* (here: Here, { mapper, index }: { mapper: Mapper; index: number }): Steps<Ppn | null> {
    const { cluster } = mapper;
    const { pages_tbl } = clusterAt(here, cluster).ppm;
    if (index < 0 || index * 4096 >= mapper.size) return null;
    if (here.stage('1')) yield;
    if (!tryLock(here, mapper.lock)) yield* waitForLock(here, mapper.lock);
    const found = mapper.pages.get(index);
    if (found !== undefined) {
      release(here, mapper.lock);
      if (isLoading(pages_tbl, found)) yield* waitForLoad(here, mapper, index, found);
      return mapper.pages.get(index) === found ? ppnAt(here.machine, cluster, found) : null;
    }
    if (!mapper.isUnnamed) emit(here.machine, EventKind.mapperMiss, cluster, { file: mapper.name, index });
    if (here.stage('2')) yield;
    const page = yield* allocatePages(here, cluster, 0, PageUse.mapper);
    if (page < 0) {
      release(here, mapper.lock);
      return null;
    }
    if (here.stage('3')) yield;
    mapper.pages.set(index, page);
    pages_tbl.mapper[page] = mapper.id;
    pages_tbl.index[page] = index;
    pages_tbl.flags[page] = PageFlag.INLOAD;
    release(here, mapper.lock);
    if (here.stage('4')) yield;
    if (!(yield* load(here, mapper, index, page))) {
      mapper.pages.delete(index);
      pages_tbl.flags[page] = PageFlag.INIT;
      yield* freePages(here, cluster, page);
      return null;
    }
    if (here.stage('5')) yield;
    pages_tbl.flags[page] = PageFlag.INIT;
    return ppnAt(here.machine, cluster, page);
  },
);

/** A16. */
function* waitForLoad(here: Here, mapper: Mapper, index: number, page: number): Steps<void> {
  const { pages_tbl } = clusterAt(here, mapper.cluster).ppm;
  here.activity.wait = {
    kind: 'disk',
    description: () => `page ${String(index)} of ${mapper.name}, which is being loaded`,
    ready: () => mapper.pages.get(index) !== page || !isLoading(pages_tbl, page),
  };
  yield;
}

/** An unnamed file has no disk behind it: its pages begin as zeros (A17). */
function* load(here: Here, mapper: Mapper, index: number, page: number): Steps<boolean> {
  const { machine } = here;
  const ppn = ppnAt(machine, mapper.cluster, page);
  if (mapper.isUnnamed) {
    zeroFrame(machine, ppn);
    payFill(here, mapper.cluster);
    emit(machine, EventKind.pageZero, mapper.cluster, { ppn });
    return true;
  }
  const until = cycles(machine, here.core) + machine.config.cost.T_IOC;
  here.activity.wait = here.engine.sleepWait(here.core, until);
  yield;
  const file = findFile(machine, mapper.name);
  if (file === null || mustFail(here.kernel, 'file-read', mapper.cluster)) return false;
  const bytes = readFile(file, index * 4096, 4096);
  if (bytes.every((byte) => byte === 0)) zeroFrame(machine, ppn);
  else loadFrame(machine, ppn, bytes);
  emit(machine, EventKind.pageIn, mapper.cluster, { ppn, file: mapper.name, index });
  return true;
}

/** 9.9 move_buffer; runs in the mapper's cluster, and writes to a page that may be elsewhere. */
export const mapper_move_buffer = kernelFunction(
  {
    name: 'mapper_move_buffer',
    section: '9.9',
    doc: 'Copies bytes of a file to physical memory, page by page, loading the missing ones.',
    parameters: [
      mapperParameter,
      { name: 'file_offset', type: { kind: 'size' } },
      { name: 'dst', type: { kind: 'ppn' }, doc: 'frame that receives the bytes, from its start on' },
      { name: 'size', type: { kind: 'size' } },
    ],
    errors: ['EIO'],
    steps: { 1: 'get one page of the file; null: EIO', 2: 'copy the part of it that was asked for' },
  },
  function* (
    here: Here,
    { mapper, file_offset, dst, size }: { mapper: Mapper; file_offset: number; dst: Ppn; size: number },
  ): Steps<'EIO' | void> {
    for (let done = 0; done < size;) {
      const offset = (file_offset + done) % 4096;
      const part = Math.min(size - done, 4096 - offset, 4096 - (done % 4096));
      const target = dst + Math.floor(done / 4096);
      if (here.stage('1')) yield;
      const source = yield* mapper_get_page(here, { mapper, index: Math.floor((file_offset + done) / 4096) });
      if (source === null) return 'EIO';
      if (here.stage('2')) yield;
      if (!isFrame(here.machine, target)) panic(here, `there is no memory at page ${hex(target, 7)}`);
      payCopy(here, mapper.cluster, clusterOfPpn(here.machine, target), part);
      if (part === 4096) copyFrame(here.machine, target, source);
      else loadFrame(here.machine, target, readBytes(here.machine, addressOfPpn(source, offset), part), done % 4096);
      done += part;
    }
  },
);

/** A17: the last FILE vseg on an unnamed file is gone. Frees its pages; remote ones as any release of a page. */
export function* destroyIfUnused(
  here: Here,
  mapper: Mapper,
  releasePage: (here: Here, ppn: Ppn) => Steps<void>,
): Steps<void> {
  if (!mapper.isUnnamed || mapper.vsegs_nr > 0 || !here.kernel.mappers.delete(mapper.id)) return;
  for (const page of [...mapper.pages.values()]) yield* releasePage(here, ppnAt(here.machine, mapper.cluster, page));
  mapper.pages.clear();
}
