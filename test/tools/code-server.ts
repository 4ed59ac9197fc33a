// Starts VS Code as code-server: a web server on this machine, with its own fresh user data and extensions.
import type { ChildProcess } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startProgram } from '../lifetime/program.ts';
import { until } from '../lifetime/waiting.ts';
import { installCodeServer } from './install-code-server.ts';
import { root } from './paths.ts';
import { endGroup, freePort } from './process.ts';

export interface CodeServerOptions {
  workspace: string;
  /** Where user data, extensions and the log go. */
  stateFolder: string;
  /** Added to the user settings that keep the window quiet. */
  settings?: Record<string, unknown>;
  env?: NodeJS.ProcessEnv;
  /** The entry of a test suite with an exported `run()`; the extension host runs it. */
  testsPath?: string;
  /** Whether the window asks for trust in its workspace; off unless a test is about trust. */
  workspaceTrust?: boolean;
  /**
   * How the window comes by this checkout's extension. `linked`, the default, counts as installed. `development`, the
   * only one that takes a test suite and therefore its default, shows no notification as a toast and ignores the colour
   * theme of the settings. `installed` is whatever a test has put into the extensions folder before.
   */
  extension?: 'development' | 'linked' | 'installed';
}

export interface CodeServer {
  child: ChildProcess;
  /** The page that opens the workspace. */
  address: string;
  logFile: string;
  stop(): Promise<void>;
}

const quietSettings: Record<string, unknown> = {
  'workbench.startupEditor': 'none',
  'workbench.editor.useModal': 'off',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
};

export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const entry = await installCodeServer();
  const { stateFolder, workspace } = options;
  const userData = path.join(stateFolder, 'user-data');
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await mkdir(path.join(stateFolder, 'extensions'), { recursive: true });
  if (extensionMode(options) === 'linked') await linkExtension(path.join(stateFolder, 'extensions'));
  const settings = path.join(userData, 'User', 'settings.json');
  // Kept from one `npm start` to the next; a test's state folder is new.
  if (!existsSync(settings)) {
    await writeFile(settings, JSON.stringify({ ...quietSettings, ...options.settings }, null, 2));
  }

  const port = await freePort();
  const logFile = path.join(stateFolder, 'code-server.log');
  const log = openSync(logFile, 'w');
  const child = startProgram(process.execPath, [entry, ...serverArguments(options, port)], {
    cwd: root,
    env: { ...environmentOutsideVsCode(), ...options.env },
    stdio: ['ignore', log, log],
    // A process group of its own, so that extension hosts and terminals can be ended with it.
    detached: true,
  });
  const server: CodeServer = {
    child,
    address: windowAddress(options, workspace, port),
    logFile,
    stop: () => endGroup(child),
  };
  await answering(server, port);
  return server;
}

function extensionMode({ extension, testsPath }: CodeServerOptions): 'development' | 'linked' | 'installed' {
  return extension ?? (testsPath === undefined ? 'linked' : 'development');
}

/** VS Code lists what it finds in a folder that has no list yet, and reads the list alone from then on. */
async function linkExtension(extensionsFolder: string): Promise<void> {
  await rm(extensionsFolder, { recursive: true, force: true });
  await mkdir(extensionsFolder);
  await symlink(root, path.join(extensionsFolder, 'pagewalk.pagewalk'));
}

function serverArguments(options: CodeServerOptions, port: number): string[] {
  const { stateFolder, workspace } = options;
  const flags = ['--auth', 'none', '--bind-addr', `127.0.0.1:${String(port)}`];
  flags.push('--config', path.join(stateFolder, 'config.yaml'));
  flags.push('--user-data-dir', path.join(stateFolder, 'user-data'));
  flags.push('--extensions-dir', path.join(stateFolder, 'extensions'));
  flags.push('--disable-telemetry', '--disable-update-check');
  // Without the smoke test driver, a built VS Code ignores an extension under development.
  if (extensionMode(options) === 'development') flags.push('--vscode-option', 'enable-smoke-test-driver');
  if (options.workspaceTrust !== true) flags.push('--vscode-option', 'disable-workspace-trust');
  return [...flags, workspace];
}

function windowAddress(options: CodeServerOptions, workspace: string, port: number): string {
  const authority = `127.0.0.1:${String(port)}`;
  const payload: [string, string][] = [];
  if (extensionMode(options) === 'development') {
    payload.push(['extensionDevelopmentPath', `vscode-remote://${authority}${root}`]);
  }
  if (options.testsPath !== undefined) {
    payload.push(['extensionTestsPath', `vscode-remote://${authority}${options.testsPath}`]);
  }
  const query = new URLSearchParams({ folder: workspace });
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://${authority}/?${query.toString()}`;
}

/** A terminal inside VS Code has variables that would send the folder to that window instead. */
function environmentOutsideVsCode(): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|PORT$|PASSWORD$|HASHED_PASSWORD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

async function answering(server: CodeServer, port: number): Promise<void> {
  const { child } = server;
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await until(async () => hasEnded() || (await isHealthy(port)), 'code-server answers');
  if (!hasEnded()) return;
  throw new Error(`code-server did not start; its log:\n${await readFile(server.logFile, 'utf8')}`);
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${String(port)}/healthz`)).ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
