/** From declarations and launch settings to a machine that the kernel accepts; problems name the setting. */
import { defaultCost, presets } from '../../hardware/machine-config.ts';
import type { CostName, MachineConfig, Paging, Preset } from '../../hardware/machine-config.ts';
import type { KernelOptionInfo } from '../../kernels/kernel.ts';
import type { Kernel } from '../../kernels/bound-kernel.ts';
import { machineProblems } from '../../kernels/machine-fit.ts';
import { type Bounds, standardBounds } from './bounds.ts';
import { allStatements, bodiesOf } from './named-files.ts';
import { DefTable } from './def-table.ts';
import { BlockTable, clusterOfPlace, functionTable, numberBlocks, requirePartSize } from './program.ts';
import type { Assets, Program } from './program.ts';
import { diagnostic, ScenarioFailure } from './scenario-failure.ts';
import { type MemoryNeed, sizedFor } from './sized-machine.ts';
import type { Diagnostic, KernelOption, MachineDeclaration, Scenario, SourceRange } from './scenario.ts';

export interface LaunchSettings {
  readonly scenario: Scenario;
  readonly kernel: Kernel;
  /** Nobody named the kernel: messages that speak in its words say which it is. */
  readonly isDefaultKernel?: boolean | undefined;
  /** Preset of the machine, where the scenario names none. */
  readonly machine?: string | undefined;
  /** Wins over the scenario's own. */
  readonly seed?: number | undefined;
  /** Settings of the machine that win over the scenario's own. */
  readonly overrides?: MachineOverrides | undefined;
  /** Kernel options, under those that the scenario sets. */
  readonly options?: Readonly<Record<string, number | string>> | undefined;
  readonly assets: Assets;
  /** What a recording needs, by its path as the scenario has it; null where it cannot be read. */
  readonly memoryOf?: ((path: string) => MemoryNeed | null) | undefined;
  /** The standard ones, where they are left out. */
  readonly limits?: Partial<Bounds> | undefined;
}

export interface MachineOverrides extends Partial<
  Pick<MachineConfig, 'mesh' | 'coresPerCluster' | 'memoryBytes' | 'paging'>
> {
  readonly tlb?: Partial<MachineConfig['tlb']>;
  readonly cost?: Partial<MachineConfig['cost']>;
}

export type Preparation = { readonly program: Program } | { readonly diagnostics: readonly Diagnostic[] };

export function prepareProgram(settings: LaunchSettings): Preparation {
  const { scenario, kernel, assets } = settings;
  const chosen = machineConfig(settings);
  if ('diagnostics' in chosen) return chosen;
  const { config } = chosen;
  const problems = [...configDiagnostics(scenario, kernel, config)];
  const options = kernelOptions(settings, config, problems);
  const imageClusters = new Map<string, number>();
  try {
    for (const file of scenario.files) {
      if (file.place !== null) imageClusters.set(file.name, clusterOfPlace(config, file.place));
    }
  } catch (failure) {
    if (!(failure instanceof ScenarioFailure)) throw failure;
    problems.push(failure.toDiagnostic());
  }
  const bounds = { ...standardBounds, ...settings.limits };
  problems.push(...sizeDiagnostics(scenario, bounds));
  if (problems.length > 0) return { diagnostics: problems };
  const blocks = new BlockTable();
  for (const body of bodiesOf(scenario)) numberBlocks(blocks, body);
  return {
    program: {
      scenario,
      kernel,
      isDefaultKernel: settings.isDefaultKernel === true,
      config,
      options,
      assets,
      bounds,
      blocks,
      functions: functionTable(kernel),
      defs: new DefTable(scenario, kernel.isDefinedByScenario === true),
      imageClusters,
    },
  };
}

/** Programs that are too large, wherever they stand: the file is to blame, not a run that comes there. */
function sizeDiagnostics(scenario: Scenario, bounds: Bounds): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const statement of allStatements(scenario)) {
    if (statement.kind !== 'process' || statement.image.kind !== 'sizes') continue;
    const { code, data } = statement.image;
    try {
      requirePartSize('code', code, statement.range, bounds);
      requirePartSize('data', data, statement.range, bounds);
    } catch (failure) {
      if (!(failure instanceof ScenarioFailure)) throw failure;
      problems.push(failure.toDiagnostic());
    }
  }
  return problems;
}

export function fileStart(file: string): SourceRange {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

function machineConfig(
  settings: LaunchSettings,
): { readonly config: MachineConfig } | { readonly diagnostics: readonly Diagnostic[] } {
  const { scenario, kernel } = settings;
  const declared = scenario.machine;
  const preset = declared?.preset ?? settings.machine ?? null;
  const base = preset === null ? kernel.defaultConfig() : presetConfig(kernel, preset);
  if (base === null) {
    const message = `there is no machine ${String(preset)}; use ${Object.keys(presets).join(', ')}`;
    return { diagnostics: [diagnostic('WALK222', 'error', message, declared?.range ?? fileStart(scenario.file))] };
  }
  const said = declared === null ? forRecordings(settings, base) : withSettings(base, declared);
  const { overrides, seed = said.seed } = settings;
  const { tlb, cost, ...others } = overrides ?? {};
  return {
    config: { ...said, ...others, seed, tlb: { ...said.tlb, ...tlb }, cost: { ...said.cost, ...cost } },
  };
}

/** A machine that nobody named has room for the recordings that are replayed on it. */
function forRecordings({ scenario, kernel, machine, memoryOf }: LaunchSettings, base: MachineConfig): MachineConfig {
  if (machine !== undefined || memoryOf === undefined) return base;
  const paths = new Set<string>();
  for (const statement of allStatements(scenario)) if (statement.kind === 'replay') paths.add(statement.path);
  const needs = [...paths].map(memoryOf).filter((need) => need !== null);
  return needs.length === 0 ? base : sizedFor(base, needs, kernel.promisesMemory === true);
}

/** A kernel's default machine stands for its preset: it may differ from the bare preset. */
function presetConfig(kernel: Kernel, preset: string): MachineConfig | null {
  if (!Object.hasOwn(presets, preset)) return null;
  const own = kernel.defaultConfig();
  return own.preset === preset ? own : presets[preset as Preset];
}

function withSettings(base: MachineConfig, declared: MachineDeclaration): MachineConfig {
  const cost: Record<string, number> = { ...base.cost };
  for (const { name, value } of declared.cost ?? []) cost[name] = value;
  return {
    ...base,
    ...(declared.mesh ? { mesh: declared.mesh.value } : {}),
    ...(declared.cores ? { coresPerCluster: declared.cores.value } : {}),
    ...(declared.memory ? { memoryBytes: declared.memory.value } : {}),
    ...(declared.paging ? { paging: declared.paging.value as Paging } : {}),
    ...(declared.seed ? { seed: declared.seed.value } : {}),
    tlb: { ...base.tlb, ...declared.tlb?.value },
    cost: cost as Record<CostName, number>,
  };
}

function* configDiagnostics(scenario: Scenario, kernel: Kernel, config: MachineConfig): Generator<Diagnostic> {
  for (const { name, range } of scenario.machine?.cost ?? []) {
    if (!Object.hasOwn(defaultCost, name)) {
      yield diagnostic(
        'WALK222',
        'error',
        `there is no cost ${name}; costs are ${Object.keys(defaultCost).join(', ')}`,
        range,
      );
    }
  }
  for (const { setting, message } of machineProblems(kernel, config)) {
    yield diagnostic('WALK222', 'error', message, settingRange(scenario, setting));
  }
}

function settingRange(scenario: Scenario, setting: string): SourceRange {
  const { machine, kernel, file } = scenario;
  const whole = machine?.range ?? kernel?.range ?? fileStart(file);
  if (machine === null) return whole;
  const located: Readonly<Record<string, { readonly range: SourceRange } | undefined>> = {
    mesh: machine.mesh,
    cores: machine.cores,
    memory: machine.memory,
    paging: machine.paging,
    tlb: machine.tlb,
    cost: machine.cost?.[0],
    seed: machine.seed,
  };
  return located[setting]?.range ?? whole;
}

function kernelOptions(
  settings: LaunchSettings,
  config: MachineConfig,
  problems: Diagnostic[],
): Record<string, number | string> {
  const { scenario, kernel } = settings;
  const values: Record<string, number | string> = {};
  for (const info of kernel.options) values[info.name] = info.default;
  Object.assign(values, settings.options);
  for (const option of scenario.kernel?.options ?? []) {
    const info = kernel.options.find((known) => known.name === option.name);
    const problem = info === undefined ? `${kernel.name} has no option ${option.name}` : optionProblem(info, option);
    if (problem !== null) problems.push(diagnostic('WALK222', 'error', problem, option.range));
    else values[option.name] = optionValue(option, config);
  }
  return values;
}

function optionValue(option: KernelOption, config: MachineConfig): number | string {
  if (option.unit !== 'us') return option.value;
  return Number(option.value) * config.cost.CYCLES_PER_US;
}

function optionProblem(info: KernelOptionInfo, option: KernelOption): string | null {
  const { value } = option;
  if (info.type === 'word' || info.type === 'switch') {
    const words = info.words ?? ['on', 'off'];
    return words.includes(String(value)) ? null : `${info.name} is one of ${words.join(', ')}, not ${value}`;
  }
  if (typeof value !== 'number') return `${info.name} is a number, not ${value}`;
  if (info.min !== undefined && value < info.min) return `${info.name} is at least ${info.min}, not ${value}`;
  if (info.max !== undefined && value > info.max) return `${info.name} is at most ${info.max}, not ${value}`;
  return null;
}
