/**
 * Makes dist/ from the sources: the program (tsc) and the console (vite), side by side. When dist/ is current this
 * takes milliseconds, so every start may ask for it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node, ROOT, say, seconds, tool } from './steps.mjs';

const STAMP = join(ROOT, 'dist', '.built');
const PROGRAM = [
  'foundation',
  'messages',
  'policy',
  'evidence',
  'recorder',
  'identity',
  'approvals',
  'gateway',
  'relay',
  'web',
  'demo',
  'main',
  'config',
];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Builds what is stale. @throws {Error} when a part does not build; dist/ is then not marked as current. */
export async function build() {
  if (isCurrent()) return;
  await alone(async () => {
    if (isCurrent()) return;
    const start = performance.now();
    rmSync(STAMP, { force: true });
    const wanted = fingerprint();
    await patched();
    await Promise.all([program(), console_()]);
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    writeFileSync(STAMP, wanted);
    say(`build: done in ${seconds(start)}`);
  });
}

async function patched() {
  if ((await node([join(ROOT, 'scripts', 'apply-patches.mjs')])) !== 0)
    throw new Error('patches/ could not be applied');
}

async function program() {
  say('build: the program (tsc)');
  if ((await node([tool('typescript/bin/tsc'), '-p', 'tsconfig.build.json'])) !== 0) throw new Error('tsc failed');
}

async function console_() {
  if (!existsSync(join(ROOT, 'web', 'ui', 'vite.config.ts'))) return;
  say('build: the console (vite)');
  const status = await node([tool('vite/bin/vite.js'), 'build', 'web/ui', '--logLevel', 'warn'], { quiet: true });
  if (status !== 0) throw new Error('vite failed');
  // The page that goes into bundles: one file, so it is a build of its own.
  const page = await node([tool('vite/bin/vite.js'), 'build', 'web/ui/verify/offline', '--logLevel', 'warn'], {
    quiet: true,
  });
  if (page !== 0) throw new Error('vite failed');
}

function isCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
}

/** SHA-256 over the names and contents of all that dist/ is made from, and the node that made it. */
function fingerprint() {
  const hash = createHash('sha256').update(process.version.split('.')[0]);
  const paths = [...FILES, ...[...PROGRAM, 'patches'].flatMap((directory) => filesBelow(directory))];
  for (const path of paths) hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

function filesBelow(directory) {
  if (!existsSync(join(ROOT, directory))) return [];
  return readdirSync(join(ROOT, directory), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${directory}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** Runs `work` while no other process builds here. The hold is an abstract socket: it ends with its process. */
async function alone(work) {
  const name = `\0sekisho-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 32)}`;
  for (;;) {
    const held = await hold(name);
    if (held !== undefined) {
      try {
        return await work();
      } finally {
        held();
      }
    }
    await otherDone(name);
  }
}

function hold(name) {
  return new Promise((resolve, reject) => {
    const waiting = new Set();
    const server = createServer((socket) => waiting.add(socket.on('error', () => undefined)));
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(name, () =>
      resolve(() => {
        server.close();
        for (const socket of waiting) socket.destroy();
      }),
    );
  });
}

function otherDone(name) {
  return new Promise((resolve) => {
    createConnection(name)
      .once('error', () => undefined)
      .once('close', resolve)
      .resume();
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await build().catch((error) => {
    say(`build: ${error.message}`);
    process.exitCode = 1;
  });
}
