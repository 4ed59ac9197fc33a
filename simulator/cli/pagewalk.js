#!/usr/bin/env node
// Starts the command line under a Node that is new enough. Plain JavaScript: any Node from 14 on must be able to read it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldestMajor = 22;
const cli = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));
const bundledNode = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));

if (!existsSync(cli)) {
  fail(`${cli} does not exist yet: run "npm run build" in the checkout first.`);
} else if (Number(process.versions.node.split('.')[0]) >= oldestMajor) {
  await import(pathToFileURL(cli).href);
} else if (existsSync(bundledNode)) {
  runUnder(bundledNode);
} else {
  fail(
    `this is Node ${process.version}, and Node ${String(oldestMajor)} or newer is needed: install it, or run "npm ci" in the checkout.`,
  );
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
