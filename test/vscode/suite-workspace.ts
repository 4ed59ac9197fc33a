import { cp } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../tools/paths.ts';

/** A folder of its own for the suite: its scenarios, and a recording from the examples. */
export async function prepareWorkspace(folder: string): Promise<string> {
  const workspace = path.join(folder, 'workspace');
  await cp(path.join(root, 'test', 'vscode', 'workspace'), workspace, { recursive: true });
  for (const part of ['24105.log.gz', '24106.log.gz', 'layout.txt.gz']) {
    const name = `cow_fork.${part}`;
    await cp(path.join(root, 'examples', 'recordings', name), path.join(workspace, name));
  }
  return workspace;
}
