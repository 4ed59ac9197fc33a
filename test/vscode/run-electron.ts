// Runs the suite in a desktop VS Code that @vscode/test-electron downloads; where it cannot, see run-code-server.ts.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { cacheFolder, root } from '../tools/paths.ts';
import { bundleSuite } from './bundle-suite.ts';
import { prepareWorkspace } from './suite-workspace.ts';
import { readOutcome, reportOutcome } from './outcome.ts';

const extensionTestsPath = await bundleSuite();
await mkdir(cacheFolder, { recursive: true });
const folder = await mkdtemp(path.join(cacheFolder, 'vscode-suite-'));
try {
  const workspace = await prepareWorkspace(folder);
  await runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath,
    extensionTestsEnv: { PAGEWALK_TEST_OUTCOME: folder },
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust', `--user-data-dir=${folder}/user-data`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  reportOutcome((await readOutcome(folder)).outcome);
  await rm(folder, { recursive: true, force: true });
}
