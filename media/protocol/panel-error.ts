/** Why a panel's request was refused, where the panel does something about it. */
export type ErrorCode =
  /** The chosen process does not exist in this session. */
  | 'unknown-process'
  /** The process has no page table in the chosen cluster, or there is no such cluster. */
  | 'unknown-cluster'
  /** Anything else: only the message says what. */
  | 'failed';

/** An error that keeps its code on the way from the extension host to the panel. */
export class PanelError extends Error {
  override readonly name = 'PanelError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function codeOf(error: unknown): ErrorCode {
  return error instanceof PanelError ? error.code : 'failed';
}
