import * as vscode from 'vscode';
import type { PageReply, Request, Requests, TimelineReply } from '../../media/protocol/messages.ts';
import { PanelError } from '../../media/protocol/panel-error.ts';
import { withoutPlace } from '../../simulator/recording/replay/recording-view.ts';
import { isScenarioPath } from '../contributions.ts';
import { addressOf } from './address-text.ts';
import type { SessionFollower } from './session-follower.ts';

/** Answers what a panel asks, by asking the debug session. */
export async function inspect(follower: SessionFollower, request: Request): Promise<unknown> {
  const session = follower.requireSession();
  if (request.command === 'evaluate') {
    const { expression } = request.args as Requests['evaluate']['args'];
    return { address: await evaluateAddress(session, expression) };
  }
  const ask = follower.refusals.mark();
  let body: unknown;
  try {
    body = await session.customRequest(`pagewalk/${request.command}`, { ...request.args, ask });
  } catch (error) {
    throw new PanelError(follower.refusals.codeOf(ask), error instanceof Error ? error.message : String(error));
  }
  switch (request.command) {
    case 'page':
      return withSources(
        follower,
        body as PageReply,
        (body as PageReply).why.map(({ line }) => line),
      );
    case 'timeline':
      return withSources(
        follower,
        body as TimelineReply,
        (body as TimelineReply).slices.map(({ line }) => line),
      );
    default:
      return body;
  }
}

async function evaluateAddress(session: vscode.DebugSession, expression: string): Promise<number> {
  const item = vscode.debug.activeStackItem;
  const frame =
    item instanceof vscode.DebugStackFrame && item.session.id === session.id ? { frameId: item.frameId } : {};
  const answer: unknown = await session.customRequest('evaluate', { expression, context: 'watch', ...frame });
  const { result, memoryReference } = answer as { result: string; memoryReference?: string };
  // A memory reference holds the machine's number of an address in its low 48 bits.
  if (memoryReference !== undefined) return Number(BigInt.asUintN(48, BigInt(memoryReference)));
  const machine: unknown = await session.customRequest('pagewalk/machine', {});
  const address = addressOf(result, (machine as Requests['machine']['reply']).addressBits);
  if (address === null) throw new Error(`'${expression}' is ${result}, which is no address`);
  return address;
}

/** Adds the source text of the lines that an answer names. */
async function withSources<T extends object>(
  follower: SessionFollower,
  answer: T,
  named: readonly number[],
): Promise<T> {
  const lines = [...new Set(named)].filter((line) => line > 0);
  if (lines.length === 0) return answer;
  try {
    const uri = await follower.text();
    if (uri === null) return answer;
    const document = await vscode.workspace.openTextDocument(uri);
    const short = isScenarioPath(uri.path) ? withoutComment : withoutPlace;
    const text = (line: number) => (line <= document.lineCount ? short(document.lineAt(line - 1).text) : '');
    return { ...answer, sources: Object.fromEntries(lines.map((line) => [line, text(line)])) };
  } catch {
    // Without the file, for instance after it was moved, the line numbers have to do.
    return answer;
  }
}

function withoutComment(line: string): string {
  return line.replace(/\s+\/\/.*$/, '').trim();
}
