/** A request that cannot be answered as it was asked. Its message is for the person who asked. */
export class InspectError extends Error {
  override readonly name = 'InspectError';
}
