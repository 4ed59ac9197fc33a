// One TypeScript project for each runtime: the simulator's core knows neither Node nor a browser, the panels no Node.
import { globSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, root } from './paths.ts';
import { run } from './process.ts';

const projects = [
  'simulator',
  'simulator/language',
  'simulator/files',
  'simulator/cli',
  'extension',
  'media',
  'test',
  'bench',
];
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const failed: string[] = [];
for (const project of projects) {
  // The core's project is the one at the root, which every other project extends.
  const config = path.join(root, project === 'simulator' ? '' : project, 'tsconfig.json');
  const state = path.join(cacheFolder, 'types', `${project.replaceAll('/', '-')}.tsbuildinfo`);
  const args = [tsc, '--project', config, '--incremental', '--tsBuildInfoFile', state, '--pretty'];
  if ((await run(process.execPath, args, { cwd: root })) !== 0) failed.push(project);
}

const unchecked = globSync('*/tsconfig.json', { cwd: root })
  .map((file) => path.dirname(file))
  .filter((folder) => !projects.includes(folder));
for (const folder of unchecked) console.error(`${folder}/tsconfig.json is not listed in test/tools/check-types.ts`);
if (failed.length > 0) console.error(`types: errors in ${failed.join(', ')}`);
process.exitCode = failed.length + unchecked.length > 0 ? 1 : 0;
