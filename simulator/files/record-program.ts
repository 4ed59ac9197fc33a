/** Records a program: runs it under Valgrind's lackey, and makes one `.walkrec` of what that writes. */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { createWriteStream, rmSync } from 'node:fs';
import { access, constants, mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { Recording } from '../recording/logs/recording.ts';
import { excerptsOf } from '../recording/order/find-excerpts.ts';
import { type Bounds, standardBounds } from '../session/scenario/bounds.ts';
import { InputError } from './input-error.ts';
import { installHint } from './install-hint.ts';
import { programContents } from './program-contents.ts';
import { readLogs } from './recording-files.ts';
import { hashed, sourceLines } from './source-lines.ts';
import { reasonOf } from './system-error.ts';
import { writeWalkrec } from './walkrec-file.ts';

export interface RecordRequest {
  /** The program, or one C or C++ file, and its arguments. */
  readonly command: readonly string[];
  readonly output: string;
  /** Words of the compiler's command, where the program is a source file. */
  readonly compiler?: readonly string[] | undefined;
  readonly bounds?: Bounds;
  /** The folder in which compiler and program run; the current one unless named. */
  readonly folder?: string | undefined;
  /** Takes what the program prints, which else goes where this one's output goes; it then reads an empty input. */
  readonly onOutput?: (text: string) => void;
  /** Accesses so far, about, every half second or so. */
  readonly onProgress?: (accesses: number) => void;
  /** Ends the program, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
}

export interface Recorded {
  readonly recording: Recording;
  /** Of the program: its exit code, or the name of the signal that ended it. */
  readonly exit: number | string;
}

const SOURCE = /\.(c|cc|cpp|cxx|C)$/;
/** Bytes that an access takes in a log, about. */
const BYTES_PER_ACCESS = 14;
const PROGRESS_INTERVAL = 500;
const lackey = [
  '-d',
  '--tool=lackey',
  '--trace-mem=yes',
  '--trace-syscalls=yes',
  '--trace-sched=yes',
  '--trace-signals=yes',
  '--trace-children=yes',
];

/** Is it a C or C++ file, which has to be compiled first? */
export function isSourceFile(file: string): boolean {
  return SOURCE.test(file);
}

/** Throws an InputError or a RecordingError that says what is missing or wrong. */
export async function recordProgram(request: RecordRequest): Promise<Recorded> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'pagewalk-record-'));
  try {
    const [program = '', ...args] = request.command;
    const executable = isSourceFile(program) ? await compile(program, scratch, request) : await findProgram(program);
    const exit = await runUnderLackey([executable, ...args], scratch, request);
    request.signal?.throwIfAborted();
    return { recording: await convert(scratch, program, executable, request), exit };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function compile(source: string, scratch: string, request: RecordRequest): Promise<string> {
  const [compiler = '', ...options] = request.compiler ?? [/\.c$/.test(source) ? 'gcc' : 'g++', '-g', '-O0'];
  const executable = path.join(scratch, path.basename(source).replace(SOURCE, ''));
  const child = start(compiler, [...options, source, '-o', executable], 'ignore', request);
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  const exit = await ended(child, compiler, compiler);
  if (exit === 0) return executable;
  const text = Buffer.concat(said).toString('utf8').trimEnd();
  throw new InputError(source, `it does not compile with ${[compiler, ...options].join(' ')}:\n${text}`);
}

/** As a shell finds it: a path, or a name in one of the folders of PATH. */
async function findProgram(program: string): Promise<string> {
  const folders = program.includes('/') ? [''] : (process.env['PATH'] ?? '').split(':');
  for (const folder of folders) {
    const place = folder === '' ? path.resolve(program) : path.join(folder, program);
    const isFile = await stat(place).then((status) => status.isFile(), () => false); // prettier-ignore
    if (isFile && (await access(place, constants.X_OK).then(() => true, () => false))) return place; // prettier-ignore
  }
  throw new InputError(program, 'there is no such program, or it may not be run; give a program or one C or C++ file');
}

async function runUnderLackey(
  command: readonly string[],
  scratch: string,
  request: RecordRequest,
): Promise<number | string> {
  const layout = createWriteStream(path.join(scratch, 'program.layout.txt'));
  const logs = `--log-file=${path.join(scratch, 'program.%p.log')}`;
  const child = start('valgrind', [...lackey, logs, ...command], 'inherit', request);
  child.stderr?.pipe(layout);
  const timer = setInterval(() => void tellProgress(scratch, request), PROGRESS_INTERVAL);
  try {
    const exit = await ended(child, 'valgrind', 'valgrind');
    await finished(layout);
    return exit;
  } finally {
    clearInterval(timer);
    layout.destroy();
  }
}

/** In a group of its own, so that all that it starts ends with it. */
function start(
  program: string,
  args: readonly string[],
  input: 'ignore' | 'inherit',
  { signal, folder, onOutput }: RecordRequest,
): ChildProcess {
  signal?.throwIfAborted();
  const stdio: StdioOptions = onOutput === undefined ? [input, 'inherit', 'pipe'] : ['ignore', 'pipe', 'pipe'];
  const child = spawn(program, args, { stdio, detached: true, cwd: folder });
  child.stdout?.on('data', (bytes: Buffer) => onOutput?.(bytes.toString('utf8')));
  const end = (): void => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  };
  signal?.addEventListener('abort', end, { once: true });
  child.once('close', () => signal?.removeEventListener('abort', end));
  return child;
}

/** Its exit code, or the signal that ended it. Throws an InputError where the program could not be started. */
async function ended(child: ChildProcess, program: string, packageName: string): Promise<number | string> {
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve(code ?? signal ?? 0);
      });
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new InputError(program, reasonOf(error));
    throw new InputError(program, `${program} is not installed; ${await installHint(packageName)}`);
  }
}

async function tellProgress(scratch: string, { onProgress }: RecordRequest): Promise<void> {
  if (onProgress === undefined) return;
  let bytes = 0;
  for (const name of await readdir(scratch).catch(() => [])) {
    if (name.endsWith('.log')) bytes += (await stat(path.join(scratch, name)).catch(() => ({ size: 0 }))).size;
  }
  onProgress(Math.round(bytes / BYTES_PER_ACCESS));
}

async function convert(
  scratch: string,
  program: string,
  executable: string,
  { command, output, bounds = standardBounds }: RecordRequest,
): Promise<Recording> {
  const name = path.basename(output).replace(/\.walkrec$/, '');
  return writeWalkrec(output, async (writer) => {
    const logs = path.join(scratch, 'program.layout.txt');
    const read = await readLogs(logs, bounds, (file) => Promise.resolve(file), () => writer.store()); // prettier-ignore
    const recording = { ...read, name };
    const contents = await programContents(recording, executable);
    const lines = await sourceLines(read, bounds);
    const compiled = isSourceFile(program) ? [await hashed(path.resolve(program))] : [];
    const from = {
      ...{ command: command.join(' '), tool: 'valgrind lackey', contents },
      ...{ sources: lines?.files ?? compiled, lines },
    };
    writer.finish(recording, excerptsOf(read, bounds), from);
    return { ...recording, ...(lines && { sources: lines }) };
  });
}
