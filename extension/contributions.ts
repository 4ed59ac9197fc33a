/** Every name that package.json contributes and code uses, in one place. */
export const LANGUAGE_ID = 'walk';
export const DEBUG_TYPE = 'pagewalk';

export const Command = {
  runFile: 'pagewalk.runFile',
  debugFile: 'pagewalk.debugFile',
  showAddressSpace: 'pagewalk.showAddressSpace',
  showPageTable: 'pagewalk.showPageTable',
  showKernel: 'pagewalk.showKernel',
  showPhysicalMemory: 'pagewalk.showPhysicalMemory',
  showCluster: 'pagewalk.showCluster',
  showTimeline: 'pagewalk.showTimeline',
  compareKernels: 'pagewalk.compareKernels',
  reverseStepInto: 'pagewalk.reverseStepInto',
  reverseStepOut: 'pagewalk.reverseStepOut',
  openManual: 'pagewalk.openManual',
  openExamples: 'pagewalk.openExamples',
  newScenario: 'pagewalk.newScenario',
  recordProgram: 'pagewalk.recordProgram',
  showHotLines: 'pagewalk.showHotLines',
  switchBranch: 'pagewalk.switchBranch',
} as const;

export const ContextKey = {
  /** The active session stands still, and something lies before its position. */
  canStepBack: 'pagewalk.canStepBack',
  atStart: 'pagewalk.atStart',
  /** Something was changed at a stop of the active session. */
  hasBranches: 'pagewalk.hasBranches',
} as const;

/** Attributes of a launch configuration, as package.json documents them. */
export interface LaunchAttributes {
  readonly program: string;
  readonly kernel?: string;
  readonly machine?: string;
  readonly seed?: number;
  readonly stopOnEntry?: boolean;
  readonly strict?: boolean;
  readonly order?: string;
  readonly stepBy?: 'line' | 'access';
  readonly sourceMap?: Readonly<Record<string, string>>;
  /** Name of the test to debug; left out, the file as a whole. */
  readonly test?: string;
  readonly noDebug?: boolean;
}

/** A recording is `.walkrec`, or the log or the layout of a recorded program, as it is or packed. */
export function isRecordingPath(path: string): boolean {
  return /\.(walkrec|log|layout\.txt)(\.gz)?$/i.test(path);
}

export function isScenarioPath(path: string): boolean {
  return /\.walk$/i.test(path);
}
