/** Logs that our own recorder wrote, for programs of others to read. */
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { consistencyProof, inclusionProof, toBase64 } from '../../evidence/index.ts';
import { nodeFiles } from '../../recorder/files.ts';
import type { OwningRecorder } from '../../recorder/index.ts';
import { storedNodes } from '../../recorder/log/publish.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { record, rootOf, start } from '../recorder/support/recordings.ts';
import { partner } from '../support/partners.ts';
import { ROOT } from '../support/paths.ts';
import { runToEnd } from '../support/run-to-end.ts';

/** Builds tests/interop/go. @returns the path of the program. */
export async function buildTlogCheck(into: string): Promise<string> {
  const program = join(into, 'tlogcheck');
  // Debian's sources of x/mod, by a path instead of a module: nothing is fetched.
  const cache = join(homedir(), '.cache', 'sekisho', 'go-build');
  const environment = ['GO111MODULE=off', 'GOPATH=/usr/share/gocode', 'GOFLAGS=', `GOCACHE=${cache}`];
  const build = [...environment, partner('go'), 'build', '-o', program, join(ROOT, 'tests/interop/go/main.go')];
  const { status, stderr } = await runToEnd('/usr/bin/env', build);
  if (status !== 0) throw new Error(`tlogcheck was not built: ${stderr}`);
  return program;
}

export const logOf = (directory: string): string => join(rootOf(directory), 'log');

/** Leaves of real sessions among heartbeats. @returns the number of leaves. */
export async function appendLeaves(recorder: OwningRecorder, heartbeats: number): Promise<number> {
  const at = new Date().toISOString();
  await record(recorder, ['before']);
  const appended = Array.from({ length: heartbeats }, () => recorder.leafLog.append({ v: 2, type: 'heartbeat', at }));
  await Promise.all(appended);
  await record(recorder, ['one', 'two', 'three']);
  const last = await recorder.leafLog.append({ v: 2, type: 'heartbeat', at });
  return last.index + 1;
}

/** A log that was written, closed, opened again and written on. @returns the number of its leaves. */
export async function writeLog(directory: string, heartbeats: number): Promise<number> {
  {
    await using recorder = await start(directory);
    await appendLeaves(recorder, heartbeats);
  }
  await using recorder = await start(directory);
  return await appendLeaves(recorder, 3);
}

/** Proofs that our code makes out of the tiles on the disk, of the first, the last and every odd corner of the tree. */
export async function writeProofs(
  log: string,
  size: number,
  path: string,
): Promise<{ inclusion: number; consistency: number }> {
  const nodes = storedNodes({ directory: log, files: nodeFiles }, size);
  const encoded = (hashes: readonly Uint8Array[]): string[] => hashes.map(toBase64);
  const sizes = [1, 2, 3, 5, 255, 256, 257, 300, 511, 512, 513, size - 1, size].filter((at) => at <= size);
  const inclusion = [];
  const consistency = [];
  for (const of of sizes) {
    for (const index of new Set([0, 1, of >> 1, of - 2, of - 1].filter((at) => at >= 0 && at < of))) {
      inclusion.push({ index, size: of, hashes: encoded(await inclusionProof(nodeCrypto, nodes, index, of)) });
    }
    for (const from of sizes.filter((at) => at <= of)) {
      consistency.push({ from, to: of, hashes: encoded(await consistencyProof(nodeCrypto, nodes, from, of)) });
    }
  }
  await writeFile(path, JSON.stringify({ inclusion, consistency }));
  return { inclusion: inclusion.length, consistency: consistency.length };
}
