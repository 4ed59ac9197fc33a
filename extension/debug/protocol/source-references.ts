/** Numbers by which a client asks for a source that is no file; listings of kernel functions count from 1. */
export const FIRST_VIEW = 1_000_000;
export const FIRST_MISSING_SOURCE = 1_500_000;
export const FIRST_LAUNCHED_TEXT = 2_000_000;

export function isLaunchedText(reference: number | undefined): boolean {
  return reference !== undefined && reference >= FIRST_LAUNCHED_TEXT;
}
