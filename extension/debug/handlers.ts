import type { Arguments } from './arguments.ts';
import type { Debuggee } from './debuggee.ts';
import { breakpointHandlers } from './breakpoint-requests.ts';
import { evaluationHandlers } from './evaluation.ts';
import { inspectionHandlers } from './inspection.ts';
import { lifecycleHandlers } from './lifecycle.ts';
import { memoryHandlers } from './memory.ts';
import { moveHandlers } from './moves.ts';
import { stackHandlers } from './stack.ts';
import { variableHandlers } from './variables.ts';

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
  ...inspectionHandlers,
};
