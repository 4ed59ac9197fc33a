/** From a path and flags to something that runs: the scenario, its kernel, and all files that it names. */
import { readInputs } from '../files/read-inputs.ts';
import { readScenario } from '../files/read-scenario.ts';
import { isRecording } from '../files/recording-files.ts';
import { Workspace } from '../files/workspace.ts';
import type { Kernel } from '../kernels/bound-kernel.ts';
import type { Bounds } from '../session/scenario/bounds.ts';
import { defaultKernel, findKernel } from '../kernels/registry.ts';
import { isInternalError } from '../language/internal-error.ts';
import { parseScenario } from '../language/parse-scenario.ts';
import { RecordingReplayer, scenarioOfRecording, type SourceFiles } from '../recording/replay/replayer.ts';
import { diagnostic } from '../session/scenario/scenario-failure.ts';
import type { Diagnostic, Scenario } from '../session/scenario/scenario.ts';
import { chosenKernel, kernelsOf } from '../session/scenario/scenario-kernels.ts';
import type { SimulationSettings } from '../session/moves/simulation.ts';
import { boundsOf, type RunOptions, settingsOf } from './options.ts';

export interface Loaded {
  readonly file: string;
  /** Null when a diagnostic is an error. */
  readonly program: (SimulationSettings & { readonly limits: Bounds }) | null;
  /** From checking the text, and about files that it names. */
  readonly diagnostics: readonly Diagnostic[];
  /** All files that were read. */
  readonly places: readonly string[];
}

/** Scenarios may read from the current folder, too, unless an editor says otherwise. Throws an InputError. */
export async function load(
  file: string,
  options: RunOptions,
  workspace: Workspace = new Workspace([process.cwd()]),
  sourceFiles?: SourceFiles,
): Promise<Loaded> {
  const { scenario, diagnostics } = (await isRecording(file))
    ? { scenario: scenarioOfRecording(file), diagnostics: [] }
    : await parse(file, options);
  if (scenario === null) return { file, program: null, diagnostics, places: [file] };
  const bounds = boundsOf(options);
  const inputs = await readInputs(scenario, workspace, bounds);
  const places = [file, ...inputs.places];
  if (inputs.problems.length > 0)
    return { file, program: null, diagnostics: [...diagnostics, ...inputs.problems], places };
  const program = {
    scenario,
    kernel: kernelOf(scenario, options),
    isDefaultKernel: scenario.kernel === null && options.kernel === undefined,
    machine: options.machine,
    seed: options.seed,
    limits: bounds,
    assets: inputs.assets,
    replayer:
      inputs.recordings === null
        ? null
        : new RecordingReplayer(inputs.recordings, settingsOf(options), undefined, sourceFiles),
  };
  return { file, program, diagnostics: [...diagnostics, ...unusedFlags(scenario, options)], places };
}

async function parse(file: string, options: RunOptions): Promise<ReturnType<typeof parseScenario>> {
  const bounds = boundsOf(options);
  const text = await readScenario(file, bounds);
  const { kernel, machine } = options;
  const parsed = parseScenario(text, file, {
    bounds,
    ...(kernel === undefined ? {} : { kernel }),
    ...(machine === undefined ? {} : { machine }),
  });
  const bug = parsed.diagnostics.find(isInternalError);
  if (bug !== undefined) throw new Error(bug.message);
  return parsed;
}

/** `haiku`, or `almos-mkh (the default)` where neither the file nor a flag names one. */
export function kernelTitle({ kernel, isDefaultKernel }: NonNullable<Loaded['program']>): string {
  return isDefaultKernel === true ? `${kernel.name} (the default)` : kernel.name;
}

/** The checker and the command line have refused unknown names before. */
function kernelOf(scenario: Scenario, options: RunOptions): Kernel {
  const name = chosenKernel(scenario, options.kernel);
  if (name === undefined) return defaultKernel;
  const kernel = findKernel(name);
  if (kernel === null) throw new Error(`internal: the kernel ${name} was not refused`);
  return kernel;
}

function unusedFlags(scenario: Scenario, options: RunOptions): Diagnostic[] {
  const unused: Diagnostic[] = [];
  const { kernel, machine } = scenario;
  if (kernel !== null && options.kernel !== undefined && !kernelsOf(scenario).includes(options.kernel)) {
    const message = `the file itself names the kernel ${kernel.name}: --kernel ${options.kernel} is not used`;
    unused.push(diagnostic('WALK222', 'warning', message, kernel.range));
  }
  if (machine !== null && options.machine !== undefined && options.machine !== machine.preset) {
    const message = `the file itself names the machine ${machine.preset}: --machine ${options.machine} is not used`;
    unused.push(diagnostic('WALK222', 'warning', message, machine.range));
  }
  return unused;
}
