/** The settings of one run of a sweep, as the flags and overrides that make it. */
import type { CostName, Paging } from '../../hardware/machine-config.ts';
import type { MachineOverrides } from '../../session/scenario/configuration.ts';
import type { RunOptions } from '../options.ts';
import { byteCount } from '../sizes.ts';
import type { Choice } from './vary.ts';

export function optionsOf(choice: Choice, common: RunOptions): RunOptions {
  const { kernel = common.kernel, machine = common.machine, seed } = choice;
  return {
    ...common,
    ...(kernel === undefined ? {} : { kernel }),
    ...(machine === undefined ? {} : { machine }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
}

export function overridesOf(choice: Choice): MachineOverrides {
  const { mesh, cores, memory, paging, 'tlb.sets': sets, 'tlb.ways': ways } = choice;
  const [width, height] = mesh?.split('x').map(Number) ?? [];
  const costs = Object.entries(choice).filter(([name]) => name.startsWith('cost.'));
  return {
    ...(width === undefined || height === undefined ? {} : { mesh: { width, height } }),
    ...(cores === undefined ? {} : { coresPerCluster: Number(cores) }),
    ...(memory === undefined ? {} : { memoryBytes: byteCount(memory) ?? 0 }),
    ...(paging === undefined ? {} : { paging: paging as Paging }),
    tlb: {
      ...(sets === undefined ? {} : { sets: Number(sets) }),
      ...(ways === undefined ? {} : { ways: Number(ways) }),
    },
    cost: Object.fromEntries(costs.map(([name, value]) => [name.slice('cost.'.length) as CostName, Number(value)])),
  };
}
