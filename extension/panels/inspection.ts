import * as vscode from 'vscode';
import type { PageReply, Request, Requests } from '../../media/protocol/messages.ts';
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
  return request.command === 'page' ? withSources(follower, body as PageReply) : body;
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

/** Adds the source text of the lines that the page's causes name. */
async function withSources(follower: SessionFollower, page: PageReply): Promise<PageReply> {
  const lines = [...new Set(page.why.map((cause) => cause.line))].filter((line) => line > 0);
  if (lines.length === 0) return page;
  try {
    const uri = await follower.text();
    if (uri === null) return page;
    const document = await vscode.workspace.openTextDocument(uri);
    const short = isScenarioPath(uri.path) ? withoutComment : withoutPlace;
    const text = (line: number) => (line <= document.lineCount ? short(document.lineAt(line - 1).text) : '');
    return { ...page, sources: Object.fromEntries(lines.map((line) => [line, text(line)])) };
  } catch {
    // Without the file, for instance after it was moved, the line numbers have to do.
    return page;
  }
}

function withoutComment(line: string): string {
  return line.replace(/\s+\/\/.*$/, '').trim();
}
