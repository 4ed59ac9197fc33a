import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tools/paths.ts';
import { must } from '../tools/process.ts';

/** Packages hold what `npm run build` makes; `npm test` has built already. */
export async function built(): Promise<void> {
  const last = path.join(root, 'dist', 'THIRD-PARTY-NOTICES.txt');
  if (!existsSync(last)) await must('npm', ['run', '--silent', 'build'], { cwd: root });
}
