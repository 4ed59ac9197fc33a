import { strict as assert } from 'node:assert';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from '../../extension/contributions.ts';
import { root } from '../tools/paths.ts';

interface Contributed {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
}
interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly Contributed[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly walkthroughs: readonly { readonly steps: readonly { readonly media: { readonly image: string } }[] }[];
  };
}

const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const { contributes, activationEvents } = JSON.parse(text) as Manifest;

/** The names by which users, documents and other tools know the commands. */
const titles: Readonly<Record<string, string>> = {
  'pagewalk.runFile': 'Run Scenario',
  'pagewalk.debugFile': 'Debug Scenario',
  'pagewalk.compareKernels': 'Compare Kernels',
  'pagewalk.showAddressSpace': 'Show Address Space',
  'pagewalk.showPageTable': 'Show Page Table',
  'pagewalk.openManual': 'Open Manual',
  'pagewalk.openExamples': 'Open Examples',
  'pagewalk.newScenario': 'New Scenario',
};

describe('package.json', () => {
  it('starts the extension for every panel that VS Code restores', () => {
    const sources = globSync('extension/{panels,compare}/*.ts', { cwd: root }).map((file) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    const views = sources.flatMap((source) =>
      [...source.matchAll(/viewType: '([\w.]+)'/g)].map((match) => match[1] ?? ''),
    );
    assert.ok(views.length >= 7, views.join(', '));
    const missing = views.filter((view) => !activationEvents.includes(`onWebviewPanel:${view}`));
    assert.deepEqual(missing, []);
  });

  it('gives every command its title, in the category Pagewalk', () => {
    const found = Object.fromEntries(contributes.commands.map(({ command, title }) => [command, title]));
    for (const [command, title] of Object.entries(titles)) assert.equal(found[command], title);
    for (const { command, category } of contributes.commands) assert.equal(category, 'Pagewalk', command);
  });

  it('declares every command that the extension registers', () => {
    const declared = new Set(contributes.commands.map(({ command }) => command));
    assert.deepEqual(
      Object.values(Command).filter((command) => !declared.has(command)),
      [],
    );
  });

  it('links from menus, welcome views and walkthroughs to commands and pictures that there are', () => {
    const declared = new Set(contributes.commands.map(({ command }) => command));
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const linked = [...text.matchAll(/\(command:([\w.]+)\)/g)].map((match) => match[1] ?? '');
    assert(linked.length >= 6);
    assert.deepEqual(
      [...inMenus, ...linked].filter((command) => !declared.has(command)),
      [],
    );
    const images = contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.image));
    assert.deepEqual(
      images.filter((image) => !existsSync(path.join(root, image))),
      [],
    );
  });
});
