import type { KernelOptionInfo } from '../../kernel.ts';
import { CONFIG_VMM_STACK_SIZE } from './constants.ts';

/** A19: what a scenario may change. */
export interface AlmosOptions {
  vsegQuota: number;
  processQuota: number;
  threadQuota: number;
  rpcThreadLimit: number;
  rpcFifoPerCore: boolean;
  directRemotePte: boolean;
  ppmFallback: 'none' | 'dqdt';
  nocContention: boolean;
  /** Pages of a STACK slot, guard page included. */
  stackSize: number;
}

const switchOff = (name: string, doc: string): KernelOptionInfo => ({
  name,
  type: 'switch',
  words: ['on', 'off'],
  default: 'off',
  doc,
});

const quota = (name: string, value: number, doc: string): KernelOptionInfo => ({
  name,
  type: 'integer',
  min: 0,
  max: 65_536,
  default: value,
  doc,
});

export const almosOptions: readonly KernelOptionInfo[] = [
  quota('vsegQuota', 1024, 'Vseg descriptors of a cluster (2.9).'),
  quota('processQuota', 64, 'Process descriptors of a cluster, copies included (2.9).'),
  quota('threadQuota', 256, 'Thread descriptors of a cluster (2.9).'),
  { name: 'rpcThreadLimit', type: 'integer', min: 1, max: 16, default: 4, doc: 'RPC threads of a core (8.4).' },
  switchOff('rpcFifoPerCore', 'One RPC queue for each core instead of one for each cluster (8.2).'),
  switchOff('directRemotePte', 'A fault first reads the reference PTE by remote access (7.5).'),
  {
    name: 'ppmFallback',
    type: 'word',
    words: ['none', 'dqdt'],
    default: 'none',
    doc: 'Where a page comes from when its target cluster has none left (9.6).',
  },
  switchOff('nocContention', 'Each busy link on the way costs one hop more (10.8).'),
  {
    name: 'stackSize',
    type: 'integer',
    min: 2,
    max: 0x10_0000,
    default: CONFIG_VMM_STACK_SIZE,
    doc: 'CONFIG_VMM_STACK_SIZE: pages of a stack slot, its guard page included (4.1).',
  },
];

type OptionValues = Readonly<Record<string, number | string>>;

/** Left-out options get their defaults. */
export function readOptions(values: OptionValues): AlmosOptions {
  const valueOf = (name: string): number | string => {
    const info = almosOptions.find((option) => option.name === name);
    return values[name] ?? (info as KernelOptionInfo).default;
  };
  const isOn = (name: string): boolean => valueOf(name) === 'on';
  return {
    vsegQuota: Number(valueOf('vsegQuota')),
    processQuota: Number(valueOf('processQuota')),
    threadQuota: Number(valueOf('threadQuota')),
    rpcThreadLimit: Number(valueOf('rpcThreadLimit')),
    rpcFifoPerCore: isOn('rpcFifoPerCore'),
    directRemotePte: isOn('directRemotePte'),
    ppmFallback: valueOf('ppmFallback') === 'dqdt' ? 'dqdt' : 'none',
    nocContention: isOn('nocContention'),
    stackSize: Number(valueOf('stackSize')),
  };
}
