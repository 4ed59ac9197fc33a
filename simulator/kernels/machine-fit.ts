import { validateConfig, type MachineConfig } from '../hardware/machine-config.ts';
import type { ConfigProblem } from './kernel.ts';
import type { Kernel } from './bound-kernel.ts';

type Demands = Pick<Kernel, 'name' | 'presets' | 'pagings' | 'checkConfig'>;

/** What keeps a machine from being built, else a kernel from running on it, at the setting that is wrong. */
export function machineProblems(kernel: Demands, config: MachineConfig): readonly ConfigProblem[] {
  const problems = validateConfig(config);
  return problems.length > 0 ? problems : unfitFor(kernel, config);
}

/** For a machine that can be built. */
export function unfitFor(kernel: Demands, config: MachineConfig): readonly ConfigProblem[] {
  const { name, presets, pagings } = kernel;
  const { preset, paging } = config;
  if (!presets.includes(preset)) {
    return [{ setting: 'preset', message: `${name} does not run on ${preset}; use ${presets.join(' or ')}` }];
  }
  if (!pagings.includes(paging)) {
    const message = `${name} does not run with ${paging} page tables; use ${pagings.join(' or ')}`;
    return [{ setting: 'paging', message }];
  }
  return kernel.checkConfig(config);
}
