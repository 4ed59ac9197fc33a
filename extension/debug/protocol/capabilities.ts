import type { DebugProtocol } from '@vscode/debugprotocol';

/** What can stop a run as an exception; `condition` is an expression of the scenario's language. */
const exceptionFilters: DebugProtocol.ExceptionBreakpointsFilter[] = [
  filter('page-fault', 'Page faults', 'Stops when an access traps because its page is not present.', false),
  filter(
    'cow-fault',
    'Copy-on-write faults',
    'Stops when a write traps on a page that is shared until written.',
    false,
  ),
  filter('segv', 'Refused accesses', 'Stops when the kernel refuses an access: no mapping, or no right.', true),
  filter('oom', 'Out of memory', 'Stops when a fault or a call ends for lack of memory.', true),
  filter('expectation', 'Failed expectations', 'Stops where an expectation fails.', true),
];

function filter(
  id: string,
  label: string,
  description: string,
  isDefault: boolean,
): DebugProtocol.ExceptionBreakpointsFilter {
  return {
    filter: id,
    label,
    description,
    default: isDefault,
    supportsCondition: true,
    conditionDescription: 'An expression, such as count("page-fault") > 10',
  };
}

export function isExceptionFilter(id: string): boolean {
  return exceptionFilters.some((known) => known.filter === id);
}

/** What a data breakpoint can be told of besides reads and writes; the protocol calls them modes. */
export const dataModes = [
  { mode: 'access', label: 'accesses', description: 'Accesses of the address space, and what the kernel writes there' },
  { mode: 'execute', label: 'execution', description: 'Instructions that are fetched there' },
  { mode: 'fault', label: 'faults', description: 'Accesses of the page that trap' },
  { mode: 'evict', label: 'eviction', description: 'The page loses its frame' },
  { mode: 'physical', label: 'physical memory', description: 'Accesses of physical memory, through any address' },
] as const;

export type DataMode = (typeof dataModes)[number]['mode'];

export const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  breakpointModes: dataModes.map((mode) => ({ ...mode, appliesTo: ['data'] })),
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.'],
  exceptionBreakpointFilters: exceptionFilters,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  supportsStepBack: true,
  supportsStepInTargetsRequest: true,
  supportsGotoTargetsRequest: true,
  supportsRestartFrame: true,
  supportsModulesRequest: true,
  supportsValueFormattingOptions: true,
  supportsTerminateThreadsRequest: true,
  supportsSteppingGranularity: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsLoadedSourcesRequest: true,
  supportsCancelRequest: true,
  supportsDelayedStackTraceLoading: true,
};
