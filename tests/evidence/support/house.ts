/** A small recorder's directory in memory, as the formats say, with everything that an insider could lay hands on. */
import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  addSignatures,
  bundlePath,
  bundlesOf,
  canonicalJson,
  type ChunkHeader,
  cosign,
  createNodeStore,
  encodeBundle,
  encodeChunkHead,
  encodeFrame,
  encodeLeaf,
  eventCommitment,
  formatCheckpoint,
  formatEventLine,
  type Frame,
  hashLeaf,
  type Json,
  KEY_LABELS,
  type Leaf,
  type OpenedEvent,
  PATHS,
  type Signer,
  signNote,
  sigsumLeaf,
  sigsumOrigin,
  streamOf,
  type Stream,
  toHex,
} from '../../../evidence/index.ts';
import { nodeCrypto } from '../../../recorder/node-crypto.ts';
import { policyText, signerOf } from './keys.ts';

const ORIGIN = 'bastion.example/audit';
const START = Date.UTC(2026, 10, 1, 0, 0, 0);

export type Files = Map<string, Uint8Array>;

/** Everything before it is written down: an insider changes this, and writes it down again. */
export interface House {
  readonly log: Signer;
  readonly ledgerLog: Signer;
  readonly submitter: Signer;
  readonly witnesses: readonly Signer[];
  readonly leaves: Uint8Array[];
  readonly ledger: Uint8Array[];
  readonly records: Uint8Array[];
  /** Objects and wrapped keys, by their paths. */
  readonly files: Files;
  readonly events: OpenedEvent[];
  readonly sids: string[];
  now: number;
}

export const timeOf = (millis: number): string => new Date(millis).toISOString();
const sha256 = (bytes: Uint8Array): string => toHex(nodeCrypto.sha256(bytes));
const pseudonymOf = (kind: string, id: string): string =>
  `${kind}-${createHmac('sha256', 'pseudonyms').update(id).digest('hex').slice(0, 32)}`;
const derive = (key: Uint8Array, info: string, length: number): Buffer =>
  Buffer.from(hkdfSync('sha512', key, new Uint8Array(), info, length));

export function newHouse(): House {
  const ledgerKey = signerOf('ledger');
  return {
    log: signerOf(ORIGIN),
    ledgerLog: { ...ledgerKey, name: sigsumOrigin(nodeCrypto, ledgerKey.publicKey) },
    submitter: signerOf('submitter'),
    witnesses: [signerOf('client.example/witness'), signerOf('lawyer.example/witness')],
    ...{ leaves: [], ledger: [], records: [], files: new Map(), events: [], sids: [] },
    now: START,
  };
}

/** One leaf, a second later than the one before it. */
export function addLeaf(house: House, leaf: Leaf): string {
  const bytes = encodeLeaf(leaf);
  house.leaves.push(bytes);
  house.now += 1_000;
  return toHex(hashLeaf(nodeCrypto, bytes));
}

export function addHeartbeat(house: House): void {
  addLeaf(house, { v: 2, type: 'heartbeat', at: timeOf(house.now) });
}

function addEvent(house: House, kind: string, body: { readonly [key: string]: Json } = {}): void {
  const n = house.events.length + 1;
  const salt = createHmac('sha256', 'salts').update(String(n)).digest().subarray(0, 16);
  const at = timeOf(house.now);
  const event = { n, at, type: kind, actor: null, session: null, ticket: null, body };
  house.events.push({ n, salt: toHex(salt), event });
  const commit = eventCommitment(nodeCrypto, salt, canonicalJson(event));
  addLeaf(house, { v: 2, type: 'event', at, n, kind, commit });
}

function addRecord(house: House, record: { readonly [key: string]: Json }): void {
  const bytes = Buffer.from(canonicalJson({ at: timeOf(house.now), ...record }));
  house.records.push(bytes);
  house.ledger.push(sigsumLeaf(nodeCrypto, house.submitter, bytes));
}

/** The bytes of a chunk, sealed as the recorder does. */
export function sealChunk(key: Uint8Array, header: Omit<ChunkHeader, 'bytes' | 'v'>, frames: readonly Frame[]): Buffer {
  const plain = Buffer.concat(frames.map((frame) => encodeFrame(frame)));
  const { head, headerBytes } = encodeChunkHead({ ...header, v: 2, bytes: plain.length });
  const secret = derive(key, KEY_LABELS.chunk(header.sid, header.stream, header.seq), 44);
  const cipher = createCipheriv('aes-256-gcm', secret.subarray(0, 32), secret.subarray(32));
  cipher.setAAD(headerBytes);
  const packed = header.alg === 'gzip' ? gzipSync(plain) : plain;
  return Buffer.concat([head, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
}

export interface RecordedSession {
  readonly sid: string;
  /** Session keys, which a real house has in age files alone. */
  readonly keys: Readonly<Record<Stream, Buffer>>;
}

/** A whole session: `lines` of output and input in turn, a chunk for every two frames. */
export function addSession(house: House, lines: readonly string[], options: { close?: boolean } = {}): RecordedSession {
  const sid = `00000000-0000-4000-8000-${String(house.sids.length + 1).padStart(12, '0')}`;
  house.sids.push(sid);
  const keys = { screen: derive(Buffer.from(sid), 'screen', 32), keystrokes: derive(Buffer.from(sid), 'keys', 32) };
  const wrap = (stream: Stream): string => {
    const bytes = Buffer.concat([Buffer.from(`age-encryption.org/v1 ${stream} `), derive(keys[stream], 'wrap', 64)]);
    house.files.set(PATHS.key(sid, stream), bytes);
    return sha256(bytes);
  };
  const commit = (stream: Stream): string => toHex(derive(keys[stream], KEY_LABELS.commitment(sid, stream), 32));
  let prev = addLeaf(house, {
    ...{ v: 2, type: 'session.open', at: timeOf(house.now), sid, kind: 'shell', beacon: null, build: 'test' },
    connection: pseudonymOf('c', sid),
    person: pseudonymOf('p', 'sato'),
    target: pseudonymOf('t', 'db1'),
    meta: toHex(derive(keys.screen, 'meta', 32)),
    keys: { screen: commit('screen'), keystrokes: commit('keystrokes') },
    wraps: { screen: wrap('screen'), keystrokes: wrap('keystrokes') },
  });
  const frames = lines.map(
    (line, seq): Frame => ({
      ...{ type: seq === 0 ? 'h' : seq % 2 === 1 ? 'o' : 'i', seq, payload: Buffer.from(line) },
      micros: BigInt(house.now) * 1000n + BigInt(seq),
    }),
  );
  const count = { screen: 0, keystrokes: 0 };
  for (const stream of ['screen', 'keystrokes'] as const) {
    const own = frames.filter(({ type }) => streamOf(type) === stream);
    for (let at = 0; at < own.length; at += 2) {
      const some = own.slice(at, at + 2);
      const [first, last] = [some[0], some.at(-1)];
      if (first === undefined || last === undefined) continue;
      const about = { sid, stream, seq: count[stream], first: first.seq, frames: some.length };
      const times = { t0: Number(first.micros), t1: Number(last.micros) };
      const bytes = sealChunk(keys[stream], { ...about, ...times, alg: at === 0 ? 'gzip' : 'none' }, some);
      const object = sha256(bytes);
      house.files.set(PATHS.object(object), bytes);
      count[stream] += 1;
      const leaf = { ...about, ...times, object, bytes: bytes.length, prev };
      prev = addLeaf(house, { v: 2, type: 'session.chunk', at: timeOf(house.now), ...leaf });
    }
  }
  if (options.close !== false) {
    const totals = { frames: frames.length, ...count, recovered: false };
    addLeaf(house, { v: 2, type: 'session.close', at: timeOf(house.now), sid, ...totals, prev });
  }
  return { sid, keys };
}

/** Two sessions, events, exports and heartbeats: what the scripts of the insiders work on. */
export function usualHouse(): House {
  const house = newHouse();
  addHeartbeat(house);
  addEvent(house, 'person.signed_in', { person: 'sato' });
  addSession(house, ['{"meta":1}', '$ ', 'ls\r', 'a b c\r\n$ ', 'exit\r', 'bye']);
  addEvent(house, 'export.intent', { ticket: 7 });
  addRecord(house, { type: 'intent', ticket: 7 });
  addSession(house, ['{"meta":2}', '# ', 'id\r']);
  addRecord(house, { type: 'result', ticket: 7, rows: 3 });
  addEvent(house, 'export.result', { ticket: 7, rows: 3 });
  addHeartbeat(house);
  return house;
}

/** One of everything, so small that every bit of it can be changed. */
export function tinyHouse(): House {
  const house: House = { ...newHouse(), witnesses: [signerOf('client.example/w')] };
  addEvent(house, 'export.intent');
  addSession(house, ['{}', '$']);
  addRecord(house, { rows: 1 });
  house.now += 120_000;
  addHeartbeat(house);
  return house;
}

export interface WriteOptions {
  /** Who cosigns; all witnesses unless said. */
  readonly cosigners?: readonly Signer[];
  readonly cosignedAt?: number;
}

/** A whole log under its place: checkpoint, tiles, bundles. */
export function writeLog(place: string, log: Signer, leaves: readonly Uint8Array[], options: WriteOptions): Files {
  const files: Files = new Map();
  const store = createNodeStore(nodeCrypto);
  for (const leaf of leaves) store.append(hashLeaf(nodeCrypto, leaf));
  for (const { path, bytes } of store.tiles()) files.set(`${place}/${path}`, bytes);
  for (const { number, width } of bundlesOf(leaves.length)) {
    files.set(`${place}/${bundlePath(number, width)}`, encodeBundle(leaves.slice(number * 256, number * 256 + width)));
  }
  files.set(`${place}/checkpoint`, writeCheckpoint(log, store.size, store.root(), options));
  return files;
}

export function writeCheckpoint(log: Signer, size: number, root: Uint8Array, options: WriteOptions): Uint8Array {
  const body = formatCheckpoint({ origin: log.name, size, root });
  const time = options.cosignedAt ?? Math.floor(START / 1000) + 86_400;
  const lines = (options.cosigners ?? []).map((witness) => cosign(nodeCrypto, witness, body, time)).join('');
  return addSignatures(signNote(nodeCrypto, body, log), lines);
}

/** All files of the directory, signed and cosigned. */
export function writeHouse(house: House, options: WriteOptions = {}): Files {
  const cosigning = { cosigners: house.witnesses, ...options };
  const files: Files = new Map([
    ...house.files,
    ...writeLog('log', house.log, house.leaves, cosigning),
    ...writeLog('ledger', house.ledgerLog, house.ledger, cosigning),
    [PATHS.policy, policyOf(house)],
    [PATHS.submitter, Buffer.from(`${toHex(house.submitter.publicKey)}\n`)],
    [PATHS.events, Buffer.from(house.events.map(formatEventLine).join(''))],
  ]);
  for (const [index, record] of house.records.entries()) files.set(PATHS.record(index), record);
  return files;
}

export function policyOf(house: House): Uint8Array {
  return policyText([house.log, house.ledgerLog], house.witnesses);
}

export function sourceOf(files: Files) {
  return {
    paths: [...files.keys()],
    read: (path: string) => Promise.resolve(files.get(path)),
  };
}
