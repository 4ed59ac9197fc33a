import { createLock, type Lock } from '../../../execution/lock.ts';
import type { AlmosState } from './state.ts';

/** 9.9: the page cache of one file, in one cluster. Pages leave it only when the file is destroyed. */
export interface Mapper {
  readonly type: 'mapper';
  readonly id: number;
  /** Path of the file; for an unnamed one (A17) what people call it. */
  readonly name: string;
  readonly isUnnamed: boolean;
  readonly cluster: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Local page number by index. */
  readonly pages: Map<number, number>;
  readonly lock: Lock;
  /** Vsegs on it, in any process and cluster. */
  vsegs_nr: number;
}

export function createMapper(state: AlmosState, file: Pick<Mapper, 'name' | 'isUnnamed' | 'cluster' | 'size'>): Mapper {
  const id = state.nextMapper++;
  const mapper: Mapper = {
    type: 'mapper',
    id,
    ...file,
    pages: new Map(),
    lock: createLock('mapper.lock'),
    vsegs_nr: 0,
  };
  state.mappers.set(id, mapper);
  return mapper;
}

/** The newest of a name: a program may be replaced while older processes still run its predecessor. */
export function findMapper(state: AlmosState, name: string): Mapper | null {
  let found: Mapper | null = null;
  for (const mapper of state.mappers.values()) if (!mapper.isUnnamed && mapper.name === name) found = mapper;
  return found;
}
