/** From a path and flags to something that runs: the scenario, its kernel, and all files that it names. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Kernel } from '../kernels/bound-kernel.ts';
import { defaultKernel, findKernel } from '../kernels/registry.ts';
import { isInternalError } from '../language/internal-error.ts';
import { parseScenario } from '../language/parse-scenario.ts';
import { scenarioOfRecording } from '../recording/replay/replayer.ts';
import { namedFiles } from '../session/scenario/named-files.ts';
import type { Assets } from '../session/scenario/program.ts';
import { diagnostic } from '../session/scenario/scenario-failure.ts';
import type { Diagnostic, Scenario } from '../session/scenario/scenario.ts';
import { defaultLimits, usualWords, type Limits, type SimulationSettings } from '../session/moves/simulation.ts';
import { InputError, reasonOf } from './input-error.ts';
import type { RunOptions } from './options.ts';
import { readScenario } from './read-scenario.ts';
import { isRecording, readReplayer } from './source-lines.ts';

export interface Loaded {
  readonly file: string;
  /** Null when a diagnostic is an error. */
  readonly program: (SimulationSettings & { readonly scenario: Scenario; readonly kernel: Kernel }) | null;
  /** From checking the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws an InputError where a file cannot be read. */
export async function load(file: string, options: RunOptions): Promise<Loaded> {
  const isReplay = await isRecording(file);
  const { scenario, diagnostics } = isReplay
    ? { scenario: scenarioOfRecording(file), diagnostics: [] }
    : await parse(file, options);
  if (scenario === null) return { file, program: null, diagnostics };
  // A recording names itself as the command line did; whatever a scenario names lies beside it.
  const resolve = (written: string): string => (isReplay ? written : path.resolve(path.dirname(file), written));
  const { recordings } = namedFiles(scenario);
  const program = {
    scenario,
    kernel: kernelOf(scenario, options),
    machine: options.machine,
    seed: options.seed,
    limits: limitsOf(options),
    assets: await readAssets(scenario, resolve),
    replayer: recordings.size === 0 ? null : await readReplayer(recordings, options, resolve),
  };
  return { file, program, diagnostics: [...diagnostics, ...unusedFlags(scenario, options)] };
}

function limitsOf({ steps = defaultLimits.steps, statements = defaultLimits.statements }: RunOptions): Limits {
  const words = { ...usualWords, steps: 'the bound of --steps', statements: 'the bound of --statements' };
  return { steps, statements, words };
}

async function parse(file: string, options: RunOptions): Promise<ReturnType<typeof parseScenario>> {
  const text = await readScenario(file);
  const { kernel, machine } = options;
  const parsed = parseScenario(text, file, {
    ...(kernel === undefined ? {} : { kernel }),
    ...(machine === undefined ? {} : { machine }),
  });
  const bug = parsed.diagnostics.find(isInternalError);
  if (bug !== undefined) throw new Error(bug.message);
  return parsed;
}

/** The checker and the command line have refused unknown names before. */
function kernelOf(scenario: Scenario, options: RunOptions): Kernel {
  const name = scenario.kernel?.name ?? options.kernel;
  if (name === undefined) return defaultKernel;
  const kernel = findKernel(name);
  if (kernel === null) throw new Error(`internal: the kernel ${name} was not refused`);
  return kernel;
}

function unusedFlags(scenario: Scenario, options: RunOptions): Diagnostic[] {
  const unused: Diagnostic[] = [];
  const { kernel, machine } = scenario;
  if (kernel !== null && options.kernel !== undefined && options.kernel !== kernel.name) {
    const message = `the file itself names the kernel ${kernel.name}: --kernel ${options.kernel} is not used`;
    unused.push(diagnostic('WALK222', 'warning', message, kernel.range));
  }
  if (machine !== null && options.machine !== undefined && options.machine !== machine.preset) {
    const message = `the file itself names the machine ${machine.preset}: --machine ${options.machine} is not used`;
    unused.push(diagnostic('WALK222', 'warning', message, machine.range));
  }
  return unused;
}

async function readAssets(scenario: Scenario, resolve: (written: string) => string): Promise<Assets> {
  const assets: Record<string, Uint8Array> = {};
  for (const written of namedFiles(scenario).files) {
    const place = resolve(written);
    try {
      assets[written] = await readFile(place);
    } catch (error) {
      throw new InputError(scenario.file, `"${written}" (${place}) cannot be read: ${reasonOf(error)}`);
    }
  }
  return assets;
}
