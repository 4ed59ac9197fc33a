import { defaultSettings, type ReplayOrder, type ReplaySettings } from './replay-state.ts';

/** `child-first`, `parent-first`, `round-robin` or `round-robin N`, with N accesses a turn; null for anything else. */
export function replayOrder(text: string): Pick<ReplaySettings, 'order' | 'quantum'> | null {
  const match = /^(child-first|parent-first|round-robin(?:\s+(\d{1,9}))?)$/.exec(text.trim());
  if (match === null) return null;
  const quantum = match[2] === undefined ? defaultSettings.quantum : Number(match[2]);
  return quantum < 1 ? null : { order: text.trim().split(/\s/)[0] as ReplayOrder, quantum };
}
