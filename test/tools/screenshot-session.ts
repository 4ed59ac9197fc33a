// Pictures of a debug session: opens a scenario, presses F5, and leaves docs/images/session-<theme>.png.
// node test/tools/screenshot-session.ts [--scenario FILE] [--theme dark|light|high-contrast|high-contrast-light]…
//   [--steps N] [--command TITLE]… [--name NAME]
import path from 'node:path';
import { parseArgs } from 'node:util';
import { themes, Workbench, type Theme } from '../vscode/workbench.ts';
import { root } from './paths.ts';

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: 'examples' },
    scenario: { type: 'string', default: 'cow-fork.walk' },
    theme: { type: 'string', multiple: true, default: ['dark'] },
    steps: { type: 'string', default: '0' },
    command: { type: 'string', multiple: true, default: [] },
    name: { type: 'string', default: 'session' },
    output: { type: 'string', default: 'docs/images' },
  },
});

for (const theme of values.theme) {
  if (!isTheme(theme)) throw new Error(`--theme ${theme}: one of ${Object.keys(themes).join(', ')}`);
  const workbench = await Workbench.open({ workspace: path.resolve(root, values.workspace), theme });
  try {
    await workbench.openFile(values.scenario);
    await workbench.debugToStop();
    for (let step = 0; step < Number(values.steps); step++) {
      await workbench.press('F10');
      await workbench.stopped();
    }
    for (const command of values.command) await workbench.runCommand(command);
    const file = path.resolve(root, values.output, `${values.name}-${theme}.png`);
    await workbench.screenshot(file);
    console.log(path.relative(root, file));
  } finally {
    await workbench.close();
  }
}

function isTheme(name: string): name is Theme {
  return Object.hasOwn(themes, name);
}
