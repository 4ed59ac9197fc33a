/**
 * What a kernel function answers: a named error, or its result. An error is its name as a string, so that
 * `const vseg = yield* vmm_get_vseg(…); if (isError(vseg)) return vseg;` reads as the specification does.
 * A function whose results may themselves be strings answers a record.
 */
export type Result<T, E extends string = string> = T | E;

export function isError<T>(result: T): result is Extract<T, string> {
  return typeof result === 'string';
}
