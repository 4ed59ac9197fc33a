// Builds, and opens examples/ in VS Code with this checkout's extension: in the installed VS Code, or else in one that
// is served to the browser. Runs until the window is closed, or until Ctrl+C.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startCodeServer } from './code-server.ts';
import { Heartbeat } from './heartbeat.ts';
import { cacheFolder, root } from './paths.ts';
import { findProgram, must, run } from './process.ts';

const examples = path.join(root, 'examples');

const heartbeat = new Heartbeat(console.log);
console.log('Building Pagewalk; this takes about a minute.');
heartbeat.begin('build');
await must('npm', ['run', '--silent', 'build'], { cwd: root });
heartbeat.end('build');
const installed = findProgram('code');
if (installed !== undefined) {
  console.log('Opening VS Code on examples/; open a .walk file and press F5.');
  process.exitCode = await run(installed, ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, examples]);
} else {
  await serve();
}

async function serve(): Promise<void> {
  const stateFolder = path.join(cacheFolder, 'start');
  await mkdir(stateFolder, { recursive: true });
  heartbeat.begin('start of VS Code');
  const server = await startCodeServer({ workspace: examples, stateFolder });
  heartbeat.end('start of VS Code');
  console.log('\nVS Code is not installed here ("code" is not on the PATH), so it is served to your browser. Open');
  console.log(`\n  ${server.address}\n`);
  console.log('then open a .walk file and press F5. Ctrl+C ends it.');
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve(signal);
      });
    }
    server.child.once('exit', () => {
      resolve('exit');
    });
  });
  const reason = await stopped;
  await server.stop();
  if (reason === 'exit') {
    console.error(`code-server ended by itself; see ${path.relative(root, server.logFile)}`);
    process.exitCode = 1;
  }
}
