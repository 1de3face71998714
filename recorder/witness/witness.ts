/**
 * A witness (c2sp.org/tlog-witness): cosigns a log's checkpoint when it continues the one it cosigned before, and never
 * another. What it saw is on its disk before it answers, and is never forgotten, whatever its configuration says later.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import {
  cosign,
  createTree,
  parseCheckpoint,
  parseNote,
  type VerifierKey,
  verifyConsistency,
} from '../../evidence/index.ts';
import { type Clock, GatewayError, sha256 } from '../../foundation/index.ts';
import { type FileSystem, makeDirectory, readWhole, replaceFile } from '../files.ts';
import {
  isSameTree,
  NOTE_BYTES_MAX,
  openCheckpoint,
  signerOf,
  type TreeHead,
  unlessMalformed,
  verifierLine,
} from '../log/note.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { parseAddCheckpoint, SIZE_TYPE } from './protocol.ts';

const KEY = 'key.pem';
const VERIFIER = 'verifier';
const SEEN = 'logs';

export interface WitnessOptions {
  /** Holds the key and what was seen; made when missing. One process at a time. */
  readonly directory: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  /** Of its cosignatures; undefined: as it was begun. */
  readonly name: string | undefined;
  /** Whose checkpoints it cosigns. */
  readonly logs: readonly VerifierKey[];
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: string;
  readonly body: string;
}

export interface SeenLog {
  readonly origin: string;
  readonly size: number;
  /** Whether new checkpoints of it are cosigned. */
  readonly isWatched: boolean;
}

interface Seen extends TreeHead {
  readonly origin: string;
  /** As it was cosigned. */
  readonly note: Buffer;
}

const TEXT = 'text/plain; charset=utf-8';
const NOTHING: TreeHead = { size: 0, root: createTree(nodeCrypto).root() };

/** @throws {GatewayError} `start_refused` when the directory holds something else, or is another witness's. */
export async function openWitness(options: WitnessOptions): Promise<Witness> {
  const { directory, files } = options;
  await makeDirectory(files, join(directory, SEEN), directory);
  const key = await loadKey(options);
  const seen = new Map<string, Seen>();
  for (const name of await files.readdir(join(directory, SEEN))) {
    if (name.endsWith('.tmp')) continue; // What a crash left of one that was never answered.
    const known = readSeen(await readWhole(files, join(directory, SEEN, name), 2 * NOTE_BYTES_MAX));
    if (known === undefined || fileOf(known.origin) !== name)
      throw new GatewayError('start_refused', `${join(directory, SEEN, name)} does not say what was seen of a log.`);
    seen.set(known.origin, known);
  }
  return new Witness(options, key, seen);
}

export class Witness {
  readonly verifier: string;
  readonly #options: WitnessOptions;
  readonly #key: { readonly name: string; readonly privateKey: KeyObject };
  readonly #seen: Map<string, Seen>;
  /** One request about a log at a time: comparing and storing are one act. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: WitnessOptions, key: { name: string; privateKey: KeyObject }, seen: Map<string, Seen>) {
    this.#options = options;
    this.#key = key;
    this.#seen = seen;
    this.verifier = verifierLine(key.name, createPublicKey(key.privateKey), 'witness');
  }

  get seen(): SeenLog[] {
    const { logs } = this.#options;
    const known = [...this.#seen.values()].map(({ origin, size }) => ({ origin, size }));
    const fresh = logs.filter(({ name }) => !this.#seen.has(name)).map(({ name }) => ({ origin: name, size: 0 }));
    return [...known, ...fresh].map((log) => ({ ...log, isWatched: logs.some(({ name }) => name === log.origin) }));
  }

  /** The checkpoint cosigned last of the log whose origin has this SHA-256, in hex. */
  checkpoint(originHash: string): Buffer | undefined {
    return [...this.#seen.values()].find(({ origin }) => fileOf(origin) === originHash)?.note;
  }

  /** Answers the body of an `add-checkpoint` request. @throws when the disk fails: then nothing was cosigned. */
  async add(body: Buffer): Promise<WitnessAnswer> {
    const request = parseAddCheckpoint(body);
    const text = request === undefined ? '' : textOf(request.note);
    const named = unlessMalformed(() => parseCheckpoint(text));
    if (request === undefined || named === undefined) return refuse(400, 'malformed request');
    const { origin, ...checkpoint } = named;
    const verifiers = this.#options.logs.filter(({ name }) => name === origin);
    if (verifiers.length === 0) return refuse(404, 'unknown log');
    if (!verifiers.some((verifier) => openCheckpoint(request.note, verifier) !== undefined))
      return refuse(403, 'invalid signature');
    if (request.old > checkpoint.size) return refuse(400, 'the old size is larger than the checkpoint');
    return this.#inTurn(origin, () => this.#judge(origin, text, { ...request, checkpoint }));
  }

  async #judge(
    origin: string,
    text: string,
    { old, proof, note, checkpoint }: { old: number; proof: readonly Uint8Array[]; note: Buffer; checkpoint: TreeHead },
  ): Promise<WitnessAnswer> {
    const known: TreeHead = this.#seen.get(origin) ?? NOTHING;
    const conflict = { status: 409, type: SIZE_TYPE, body: `${known.size}\n` } as const;
    if (old !== known.size) return conflict;
    if (old === checkpoint.size && !isSameTree(known, checkpoint)) return conflict;
    if (!isContinuation(known, checkpoint, proof)) return refuse(422, 'invalid consistency proof');
    const seconds = Math.floor(this.#options.clock.now().getTime() / 1_000);
    const line = cosign(nodeCrypto, signerOf(this.#key.name, this.#key.privateKey), text, seconds);
    const seen = { origin, ...checkpoint, note: Buffer.concat([note, Buffer.from(line)]) };
    await replaceFile(this.#options.files, join(this.#options.directory, SEEN, fileOf(origin)), seen.note);
    this.#seen.set(origin, seen);
    return { status: 200, type: TEXT, body: line };
  }

  #inTurn<Result>(origin: string, act: () => Promise<Result>): Promise<Result> {
    const done = (this.#turns.get(origin) ?? Promise.resolve()).then(act);
    this.#turns.set(
      origin,
      done.catch(() => undefined),
    );
    return done;
  }
}

/** Of nothing everything is a continuation, and there is no proof to show. */
function isContinuation(first: TreeHead, second: TreeHead, proof: readonly Uint8Array[]): boolean {
  return first.size === 0 ? proof.length === 0 : verifyConsistency(nodeCrypto, { first, second, proof });
}

function refuse(status: 400 | 403 | 404 | 422, why: string): WitnessAnswer {
  return { status, type: TEXT, body: `${why}\n` };
}

function fileOf(origin: string): string {
  return sha256(origin).toString('hex');
}

/** What is signed, whatever the signatures are. */
function textOf(note: Buffer): string {
  const whole = note.toString('utf8');
  return whole.slice(0, whole.lastIndexOf('\n\n') + 1);
}

function readSeen(note: Buffer | undefined): Seen | undefined {
  if (note === undefined) return undefined;
  const named = unlessMalformed(() => parseCheckpoint(parseNote(note).body));
  return named === undefined ? undefined : { ...named, note };
}

/** Made by the first start. @throws {GatewayError} `start_refused`. */
async function loadKey({ directory, files, name }: WitnessOptions): Promise<{ name: string; privateKey: KeyObject }> {
  const path = join(directory, KEY);
  const pem = await readWhole(files, path, NOTE_BYTES_MAX);
  const line = (await readWhole(files, join(directory, VERIFIER), NOTE_BYTES_MAX))?.toString().trimEnd();
  const known = line?.split('+')[0];
  if (pem !== undefined && known !== undefined) {
    const privateKey = createPrivateKey(pem);
    if (verifierLine(known, createPublicKey(privateKey), 'witness') !== line || (name ?? known) !== known)
      throw new GatewayError(
        'start_refused',
        `This witness was begun as ${known}: its name and its key stay as they are.`,
      );
    return { name: known, privateKey };
  }
  if (pem !== undefined) throw new GatewayError('start_refused', `${join(directory, VERIFIER)} is gone.`);
  // A new key beside what an older one saw: whoever trusts the new one would not know what was seen.
  if ((await files.readdir(join(directory, SEEN))).length > 0)
    throw new GatewayError('start_refused', `${path} is gone, and logs were seen already. Put it back.`);
  if (name === undefined || !/^[^\s+]{1,255}$/u.test(name))
    throw new GatewayError('start_refused', 'A new witness needs a name: --name witness.example/w1');
  const { privateKey } = generateKeyPairSync('ed25519');
  const verifier = verifierLine(name, createPublicKey(privateKey), 'witness');
  await replaceFile(files, join(directory, VERIFIER), Buffer.from(`${verifier}\n`));
  await replaceFile(files, path, Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return { name, privateKey };
}
