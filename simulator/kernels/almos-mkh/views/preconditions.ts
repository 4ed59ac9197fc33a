/** What a function called by its own name relies on, and its callers inside the kernel see to: broken, the kernel stops. */
import type { FunctionInfo, Parameter } from '../../../execution/function-info.ts';
import { KernelPanic } from '../../../execution/panic.ts';
import { coreCount, clusterOfCore } from '../../../hardware/machine-config.ts';
import { clusterOfPpn, isFrame, pageOfPpn } from '../../../hardware/physical-memory.ts';
import { hex } from '../../../hardware/word.ts';
import { CONFIG_VMM_VSPACE_SIZE } from '../base/constants.ts';
import { PageUse } from '../objects/page.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { Cluster, Here } from '../objects/state.ts';
import type { Gpt } from '../objects/gpt.ts';

type Args = Readonly<Record<string, unknown>>;

/** They answer for every page number themselves. */
const answersAnyPage = new Set(['vmm_check_conflict', 'mmap_free', 'stack_free']);
/** They make a page table where there is none, or end with none. */
const needsNoTable = new Set(['hal_gpt_create', 'vmm_init', 'vmm_destroy']);
const givesBack = new Set(['ppm_free_pages', 'rpc_pmem_release_pages_client']);
/** The server need not be the process's reference. */
const anyServer = new Set(['rpc_thread_user_create_client', 'rpc_process_make_fork_client']);

export function checkPreconditions(here: Here, info: FunctionInfo, args: Args): void {
  for (const parameter of info.parameters) {
    const reason = troubleWith(here, info, parameter, args);
    if (reason !== null) throw new KernelPanic(`${info.name}: ${reason}`);
  }
}

function troubleWith(here: Here, info: FunctionInfo, { name, type, optional }: Parameter, args: Args): string | null {
  const value = args[name];
  if (value === undefined && (optional ?? false)) return null;
  if (type.kind === 'vpn') return answersAnyPage.has(info.name) ? null : pageTrouble(info, name, args);
  if (type.kind === 'ppn') return frameTrouble(here, value as number) ?? tableTrouble(here, info, value as number);
  if (name === 'core') return coreTrouble(here, value as number, args.cxy as number);
  if (type.kind === 'process') return processTrouble(info, value as ProcessDescriptor, args);
  if (type.kind !== 'object') return null;
  if (value === null || value === undefined) return (type.nullable ?? false) ? null : `${name} is a null pointer`;
  return type.type === 'gpt' && (value as Gpt).ppn === 0 && !needsNoTable.has(info.name)
    ? 'there is no page table'
    : null;
}

function frameTrouble({ machine }: Here, ppn: number): string | null {
  return isFrame(machine, ppn) ? null : `bus error, there is no memory at physical page ${hex(ppn)}`;
}

/** A table that is given back while cores walk it would be anybody's. */
function tableTrouble({ machine, kernel }: Here, { name }: FunctionInfo, ppn: number): string | null {
  if (!givesBack.has(name)) return null;
  const { pages_tbl } = (kernel.clusters[clusterOfPpn(machine, ppn)] as Cluster).ppm;
  const isTable = pages_tbl.use[pageOfPpn(machine, ppn)] === PageUse.table;
  return isTable ? `page ${hex(ppn, 7)} is part of a page table` : null;
}

function pageTrouble({ errors }: FunctionInfo, name: string, args: Args): string | null {
  if (errors.includes('EINVAL')) return null;
  const vpn = args[name] as number;
  const pages = typeof args.vpn_size === 'number' ? Math.max(0, args.vpn_size) : 1;
  return vpn >= 0 && vpn + pages <= CONFIG_VMM_VSPACE_SIZE ? null : `vpn ${hex(vpn, 5)} is beyond the address space`;
}

function coreTrouble({ machine: { config } }: Here, core: number, cluster: number): string | null {
  const isThere = core >= 0 && core < coreCount(config) && clusterOfCore(config, core) === cluster;
  return isThere ? null : `core ${String(core)} is none of the server`;
}

function processTrouble(info: FunctionInfo, { ref, vmm }: ProcessDescriptor, { cxy }: Args): string | null {
  if (vmm.gpt.ppn === 0 && !needsNoTable.has(info.name)) return `${ref.name} has no page table`;
  const isElsewhere = info.name.startsWith('rpc_') && !anyServer.has(info.name) && cxy !== ref.cluster;
  return isElsewhere ? `the reference of ${ref.name} is not in that cluster` : null;
}
