import type { Arguments } from './protocol/arguments.ts';
import type { Debuggee } from './debuggee.ts';
import { breakpointHandlers } from './breakpoints/breakpoint-requests.ts';
import { dataBreakpointHandlers } from './views/data-breakpoints.ts';
import { editHandlers } from './views/edits.ts';
import { evaluationHandlers } from './views/evaluation.ts';
import { inspectionHandlers } from './views/inspection.ts';
import { lineHandlers } from './views/line-figures.ts';
import { lifecycleHandlers } from './program/lifecycle.ts';
import { memoryHandlers } from './views/memory.ts';
import { moveHandlers } from './moves/move-requests.ts';
import { stackHandlers } from './views/stack.ts';
import { targetHandlers } from './moves/target-requests.ts';
import { moduleHandlers } from './views/modules.ts';
import { variableHandlers } from './views/variables.ts';

/** Answers one request: the response's body, or an error thrown. Never sees arguments unchecked. */
export type Handler = (debuggee: Debuggee, args: Arguments) => unknown;

/** Every request that the adapter answers, by its command. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...lifecycleHandlers,
  ...breakpointHandlers,
  ...moveHandlers,
  ...stackHandlers,
  ...variableHandlers,
  ...evaluationHandlers,
  ...memoryHandlers,
  ...editHandlers,
  ...targetHandlers,
  ...moduleHandlers,
  ...dataBreakpointHandlers,
  ...inspectionHandlers,
  ...lineHandlers,
};
