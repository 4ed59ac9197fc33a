import * as vscode from 'vscode';
import { revealLine } from './panels/reveal.ts';

/** A response of the adapter, as far as it matters here. */
interface Response extends vscode.DebugProtocolMessage {
  readonly type: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly body?: { readonly error?: ResponseError };
}

interface ResponseError {
  readonly showUser?: boolean;
  readonly variables?: { readonly message?: string; readonly file?: string; readonly line?: string };
}

const GO_TO_LINE = 'Go to Line';

/**
 * VS Code shows a launch that fails in a dialog that offers to open launch.json, where the mistake is not: it is in the
 * scenario. A message with a way to the line takes its place. Gives what to pass on to VS Code.
 */
export function withOwnLaunchFailure(message: vscode.DebugProtocolMessage): vscode.DebugProtocolMessage {
  const response = message as Response;
  const error = response.body?.error;
  const isFailure = response.type === 'response' && response.command === 'launch' && response.success === false;
  if (!isFailure || error?.showUser !== true) return message;
  void tell(error);
  return { ...response, body: { error: { ...error, showUser: false } } };
}

async function tell({ variables = {} }: ResponseError): Promise<void> {
  const { message = 'The launch failed.', file, line } = variables;
  const hasPlace = file !== undefined && line !== undefined;
  const chosen = await vscode.window.showErrorMessage(message, ...(hasPlace ? [GO_TO_LINE] : []));
  if (hasPlace && chosen === GO_TO_LINE) await revealLine(() => Promise.resolve(vscode.Uri.file(file)), Number(line));
}
