/** What a data breakpoint watches, as the text by which a client knows it: it stays valid for every run of the program. */
import type { Watch, WatchedAccess } from '../../../simulator/session/moves/watches.ts';
import { dataModes, type DataMode } from '../protocol/capabilities.ts';
import { parseExpression } from '../protocol/expression.ts';

export type WatchedData =
  | {
      readonly kind: 'virtual';
      readonly mode: DataMode;
      readonly owner: number;
      /** Its name, for texts. */
      readonly process: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'physical'; readonly mode: DataMode; readonly start: number; readonly end: number }
  | { readonly kind: 'value'; readonly expression: string; readonly thread: string | null };

export function writeDataId(data: WatchedData): string {
  return JSON.stringify(data);
}

/** With the accesses that the client wants; or why there is no such data. */
export function readDataId(
  dataId: string,
  accessType: string,
): { readonly data: WatchedData; readonly watch: Watch } | string {
  const data = parse(dataId);
  if (data === null) return `'${dataId}' is no data that dataBreakpointInfo has named.`;
  if (data.kind === 'value') {
    try {
      return { data, watch: { kind: 'value', expression: parseExpression(data.expression), thread: data.thread } };
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const accesses = accessesOf(data.mode, accessType);
  if (accesses === null) return `'${accessType}' is no kind of access: there are read, write and readWrite.`;
  const { start, end } = data;
  if (data.kind === 'physical') return { data, watch: { kind: 'physical', start, end, accesses } };
  return { data, watch: { kind: 'virtual', owner: data.owner, start, end, accesses } };
}

function accessesOf(mode: DataMode, accessType: string): readonly WatchedAccess[] | null {
  if (mode === 'execute' || mode === 'fault' || mode === 'evict') return [mode];
  switch (accessType) {
    case 'read':
    case 'write':
      return [accessType];
    case 'readWrite':
      return ['read', 'write'];
    default:
      return null;
  }
}

function parse(text: string): WatchedData | null {
  try {
    const value: unknown = JSON.parse(text);
    return isData(value) ? value : null;
  } catch {
    return null;
  }
}

function isData(value: unknown): value is WatchedData {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, mode, owner, process, start, end, expression, thread } = value as Readonly<Record<string, unknown>>;
  if (kind === 'value') return typeof expression === 'string' && (thread === null || typeof thread === 'string');
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end) && Number(start) < Number(end);
  const isMode = dataModes.some((known) => known.mode === mode);
  if (kind === 'physical') return isRange && isMode;
  return kind === 'virtual' && isRange && isMode && typeof owner === 'number' && typeof process === 'string';
}
