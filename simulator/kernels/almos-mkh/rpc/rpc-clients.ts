/** The clients of 8.7: one function each, by which the rest of the kernel calls another cluster. */
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter, ValueType } from '../../../execution/function-info.ts';
import { VsegType } from '../base/constants.ts';
import { rpcIndex, type RpcCalls, type RpcName } from '../objects/rpc-calls.ts';
import { rpc_send } from './rpc.ts';
import type { Here, Steps } from '../objects/state.ts';

interface ClientInfo {
  readonly doc: string;
  readonly parameters: readonly Parameter[];
  readonly result?: ValueType;
  readonly outputs?: readonly Parameter[];
  readonly errors?: readonly string[];
}

const cxy: Parameter = { name: 'cxy', type: { kind: 'cluster' }, doc: 'the server' };
const process: Parameter = { name: 'process', type: { kind: 'process' } };
const vpn: Parameter = { name: 'vpn', type: { kind: 'vpn' } };
const integer = (name: string): Parameter => ({ name, type: { kind: 'integer' } });
const size = (name: string): Parameter => ({ name, type: { kind: 'size' } });
const object = (name: string, type: string): Parameter => ({ name, type: { kind: 'object', type } });
const vsegResult: ValueType = { kind: 'object', type: 'vseg', nullable: true };
const ppnResult: ValueType = { kind: 'ppn' };

/** 8.3. `cxy` is the index of the server's cluster. */
function client<N extends RpcName>(name: N, info: ClientInfo) {
  return kernelFunction(
    {
      name: `rpc_${name.toLowerCase()}_client`,
      section: `8.7, service ${String(rpcIndex[name])}`,
      errors: [],
      ...info,
      parameters: [cxy, ...info.parameters],
      steps: {
        1: 'build the descriptor here, responses := 1',
        2: 'push its extended pointer to the server’s queue by remote access; while it is full, try again',
        3: 'interrupt a core of the server',
        4: 'block until responses is 0',
        5: 'read the outputs',
      },
    },
    function* (here: Here, args: RpcCalls[N]['in'] & { cxy: number }): Steps<RpcCalls[N]['out']> {
      return yield* rpc_send(here, name, args.cxy, args);
    },
  );
}

export const rpc_pmem_get_pages_client = client('PMEM_GET_PAGES', {
  doc: 'Takes 2^order pages of another cluster.',
  parameters: [integer('order')],
  result: ppnResult,
});
export const rpc_pmem_release_pages_client = client('PMEM_RELEASE_PAGES', {
  doc: 'Gives a block of pages back to its cluster.',
  parameters: [{ name: 'page', type: ppnResult }],
});
export const rpc_process_make_exec_client = client('PROCESS_MAKE_EXEC', {
  doc: 'Runs exec in the reference cluster.',
  parameters: [process, object('thread', 'thread'), { name: 'info', type: { kind: 'any' } }],
  errors: ['ENOENT', 'ENOEXEC', 'ENOMEM', 'EBUSY'],
});
export const rpc_process_make_fork_client = client('PROCESS_MAKE_FORK', {
  doc: 'Makes the child of a fork in another cluster.',
  parameters: [{ ...process, name: 'parent' }, { name: 'thread', type: { kind: 'thread' } }, integer('core')],
  result: { kind: 'process' },
  errors: ['ENOMEM'],
});
export const rpc_process_make_exit_client = client('PROCESS_MAKE_EXIT', {
  doc: 'Ends a process in its owner cluster.',
  parameters: [process, integer('code')],
});
export const rpc_process_make_kill_client = client('PROCESS_MAKE_KILL', {
  doc: 'Kills a process in its owner cluster.',
  parameters: [process, { name: 'signal', type: { kind: 'string' } }],
});
export const rpc_thread_user_create_client = client('THREAD_USER_CREATE', {
  doc: 'Creates a user thread in another cluster, with a process copy if there is none.',
  parameters: [process, { name: 'name', type: { kind: 'string' } }, integer('core')],
  result: { kind: 'thread' },
  errors: ['ENOMEM'],
});
export const rpc_vmm_get_vseg_client = client('VMM_GET_VSEG', {
  doc: 'The reference’s vseg that holds an address; STACK vsegs are not searched.',
  parameters: [process, { name: 'vaddr', type: { kind: 'address' } }],
  outputs: [object('vseg', 'vseg')],
  errors: ['EINVAL'],
});
export const rpc_vmm_get_pte_client = client('VMM_GET_PTE', {
  doc: 'Runs vmm_get_pte in the reference cluster.',
  parameters: [process, vpn, { name: 'cow', type: { kind: 'boolean' } }],
  outputs: [integer('attr'), { name: 'ppn', type: ppnResult }],
  errors: ['EINVAL', 'ENOMEM', 'EIO'],
});
export const rpc_mapper_move_buffer_client = client('MAPPER_MOVE_BUFFER', {
  doc: 'Copies bytes of a file from its mapper to physical memory.',
  parameters: [object('mapper', 'mapper'), size('file_offset'), { name: 'dst', type: ppnResult }, size('size')],
  errors: ['EIO'],
});
export const rpc_mapper_get_page_client = client('MAPPER_GET_PAGE', {
  doc: 'The mapper’s own page at an index.',
  parameters: [object('mapper', 'mapper'), integer('index')],
  result: ppnResult,
});
export const rpc_vmm_create_vseg_client = client('VMM_CREATE_VSEG', {
  doc: 'Runs vmm_create_vseg in the reference cluster; the vseg’s own cluster is `placement`.',
  parameters: [
    process,
    { name: 'type', type: { kind: 'enumeration', name: 'type', members: VsegType } },
    { name: 'base', type: { kind: 'address' }, default: 0 },
    size('size'),
    { ...size('file_offset'), default: 0 },
    { ...size('file_size'), default: 0 },
    { name: 'mapper_xp', type: { kind: 'object', type: 'mapper', nullable: true }, default: null },
    { ...integer('placement'), default: 0 },
  ],
  result: vsegResult,
});
export const rpc_vmm_remove_region_client = client('VMM_REMOVE_REGION', {
  doc: 'Runs vmm_remove_region in the reference cluster.',
  parameters: [process, { name: 'base', type: { kind: 'address' } }, size('size')],
  errors: ['EINVAL', 'ENOMEM'],
});
export const rpc_vmm_set_cow_client = client('VMM_SET_COW', {
  doc: 'Runs vmm_set_cow in the owner cluster.',
  parameters: [process, { name: 'thread', type: { kind: 'thread' }, optional: true }],
});
export const rpc_vmm_display_client = client('VMM_DISPLAY', {
  doc: 'Runs vmm_display in the reference cluster.',
  parameters: [process, { name: 'mapping', type: { kind: 'boolean' }, default: false }],
});
