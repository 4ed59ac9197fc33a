#!/usr/bin/env node
// Starts the command line under a Node that is new enough. Plain JavaScript: any Node from 14 on must be able to read it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldestMajor = 22;
const cli = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));

if (!existsSync(cli)) {
  fail(`${cli} does not exist: run "npm run build" first.`);
} else if (Number(process.versions.node.split('.')[0]) >= oldestMajor) {
  await import(pathToFileURL(cli).href);
} else {
  const node = nodeOfPackage();
  if (node === null) {
    fail(
      `this is Node ${process.version}, and Node ${String(oldestMajor)} or newer is needed: install it, or run "npm install node".`,
    );
  } else {
    runUnder(node);
  }
}

/** The npm package `node`, an optional dependency, lies beside this package or inside it. */
function nodeOfPackage() {
  const { resolve } = createRequire(import.meta.url);
  for (const file of ['node/bin/node', 'node/bin/node.exe']) {
    try {
      return resolve(file);
    } catch {
      // Not here: optional dependencies were left out, or this is an unpacked .vsix.
    }
  }
  return null;
}

function fail(message) {
  process.stderr.write(`pagewalk: ${message}\n`);
  process.exitCode = 2;
}

function runUnder(node) {
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A Ctrl+C reaches the child too, which decides how it ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 3;
    else process.exitCode = 128 + (signal === 'SIGINT' ? 2 : 15);
  });
}
