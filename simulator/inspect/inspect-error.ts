/** What is wrong: the process or the cluster that was chosen, or the question otherwise. */
export type InspectProblem = 'process' | 'cluster' | 'question';

/** A request that cannot be answered as it was asked. Its message is for the person who asked. */
export class InspectError extends Error {
  override readonly name = 'InspectError';
  readonly kind: InspectProblem;

  constructor(message: string, kind: InspectProblem = 'question') {
    super(message);
    this.kind = kind;
  }
}
