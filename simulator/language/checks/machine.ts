/** The machine of a file and its kernel: known, within range, and fit for each other. */
import type { CatalogueKernel, KernelCatalogue, MachineConfig } from '../catalogue.ts';
import type * as ast from '../generated/ast.ts';
import { lowerMachine } from '../lower-declarations.ts';
import { ExpressionLowering } from '../lower-expression.ts';
import { unfitFor } from '../../kernels/machine-fit.ts';
import { didYouMean } from './nearest.ts';
import type { Report, Where } from './report.ts';

export interface Platform {
  readonly kernel: CatalogueKernel | null;
  /** Null where the file leaves it open or has it wrong. */
  readonly machine: MachineConfig | null;
}

/** Named from outside, by the command line or a launch configuration, for files that name none. */
export interface Choice {
  readonly kernel?: string;
  readonly machine?: string;
}

export function checkPlatform(model: ast.Model, catalogue: KernelCatalogue, choice: Choice, report: Report): Platform {
  const machineNode = model.statements.find((node) => node.$type === 'MachineDeclaration');
  const kernelNode = model.statements.find((node) => node.$type === 'KernelDeclaration');
  const several = model.statements.find((node) => node.$type === 'KernelsDeclaration');
  if (several !== undefined) return platformOfSeveral(several, machineNode, catalogue, report);
  const kernel = findKernel(kernelNode, catalogue, choice, report);
  if (machineNode !== undefined) checkSettings(machineNode, report);
  const config = machineConfig(machineNode, kernel, catalogue, choice, report);
  if (config === null) {
    const isOpen = machineNode === undefined && kernelNode === undefined && choice.machine === undefined;
    return { kernel, machine: isOpen ? largestPreset(catalogue) : null };
  }
  const where = settingPlaces(machineNode, kernelNode);
  const fits = where === null || checkConfig(config, kernel, catalogue, where, report);
  return { kernel, machine: fits ? config : null };
}

/** No kernel's functions are known outside of its blocks; the machine has to fit each of them. */
function platformOfSeveral(
  node: ast.KernelsDeclaration,
  machineNode: ast.MachineDeclaration | undefined,
  catalogue: KernelCatalogue,
  report: Report,
): Platform {
  if (machineNode !== undefined) checkSettings(machineNode, report);
  const where = machineNode === undefined ? null : settingPlaces(machineNode, undefined);
  let machine: MachineConfig | null = null;
  for (const name of node.names) {
    const kernel = catalogue.kernels.find((one) => one.name === name);
    if (kernel === undefined) continue;
    const config = machineConfig(machineNode, kernel, catalogue, {}, report);
    if (config === null) break;
    machine ??= config;
    if (where !== null && !checkConfig(config, kernel, catalogue, where, report)) break;
  }
  return { kernel: null, machine };
}

/** While nobody has said which machine it will be: what is not in this one is in none of them. */
function largestPreset({ presets }: KernelCatalogue): MachineConfig | null {
  const size = ({ mesh, coresPerCluster }: MachineConfig): number => mesh.width * mesh.height * coresPerCluster;
  return Object.values(presets).reduce<MachineConfig | null>(
    (largest, one) => (largest === null || size(one) > size(largest) ? one : largest),
    null,
  );
}

function findKernel(
  node: ast.KernelDeclaration | undefined,
  catalogue: KernelCatalogue,
  choice: Choice,
  report: Report,
): CatalogueKernel | null {
  const named = (name: string | undefined): CatalogueKernel | undefined =>
    catalogue.kernels.find((kernel) => kernel.name === name);
  if (node === undefined) return named(choice.kernel) ?? null;
  const found = named(node.name);
  if (found === undefined) {
    const names = catalogue.kernels.map(({ name }) => name);
    const message = `There is no kernel \`${node.name}\`: the kernels are ${names.join(', ')}.${didYouMean(node.name, names)}`;
    report.error('WALK112', { node, property: 'name' }, message);
  }
  return found ?? null;
}

function machineConfig(
  node: ast.MachineDeclaration | undefined,
  kernel: CatalogueKernel | null,
  catalogue: KernelCatalogue,
  choice: Choice,
  report: Report,
): MachineConfig | null {
  const preset = node?.preset ?? choice.machine;
  if (preset === undefined) return kernel?.defaultConfig() ?? null;
  const base = Object.hasOwn(catalogue.presets, preset) ? catalogue.presets[preset] : undefined;
  if (base === undefined) {
    const names = Object.keys(catalogue.presets);
    const message = `There is no machine \`${preset}\`: the presets are ${names.join(', ')}.${didYouMean(preset, names)}`;
    if (node !== undefined) report.error('WALK115', { node, property: 'preset' }, message);
    return null;
  }
  return node === undefined ? base : withSettings(base, node, report);
}

function withSettings(base: MachineConfig, node: ast.MachineDeclaration, report: Report): MachineConfig {
  const machine = lowerMachine(node, new ExpressionLowering(report.file));
  const cost: Record<string, number> = { ...base.cost };
  for (const { name, value } of machine.cost ?? []) cost[name] = value;
  return {
    preset: base.preset,
    mesh: machine.mesh?.value ?? base.mesh,
    coresPerCluster: machine.cores?.value ?? base.coresPerCluster,
    memoryBytes: machine.memory?.value ?? base.memoryBytes,
    paging: (machine.paging?.value ?? base.paging) as MachineConfig['paging'],
    tlb: { ...base.tlb, ...machine.tlb?.value },
    cost: cost as MachineConfig['cost'],
    seed: machine.seed?.value ?? base.seed,
  };
}

const settingWords: Readonly<Record<ast.Setting['$type'], string>> = {
  MeshSetting: 'mesh',
  CoresSetting: 'cores',
  MemorySetting: 'memory',
  PagingSetting: 'paging',
  TlbSetting: 'tlb',
  CostSetting: 'cost',
  SeedSetting: 'seed',
};

const valueProperties: Readonly<Record<ast.Setting['$type'], string>> = {
  MeshSetting: 'mesh',
  CoresSetting: 'count',
  MemorySetting: 'size',
  PagingSetting: 'paging',
  TlbSetting: 'entries',
  CostSetting: 'entries',
  SeedSetting: 'seed',
};

/** Where a complaint about a setting belongs: at its value, else at the preset, else at the kernel. */
function settingPlaces(
  machine: ast.MachineDeclaration | undefined,
  kernel: ast.KernelDeclaration | undefined,
): ((setting: string) => Where) | null {
  if (machine === undefined) return kernel === undefined ? null : () => ({ node: kernel, property: 'name' });
  return (setting) => {
    const node = machine.settings.find(({ $type }) => settingWords[$type] === setting);
    if (node === undefined) return { node: machine, property: 'preset' };
    return node.$type === 'TlbSetting' || node.$type === 'CostSetting'
      ? node
      : { node, property: valueProperties[node.$type] };
  };
}

/** Settings given twice, and entries that do not exist. */
function checkSettings(machine: ast.MachineDeclaration, report: Report): void {
  const seen = new Map<string, ast.Setting>();
  for (const setting of machine.settings) {
    const word = settingWords[setting.$type];
    const earlier = seen.get(word);
    if (earlier !== undefined)
      report.error('WALK111', setting, `\`${word}\` is set twice.`, { message: 'the first time', at: earlier });
    else seen.set(word, setting);
    if (setting.$type === 'TlbSetting')
      checkEntries(setting.entries, report, 'WALK115', ['sets', 'ways'], 'setting of a TLB');
  }
}

function checkEntries(
  entries: readonly ast.NumberEntry[],
  report: Report,
  code: 'WALK115' | 'WALK117',
  known: readonly string[],
  what: string,
): void {
  const seen = new Map<string, ast.NumberEntry>();
  for (const entry of entries) {
    const at = { node: entry, property: 'name' };
    const earlier = seen.get(entry.name);
    if (!known.includes(entry.name)) {
      const hint = known.length > 4 ? didYouMean(entry.name, known) : ` There are ${known.join(' and ')}.`;
      report.error(code, at, `\`${entry.name}\` is not a ${what}.${hint}`);
    } else if (earlier !== undefined) {
      report.error('WALK111', at, `\`${entry.name}\` is set twice.`, { message: 'the first time', at: earlier });
    }
    if (earlier === undefined) seen.set(entry.name, entry);
  }
}

export function checkCosts(model: ast.Model, catalogue: KernelCatalogue, report: Report): void {
  const [preset] = Object.values(catalogue.presets);
  const names = Object.keys(preset?.cost ?? {});
  for (const node of model.statements) {
    if (node.$type !== 'MachineDeclaration') continue;
    for (const setting of node.settings) {
      if (setting.$type === 'CostSetting') checkEntries(setting.entries, report, 'WALK117', names, 'cost of the table');
    }
  }
}

function checkConfig(
  config: MachineConfig,
  kernel: CatalogueKernel | null,
  catalogue: KernelCatalogue,
  where: (setting: string) => Where,
  report: Report,
): boolean {
  // Whole pages have a diagnostic of their own.
  const general = catalogue
    .validateMachine(config)
    .filter(({ setting }) => setting !== 'memory' || config.memoryBytes % 4096 === 0);
  for (const { setting, message } of general) report.error('WALK115', where(setting), sentence(message));
  if (general.length > 0 || config.memoryBytes % 4096 !== 0) return false;
  if (kernel === null) return true;
  const problems = unfitFor(kernel, config);
  for (const { setting, message } of problems) report.error('WALK116', where(setting), sentence(message));
  return problems.length === 0;
}

function sentence(message: string): string {
  const capital = message.charAt(0).toUpperCase() + message.slice(1);
  return capital.endsWith('.') ? capital : `${capital}.`;
}
