/**
 * The leaf log: one writer, entries durable before the checkpoint that signs them (c2sp.org/tlog-tiles).
 *
 * Never two trees: it starts only on the tree it signed last, and after any failed write it signs nothing more.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { GatewayError, invariant, hasErrno } from '../../foundation/index.ts';
import type { Fault } from '../fault.ts';
import { type FileSystem, makeDirectory, readWhole, removeFile, replaceFile } from '../files.ts';
import { BUNDLE_ENTRIES, bundlePath, encodeBundle } from './bundles.ts';
import { encodeLeaf, type Leaf } from './leaves.ts';
import { appendLeaf, EMPTY_TREE, hashLeaf, rootOf, type Tree } from './merkle.ts';
import { LOG_ORIGIN, signCheckpoint, verifierLine } from './note.ts';
import { CHECKPOINT, type LogEntry, readLog, VERIFIER } from './read-log.ts';

const KEY = 'key.pem';
const KEY_BYTES_MAX = 4 * 1024;

export interface AppendedLeaf {
  readonly index: number;
  readonly hash: Buffer;
}

export interface LeafLog {
  /** Resolves when the leaf is durable under a signed checkpoint. @throws {GatewayError} `recording_unavailable`. */
  append(leaf: Leaf): Promise<AppendedLeaf>;
}

export interface LeafLogOptions {
  readonly directory: string;
  readonly files: FileSystem;
  readonly fault: Fault;
  /** Sees every entry there is, in order. */
  readonly visit: (entry: LogEntry) => void;
  /** A fresh log is begun only when nothing speaks of an older one. */
  readonly mayCreate: boolean;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: (appended: AppendedLeaf) => void;
  readonly reject: (reason: Error) => void;
}

/** Opens or begins the log. @throws {GatewayError} `start_refused` when its entries are not those it signed. */
export async function startLeafLog(options: LeafLogOptions): Promise<LeafLog> {
  const { directory, files, fault } = options;
  const privateKey = await loadKey(options);
  const reading = await readLog({ directory, files, verifier: verifier(privateKey), visit: options.visit });
  if (reading.condition !== 'sound') throw new GatewayError('start_refused', reading.detail);
  let { tree, lastBundle } = reading;
  let queue: Waiting[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    await Promise.resolve(); // Leaves of one turn of the event loop share a checkpoint.
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      try {
        fault.check();
        const leaves = batch.map(({ bytes }) => bytes);
        const first = tree.size;
        const grown = leaves.map(hashLeaf).reduce(appendLeaf, tree);
        lastBundle = await storeEntries({ directory, files }, first, [...lastBundle, ...leaves]);
        await storeCheckpoint({ directory, files }, grown, privateKey);
        tree = grown;
        batch.forEach(({ bytes, resolve }, at) => resolve({ index: first + at, hash: hashLeaf(bytes) }));
      } catch (thrown) {
        const error = fault.trip(thrown);
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  };

  return {
    append: (leaf) =>
      new Promise((resolve, reject) => {
        queue.push({ bytes: encodeLeaf(leaf), resolve, reject });
        if (running) return;
        running = true;
        void run();
      }),
  };
}

/** Writes the bundles that changed; @returns the entries of the last one when it is not full. */
async function storeEntries(
  { directory, files }: { directory: string; files: FileSystem },
  size: number,
  entries: readonly Buffer[],
): Promise<readonly Buffer[]> {
  let rest = entries;
  for (let number = Math.floor(size / BUNDLE_ENTRIES); rest.length > 0; number += 1) {
    const bundle = rest.slice(0, BUNDLE_ENTRIES);
    const path = join(directory, bundlePath(number, bundle.length));
    await makeDirectory(files, dirname(path), directory);
    await replaceFile(files, path, encodeBundle(bundle));
    if (bundle.length < BUNDLE_ENTRIES) return bundle;
    await removePartials(files, join(directory, dirname(bundlePath(number, 1))));
    rest = rest.slice(BUNDLE_ENTRIES);
  }
  return [];
}

/** Partial bundles may go once the full one is durable; readers of an older checkpoint take its beginning. */
async function removePartials(files: FileSystem, directory: string): Promise<void> {
  const names = await files.readdir(directory).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return [];
    throw thrown;
  });
  for (const name of names) await removeFile(files, join(directory, name));
}

async function storeCheckpoint(
  { directory, files }: { directory: string; files: FileSystem },
  tree: Tree,
  privateKey: KeyObject,
): Promise<void> {
  const note = signCheckpoint({ size: tree.size, root: rootOf(tree) }, LOG_ORIGIN, privateKey);
  await replaceFile(files, join(directory, CHECKPOINT), Buffer.from(note));
}

/** The key of the log, PKCS#8 PEM, 0600. The checkpoint of the empty log is signed before the key is there to be found. */
async function loadKey({ directory, files, mayCreate }: LeafLogOptions): Promise<KeyObject> {
  const path = join(directory, KEY);
  const pem = await readWhole(files, path, KEY_BYTES_MAX);
  if (pem !== undefined) {
    const key = createPrivateKey(pem);
    invariant(key.asymmetricKeyType === 'ed25519', 'the key of the log is an Ed25519 key');
    return key;
  }
  // Stops an insider who removes the log to begin a clean one over the recordings it spoke of.
  if (!mayCreate)
    throw new GatewayError('start_refused', 'There are recordings, but the log that speaks of them is gone.');
  const { privateKey } = generateKeyPairSync('ed25519');
  await storeCheckpoint({ directory, files }, EMPTY_TREE, privateKey);
  await replaceFile(files, join(directory, VERIFIER), Buffer.from(`${verifier(privateKey)}\n`));
  await replaceFile(files, path, Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return privateKey;
}

function verifier(privateKey: KeyObject): string {
  return verifierLine(LOG_ORIGIN, createPublicKey(privateKey));
}
