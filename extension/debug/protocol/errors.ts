import type { InspectProblem } from '../../../simulator/inspect/inspect-error.ts';

/** A request that cannot be answered. It becomes an error response; the session goes on. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** Stable number, as the protocol's `Message.id`. */
  readonly id: number;
  /** Whether the editor shows it to the user, or only logs it. */
  readonly isForUser: boolean;
  /** What it is about in a file; null for nothing there. */
  readonly place: ErrorPlace | null;

  constructor(id: number, message: string, isForUser = false, place: ErrorPlace | null = null) {
    super(message);
    this.id = id;
    this.isForUser = isForUser;
    this.place = place;
  }
}

/** A line of a file, from 1. */
export interface ErrorPlace {
  readonly file: string;
  readonly line: number;
}

export const ErrorId = {
  internal: 1000,
  unknownRequest: 1001,
  badArgument: 1002,
  notLaunched: 1003,
  alreadyLaunched: 1004,
  notStopped: 1005,
  unknownThread: 1006,
  unknownFrame: 1007,
  unknownVariables: 1008,
  unknownSource: 1009,
  cannotRead: 1010,
  launchFailed: 1011,
  cannotEvaluate: 1012,
  badAddress: 1013,
  cancelled: 1014,
  noException: 1015,
  cannotInspect: 1016,
  notRunning: 1017,
  notMade: 1018,
  isLoading: 1019,
  unknownProcess: 1020,
  unknownCluster: 1021,
  cannotSet: 1022,
  unknownBranch: 1023,
  unknownTarget: 1024,
} as const;

export const internalError = (error: unknown): RequestError =>
  new RequestError(ErrorId.internal, `Internal error: ${error instanceof Error ? error.message : String(error)}`, true);

export const unknownRequest = (command: string): RequestError =>
  new RequestError(ErrorId.unknownRequest, `'${command}' is not a request that Pagewalk answers.`);

export const badArgument = (command: string, argument: string, expected: string): RequestError =>
  new RequestError(ErrorId.badArgument, `'${command}' needs '${argument}' to be ${expected}.`);

export const notLaunched = (command: string): RequestError =>
  new RequestError(ErrorId.notLaunched, `'${command}' needs a scenario: send 'launch' first.`);

export const alreadyLaunched = (): RequestError =>
  new RequestError(ErrorId.alreadyLaunched, `This session has its scenario already; use 'restart' to begin again.`);

export const notStopped = (command: string): RequestError =>
  new RequestError(ErrorId.notStopped, `'${command}' works only while the simulation is stopped; send 'pause' first.`);

export const hasEnded = (command: string): RequestError =>
  new RequestError(ErrorId.notLaunched, `'${command}' came after the end of the session.`);

export const unknownThread = (id: number): RequestError =>
  new RequestError(ErrorId.unknownThread, `There is no thread ${String(id)}.`);

export const unknownFrame = (id: number): RequestError =>
  new RequestError(ErrorId.unknownFrame, `There is no stack frame ${String(id)}: the simulation has moved on.`);

export const unknownVariables = (reference: number): RequestError =>
  new RequestError(
    ErrorId.unknownVariables,
    `There are no variables ${String(reference)}: the simulation has moved on.`,
  );

export const unknownSource = (reference: number | string): RequestError =>
  new RequestError(ErrorId.unknownSource, `There is no source ${String(reference)}.`);

export const cannotRead = (path: string, reason: string): RequestError =>
  new RequestError(ErrorId.cannotRead, `${path} cannot be read: ${reason}`, true);

export const launchFailed = (message: string, place: ErrorPlace | null = null): RequestError =>
  new RequestError(ErrorId.launchFailed, message, true, place);

export const cannotEvaluate = (message: string): RequestError => new RequestError(ErrorId.cannotEvaluate, message);

export const badAddress = (text: string): RequestError =>
  new RequestError(ErrorId.badAddress, `'${text}' is not a memory reference: write an address such as 0x2000000.`);

export const cancelled = (): RequestError => new RequestError(ErrorId.cancelled, 'cancelled');

export const noException = (): RequestError =>
  new RequestError(ErrorId.noException, 'The simulation did not stop at an exception.');

export const unknownBranch = (name: string): RequestError =>
  new RequestError(ErrorId.unknownBranch, `This run has no branch ${name}.`);

export const unknownTarget = (id: number): RequestError =>
  new RequestError(ErrorId.unknownTarget, `There is no target ${String(id)}: the simulation has moved on.`);

export const cannotSet = (what: string, why: string): RequestError =>
  new RequestError(ErrorId.cannotSet, `${what} cannot be set: ${why}.`, true);

const inspectIds: Readonly<Record<InspectProblem, number>> = {
  process: ErrorId.unknownProcess,
  cluster: ErrorId.unknownCluster,
  question: ErrorId.cannotInspect,
};

export const cannotInspect = ({ kind, message }: { kind: InspectProblem; message: string }): RequestError =>
  new RequestError(inspectIds[kind], message);

/** A move that was asked for before its turn, and whose turn never came. */
export const notMade = (command: string, why: string): RequestError =>
  new RequestError(ErrorId.notMade, `'${command}' was not made: ${why}.`);

export const isLoading = (command: string): RequestError =>
  new RequestError(
    ErrorId.isLoading,
    `'${command}' came while the program is being read; send it again once 'launch' or 'restart' is answered.`,
  );

export const notRunning = (): RequestError =>
  new RequestError(ErrorId.notRunning, 'The simulation is already stopped.');
