/** What a machine is made of, as data. Provenance of the numbers: ALMOS-MKH 8.2, 8.8, 9.8, 10.1, 10.6, 10.8, 10.10. */

import type { Paging } from './layouts/formats.ts';
import { isPaging, pagingFormat, pagingNames } from './layouts/formats.ts';

export type { Paging } from './layouts/formats.ts';
export type Preset = keyof typeof parts;

export interface MachineConfig extends MachineParts {
  readonly preset: Preset;
}

interface MachineParts {
  readonly mesh: { readonly width: number; readonly height: number };
  readonly coresPerCluster: number;
  /** Bytes of memory in each cluster. */
  readonly memoryBytes: number;
  readonly paging: Paging;
  /** Each TLB of a core. */
  readonly tlb: { readonly sets: number; readonly ways: number };
  readonly cost: CostTable;
  readonly seed: number;
}

/** In cycles, except the last two. */
export const defaultCost = {
  /** L1 hit, TLB hit included. */
  T_L1: 1,
  /** An access served in the local cluster. */
  T_L2: 20,
  /** Network interface, each direction. */
  NIF: 6,
  /** One hop, each direction. */
  HOP: 4,
  /** Exception entry. */
  T_EXC: 60,
  /** Exception return. */
  T_ERET: 40,
  /** A numbered kernel step. */
  T_STEP: 10,
  /** One page to or from the disk, DMA included. */
  T_IOC: 8000,
  RPC_DISPATCH: 150,
  RPC_WAKE: 100,
  /** Wait before a client tries a full RPC queue again. */
  RPC_RETRY: 50,
  /** One core's part of a TLB shootdown, beside its two network latencies. */
  T_IPI: 300,
  /** Lines of 64 bytes in a page: how often zeroing or copying pays a latency. */
  PAGE_LINES: 64,
  CYCLES_PER_US: 100,
} as const;

export type CostName = keyof typeof defaultCost;
export type CostTable = Readonly<Record<CostName, number>>;

const MIB = 0x10_0000;
const tlb = { sets: 8, ways: 8 };

/** Every machine that a scenario can name. */
const parts = {
  tsar: {
    mesh: { width: 2, height: 2 }, coresPerCluster: 2, memoryBytes: 16 * MIB, paging: 'tsar', tlb, cost: defaultCost, seed: 1,
  },
  i386: {
    mesh: { width: 1, height: 1 }, coresPerCluster: 1, memoryBytes: 32 * MIB, paging: 'x86-32', tlb, cost: defaultCost, seed: 1,
  },
  'x86-64': {
    mesh: { width: 1, height: 1 }, coresPerCluster: 2, memoryBytes: 16 * MIB, paging: 'x86-64', tlb, cost: defaultCost, seed: 1,
  },
  rv64: {
    mesh: { width: 1, height: 1 }, coresPerCluster: 2, memoryBytes: 16 * MIB, paging: 'sv39', tlb, cost: defaultCost, seed: 1,
  },
} as const satisfies Readonly<Record<string, MachineParts>>; // prettier-ignore

export const presetNames = Object.keys(parts) as readonly Preset[];

export const presets = Object.fromEntries(
  presetNames.map((preset) => [preset, { preset, ...parts[preset] }]),
) as Readonly<Record<Preset, MachineConfig>>;

export interface ConfigProblem {
  readonly setting: 'preset' | 'mesh' | 'cores' | 'memory' | 'paging' | 'tlb' | 'cost' | 'seed';
  readonly message: string;
}

export const MAX_MESH = 16;
export const MAX_CORES = 8;
export const MIN_PAGES = 64;
export const MAX_PAGES = 65_536;
const MAX_TLB_SETS = 64;
const MAX_TLB_WAYS = 16;

export function validateConfig(config: MachineConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const demand = (holds: boolean, setting: ConfigProblem['setting'], message: string): void => {
    if (!holds) problems.push({ setting, message });
  };
  const { mesh, memoryBytes, paging, seed } = config;
  demand(
    Object.hasOwn(presets, config.preset),
    'preset',
    `there is no machine ${config.preset}; use ${anyOf(presetNames)}`,
  );
  demand(isCount(mesh.width, MAX_MESH) && isCount(mesh.height, MAX_MESH), 'mesh',
    `a mesh of ${mesh.width}x${mesh.height} cannot be built; use 1x1 to ${MAX_MESH}x${MAX_MESH}`); // prettier-ignore
  demand(
    isCount(config.coresPerCluster, MAX_CORES),
    'cores',
    `${config.coresPerCluster} cores in a cluster; use 1 to ${MAX_CORES}`,
  );
  demand(Number.isInteger(memoryBytes / 4096) && memoryBytes / 4096 >= MIN_PAGES && memoryBytes / 4096 <= MAX_PAGES, 'memory',
    `${memoryBytes} bytes in a cluster; use a multiple of 4096 from 256KiB to 256MiB`); // prettier-ignore
  demand(isPaging(paging), 'paging', `there is no paging ${String(paging)}; use ${anyOf(pagingNames)}`);
  if (isPaging(paging)) validateBanks(config, demand);
  validateTlb(config, demand);
  for (const name of Object.keys(defaultCost) as CostName[]) {
    const value = config.cost[name];
    demand(
      Number.isInteger(value) && value >= 0 && value <= 1e9,
      'cost',
      `cost ${name} is ${value}; use a whole number from 0 to 1000000000`,
    );
  }
  demand(config.cost.CYCLES_PER_US > 0, 'cost', 'cost CYCLES_PER_US is 0; a microsecond needs at least 1 cycle');
  demand(
    Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff,
    'seed',
    `seed ${seed}; use a whole number below 2^32`,
  );
  return problems;
}

/** `tsar, i386 or x86-64`. */
function anyOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) as string}`;
}

function validateBanks(
  { mesh, memoryBytes, paging }: MachineConfig,
  demand: (holds: boolean, setting: 'memory', message: string) => void,
): void {
  const { contiguousBytes } = pagingFormat(paging).physical;
  const banks = mesh.width * mesh.height;
  demand(contiguousBytes === 0 || banks * memoryBytes <= contiguousBytes, 'memory',
    `${banks} banks of ${memoryBytes} bytes pass the ${contiguousBytes / 2 ** 30} GiB that ${paging} can address; use smaller banks or a smaller mesh`); // prettier-ignore
}

function validateTlb(config: MachineConfig, demand: (holds: boolean, setting: 'tlb', message: string) => void): void {
  const { sets, ways } = config.tlb;
  const isPowerOfTwo = isCount(sets, MAX_TLB_SETS) && (sets & (sets - 1)) === 0;
  demand(isPowerOfTwo, 'tlb', `${sets} TLB sets; use a power of two from 1 to ${MAX_TLB_SETS}`);
  demand(isCount(ways, MAX_TLB_WAYS), 'tlb', `${ways} TLB ways; use 1 to ${MAX_TLB_WAYS}`);
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

export function clusterCount(config: MachineConfig): number {
  return config.mesh.width * config.mesh.height;
}

export function clusterIndex(config: MachineConfig, x: number, y: number): number {
  return x * config.mesh.height + y;
}

export function clusterX(config: MachineConfig, cluster: number): number {
  return Math.floor(cluster / config.mesh.height);
}

export function clusterY(config: MachineConfig, cluster: number): number {
  return cluster % config.mesh.height;
}

export function coreCount(config: MachineConfig): number {
  return clusterCount(config) * config.coresPerCluster;
}

/** Index in the whole machine of a cluster's core. */
export function coreIndex(config: MachineConfig, cluster: number, core: number): number {
  return cluster * config.coresPerCluster + core;
}

export function clusterOfCore(config: MachineConfig, core: number): number {
  return Math.floor(core / config.coresPerCluster);
}

/** The cluster identifier in a physical address: (x<<4)|y. */
export function cxyOf(config: MachineConfig, cluster: number): number {
  return (clusterX(config, cluster) << 4) | clusterY(config, cluster);
}

/** -1 for an identifier outside the mesh. */
export function clusterOfCxy(config: MachineConfig, cxy: number): number {
  const x = cxy >>> 4;
  const y = cxy & 15;
  return x < config.mesh.width && y < config.mesh.height ? clusterIndex(config, x, y) : -1;
}
