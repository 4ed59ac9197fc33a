/** Sends a signal to a process, or below zero to a process group. False when nothing of it is left. */
export function signalTree(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
