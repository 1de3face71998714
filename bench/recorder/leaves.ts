/** The log: what a leaf costs its writer, and what a million of them cost whoever checks them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  bundlePath,
  createNodeStore,
  createTree,
  encodeBundle,
  encodeLeaf,
  hashLeaf,
  inclusionProof,
  type Leaf,
  parseLeaf,
  TILE_WIDTH,
  tileNodes,
  toHex,
  verifyEvidence,
  verifyInclusion,
} from '../../evidence/index.ts';
import { hasErrno } from '../../foundation/index.ts';
import { nodeCrypto } from '../../recorder/index.ts';
import { addSession, newHouse, policyOf, timeOf, writeCheckpoint } from '../../tests/evidence/support/house.ts';
import { seeded } from '../measure/random.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { newPlace } from './place.ts';

const CHUNKS_A_SESSION = 12;
const GAP_MILLIS = 50;

export function merkle(options: BenchOptions): Promise<Part> {
  const count = options.quick ? 2_000 : 200_000;
  const leaf = Buffer.alloc(400, 'x');
  const taken: number[] = [];
  for (let run = 0; run < (options.quick ? 1 : options.runs) + 1; run += 1) {
    const tree = createTree(nodeCrypto);
    const before = process.cpuUsage();
    for (let n = 0; n < count; n += 1) {
      leaf.writeUInt32BE(n, 0);
      tree.append(hashLeaf(nodeCrypto, leaf));
    }
    const { user, system } = process.cpuUsage(before);
    if (run > 0) taken.push((user + system) / count); // The first is the compiler's.
  }
  const micros = round(median(taken), 2);
  options.say(`merkle: ${micros} µs a leaf`);
  return Promise.resolve({
    figures: { merkle_append_us: { leaves: count, ...summary(taken) } },
    bars: [bar('merkle/append', { value: micros, op: '<=', limit: 10, unit: 'µs' })],
  });
}

/** Leaves of sessions one after the other, as a busy gateway logs them, without end. */
function* sessionLeaves(millis: number): Generator<Uint8Array, never, undefined> {
  const random = seeded(11);
  const hash = (): string => random.bytes(32).toString('hex');
  const name = (kind: string): string => `${kind}-${random.bytes(16).toString('hex')}`;
  let now = millis;
  for (let session = 0, event = 0; ; session += 1) {
    const sid = `00000000-0000-4000-9000-${String(session).padStart(12, '0')}`;
    let prev = '';
    const next = (leaf: Leaf): Uint8Array => {
      const bytes = encodeLeaf(leaf);
      prev = toHex(hashLeaf(nodeCrypto, bytes));
      now += GAP_MILLIS;
      return bytes;
    };
    const common = (): { v: 2; at: string; sid: string } => ({ v: 2, at: timeOf(now), sid });
    yield next({
      ...common(),
      ...{ type: 'session.open', kind: 'shell', beacon: null, build: 'bench', meta: hash() },
      ...{ connection: name('c'), person: name('p'), target: name('t') },
      ...{ keys: { screen: hash(), keystrokes: hash() }, wraps: { screen: hash(), keystrokes: hash() } },
    });
    for (let seq = 0; seq < CHUNKS_A_SESSION; seq += 1) {
      const times = { t0: now * 1_000, t1: now * 1_000 + 9 };
      const about = { stream: 'screen', seq, object: hash(), bytes: 60_000, first: seq * 10, frames: 10 } as const;
      yield next({ ...common(), type: 'session.chunk', ...about, ...times, prev });
    }
    const totals = { frames: CHUNKS_A_SESSION * 10, screen: CHUNKS_A_SESSION, keystrokes: 0, recovered: false };
    yield next({ ...common(), type: 'session.close', ...totals, prev });
    event += 1;
    now += GAP_MILLIS;
    yield encodeLeaf({ v: 2, type: 'event', at: timeOf(now), n: event, kind: 'session.closed', commit: hash() });
  }
}

/** A log of `count` leaves in files, cosigned; one session in it is real to its last byte. */
async function writeGreatLog(directory: string, count: number) {
  const house = newHouse();
  const { sid } = addSession(house, ['{"meta":1}', '$ ', 'ls\r', 'a b c\r\n$ ', 'exit\r', 'bye']);
  const put = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), bytes);
  };
  const store = createNodeStore(nodeCrypto);
  const more = sessionLeaves(house.now);
  let bundle: Uint8Array[] = [];
  let [bytes, newest] = [0, house.now];
  for (let index = 0; index < count; index += 1) {
    const leaf = house.leaves[index] ?? more.next().value;
    store.append(hashLeaf(nodeCrypto, leaf));
    bundle.push(leaf);
    bytes += leaf.length;
    if (index === count - 1) newest = Date.parse(parseLeaf(leaf)?.at ?? '');
    if (bundle.length < TILE_WIDTH && index < count - 1) continue;
    await put(`log/${bundlePath(Math.floor(index / TILE_WIDTH), bundle.length)}`, encodeBundle(bundle));
    bundle = [];
  }
  for (const tile of store.tiles()) await put(`log/${tile.path}`, tile.bytes);
  const cosigning = { cosigners: house.witnesses, cosignedAt: Math.ceil(newest / 1_000) + 60 };
  await put('log/checkpoint', writeCheckpoint(house.log, store.size, store.root(), cosigning));
  for (const [path, content] of house.files) await put(path, content);
  return { sid, policy: policyOf(house), root: store.root(), bytes };
}

export async function proofs(options: BenchOptions): Promise<Part> {
  const count = options.quick ? 5_000 : 1_000_000;
  await using place = await newPlace();
  const began = performance.now();
  const { sid, policy, root, bytes } = await writeGreatLog(place.path, count);
  options.say(
    `proofs: ${count} leaves, ${round(bytes / 1e6, 0)} MB, made in ${round((performance.now() - began) / 1_000, 0)} s`,
  );
  const read = (path: string): Promise<Uint8Array | undefined> =>
    readFile(join(place.path, path)).catch((thrown: unknown) => {
      if (hasErrno(thrown, 'ENOENT')) return undefined;
      throw thrown;
    });
  const scope = { kind: 'sessions', sessions: [sid] } as const;
  const started = performance.now();
  const report = await verifyEvidence({ source: { read }, crypto: nodeCrypto, scope, policy });
  const seconds = round((performance.now() - started) / 1_000, 2);
  // A figure of a check that did not check everything would be worth nothing.
  if (report.verdict !== 'VERIFIED' || report.log?.size !== count) throw new Error(JSON.stringify(report.findings));
  const took = await proveSome(read, { count, root }, options.quick ? 20 : 200);
  options.say(`proofs: verified in ${seconds} s; a proof ${round(median(took))} ms`);
  return {
    figures: {
      verify_s: { leaves: count, bytes, seconds, leaves_per_s: round(count / seconds, 0) },
      inclusion_proof_ms: summary(took),
    },
    bars: [
      bar('verify/million', { value: seconds, op: '<=', limit: 10, unit: 's' }),
      bar('proof/inclusion', { value: round(median(took), 2), op: '<=', limit: 5, unit: 'ms' }),
    ],
  };
}

/** Each with none of its tiles read before: made from the files, checked against the root. */
async function proveSome(
  read: (path: string) => Promise<Uint8Array | undefined>,
  { count, root }: { count: number; root: Uint8Array },
  times: number,
): Promise<number[]> {
  const random = seeded(5);
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const index = random.below(count);
    const began = performance.now();
    const nodes = tileNodes(nodeCrypto, count, (path) => read(`log/${path}`));
    const leafHash = await nodes(0, index);
    const proof = await inclusionProof(nodeCrypto, nodes, index, count);
    const holds = verifyInclusion(nodeCrypto, { leafHash, index, size: count, proof, root });
    took.push(performance.now() - began);
    if (!holds) throw new Error(`the proof of leaf ${index} does not hold`);
  }
  return took;
}
