/** 8.7: the services that the VMM uses, their numbers, and what their messages carry. */
import type { Ppn, Vpn } from '../../../hardware/word.ts';
import type { Process, ProcessDescriptor } from './process.ts';
import type { Thread } from './thread.ts';
import type { Vseg } from './vseg.ts';
import type { Mapper } from './mapper.ts';

export interface RpcCalls {
  PMEM_GET_PAGES: { in: { order: number }; out: Ppn | null };
  PMEM_RELEASE_PAGES: { in: { page: Ppn }; out: void };
  PROCESS_MAKE_EXEC: { in: { process: Process; thread: Thread; info: ExecInfo }; out: string | void };
  PROCESS_MAKE_FORK: { in: { parent: Process; thread: Thread; core: number }; out: Process | 'ENOMEM' };
  PROCESS_MAKE_EXIT: { in: { process: Process; code: number }; out: void };
  PROCESS_MAKE_KILL: { in: { process: Process; signal: string }; out: void };
  THREAD_USER_CREATE: { in: { process: Process; name: string; core: number }; out: Thread | 'ENOMEM' };
  VMM_GET_VSEG: { in: { process: ProcessDescriptor; vaddr: number }; out: Vseg | 'EINVAL' };
  VMM_GET_PTE: { in: { process: ProcessDescriptor; vpn: Vpn; cow: boolean }; out: PteResult | VmmError };
  MAPPER_MOVE_BUFFER: { in: { mapper: Mapper; file_offset: number; dst: Ppn; size: number }; out: 'EIO' | void };
  MAPPER_GET_PAGE: { in: { mapper: Mapper; index: number }; out: Ppn | null };
  /** `placement` is the vseg's cxy. */
  VMM_CREATE_VSEG: { in: Omit<CreateVsegArgs, 'cxy'> & { placement: number }; out: Vseg | null };
  VMM_REMOVE_REGION: {
    in: { process: ProcessDescriptor; base: number; size: number };
    out: 'EINVAL' | 'ENOMEM' | void;
  };
  VMM_SET_COW: { in: { process: ProcessDescriptor; thread: Thread | null }; out: void };
  VMM_DISPLAY: { in: { process: ProcessDescriptor; mapping: boolean }; out: void };
}

export type RpcName = keyof RpcCalls;

export const rpcIndex: Readonly<Record<RpcName, number>> = {
  PMEM_GET_PAGES: 0,
  PMEM_RELEASE_PAGES: 1,
  PROCESS_MAKE_EXEC: 2,
  PROCESS_MAKE_FORK: 3,
  PROCESS_MAKE_EXIT: 4,
  PROCESS_MAKE_KILL: 5,
  THREAD_USER_CREATE: 6,
  VMM_GET_VSEG: 20,
  VMM_GET_PTE: 21,
  MAPPER_MOVE_BUFFER: 24,
  MAPPER_GET_PAGE: 25,
  VMM_CREATE_VSEG: 26,
  VMM_REMOVE_REGION: 27,
  VMM_SET_COW: 28,
  VMM_DISPLAY: 29,
};

export const rpcNames = Object.keys(rpcIndex) as RpcName[];

/** What a thread asks of exec. */
export interface ExecInfo {
  readonly path: string;
}

/** Attributes as software sees them: what the hardware noted about past accesses belongs to the table it is in. */
export interface PteResult {
  readonly attr: number;
  readonly ppn: Ppn;
}

export type VmmError = 'ENOMEM' | 'EINVAL' | 'EIO';

export interface CreateVsegArgs {
  readonly process: ProcessDescriptor;
  readonly type: number;
  readonly base: number;
  readonly size: number;
  readonly file_offset: number;
  readonly file_size: number;
  readonly mapper_xp: Mapper | null;
  readonly cxy: number;
  /** The flags of the type where a caller does not restrict them (3.4). */
  readonly flags?: number;
}
