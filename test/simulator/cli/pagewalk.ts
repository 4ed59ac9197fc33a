/** The command line as its users start it: another process. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../../lifetime/program.ts';
import { programFile } from '../../support/programs.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = programFile('cli');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const examples = path.join(root, 'examples');

export interface Surroundings {
  readonly cwd?: string;
  readonly input?: string;
}

export function pagewalk(args: readonly string[], { cwd = root, input = '' }: Surroundings = {}): Promise<Ended> {
  const child = startPagewalk(args, cwd);
  child.stdin.end(input);
  return ended(child);
}

/** A line of the shell in which `pagewalk` is the command line: redirections, pipes and limits of the system. */
export function shell(line: string, cwd: string): Promise<Ended> {
  const start = `pagewalk() { '${process.execPath}' '${main}' "$@"; }`;
  return ended(startProgram('/bin/bash', ['-c', `${start}; ${line}`], { cwd, env: environment }));
}

export function ended(child: ReturnType<typeof startPagewalk>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...texts });
    });
  });
}

/** The compiled sources are kept, so that later starts are quick. */
const environment = { ...process.env, NODE_COMPILE_CACHE: path.join(root, '.cache/compile'), FORCE_COLOR: '0' };

/** For servers. */
export function startPagewalk(args: readonly string[], cwd: string = root) {
  return startProgram(process.execPath, [main, ...args], { cwd, env: environment });
}

/** A folder of its own, with these files in it. */
export class Folder {
  readonly path: string;

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.path = mkdtempSync(path.join(tmpdir(), 'pagewalk-cli-'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  at(name: string): string {
    return path.join(this.path, name);
  }

  write(name: string, text: string | Uint8Array): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }

  /** A named pipe, from which nobody reads and to which nobody writes. */
  async pipe(name: string): Promise<string> {
    await once(startProgram('mkfifo', [this.at(name)]), 'exit');
    return this.at(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
