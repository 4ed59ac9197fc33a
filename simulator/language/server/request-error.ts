/** Every failure of a request as the error that its answer carries. */
import { isOperationCancelled } from 'langium';
import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';

export function cancelled(): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled');
}

/**
 * Errors are told by their shape: packages that bring their own copy of the protocol throw a `ResponseError` which is no instance
 * of ours, and which the connection would send as a result.
 */
export function isResponseError(value: unknown): value is ResponseError {
  return value instanceof Error && 'code' in value && typeof value.code === 'number';
}

export function asResponseError(reason: unknown, method: string): ResponseError {
  if (isOperationCancelled(reason)) return cancelled();
  if (isResponseError(reason)) return new ResponseError(reason.code, reason.message, reason.data);
  const message = reason instanceof Error ? reason.message : String(reason);
  return new ResponseError(ErrorCodes.InternalError, `${method} failed: ${message}. This is a bug of Pagewalk.`);
}
