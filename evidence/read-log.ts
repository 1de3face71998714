/** Reads a log of c2sp.org/tlog-tiles whole and recomputes everything that its checkpoint was signed over. */
import { equal, EvidenceError } from './bytes.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { Verifying } from './crypto.ts';
import { createNodeStore, type NodeStore } from './nodes.ts';
import { policyAccepts, type PolicyDecision } from './policy-accepts.ts';
import { isQuorum, type Policy } from './policy.ts';
import type { EvidenceSource, Progress } from './source.ts';
import { bundlePath, bundlesOf, parseBundle, TILE_WIDTH } from './tiles.ts';
import { hashLeaf } from './tree.ts';
import type { Findings } from './verdicts.ts';

export interface LogCheck {
  readonly source: EvidenceSource;
  readonly crypto: Verifying;
  /** `log` or `ledger`. */
  readonly place: string;
  readonly policy: Policy;
  /** Checkpoints of this log that the verifier has from elsewhere. */
  readonly held: readonly Checkpoint[];
  readonly findings: Findings;
  /** Sees every entry in order; what it is told counts only when the root is right in the end. */
  readonly visit: (entry: { readonly index: number; readonly bytes: Uint8Array; readonly hash: Uint8Array }) => void;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The decision about its checkpoint, and its tree when the entries give the signed root. */
export interface CheckedLog {
  readonly decision: PolicyDecision;
  readonly store: NodeStore;
}

/** Undefined when the log cannot be judged at all; the findings say why. */
export async function checkLog(check: LogCheck): Promise<CheckedLog | undefined> {
  const decision = await checkCheckpoint(check);
  if (decision === undefined) return undefined;
  const { checkpoint } = decision;
  const store = await readEntries(check, checkpoint);
  if (store === undefined) return undefined;
  if (equal(store.root(), checkpoint.root)) {
    const differing = await firstDifference(check, store);
    if (differing !== undefined) check.findings.add('tile_differs', differing.path);
  } else {
    check.findings.add('root_differs', await placeOfDifference(check, store));
    return undefined;
  }
  return { decision, store };
}

async function checkCheckpoint(check: LogCheck): Promise<PolicyDecision | undefined> {
  const { source, crypto, place, policy, findings } = check;
  const path = `${place}/checkpoint`;
  const note = await source.read(path);
  if (note === undefined) {
    findings.add('checkpoint_missing', path);
    return undefined;
  }
  try {
    const decision = policyAccepts(crypto, policy, note);
    checkWitnesses(decision, check, path);
    return decision;
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    findings.add('checkpoint_false', path, thrown.message);
    return undefined;
  }
}

function checkWitnesses({ accepted, by, missing }: PolicyDecision, { policy, findings }: LogCheck, path: string): void {
  if (!accepted) findings.add('witnesses_missing', path, missing.join(' '));
  else if (isQuorum(policy, new Set())) findings.add('no_witness_asked', path, by.join(' '));
}

async function readEntries(check: LogCheck, checkpoint: Checkpoint): Promise<NodeStore | undefined> {
  const { source, crypto, place, held, findings } = check;
  const store = createNodeStore(crypto);
  const heldAt = new Map(held.map((known) => [known.size, known.root]));
  for (const [size] of heldAt) {
    if (size > checkpoint.size) findings.add('held_newer', `${place}/checkpoint`, `${checkpoint.size} < ${size}`);
  }
  const compare = (): void => {
    const root = heldAt.get(store.size);
    if (root !== undefined && !equal(root, store.root()))
      findings.add('held_differs', `${place}/checkpoint`, `${store.size}`);
  };
  compare();
  for (const { number, width } of bundlesOf(checkpoint.size)) {
    const path = `${place}/${bundlePath(number, width)}`;
    const bytes = await source.read(path);
    if (bytes === undefined) {
      findings.add('bundle_missing', path);
      return undefined;
    }
    for (const entry of entriesOf(bytes, width, path, findings)) {
      const hash = hashLeaf(crypto, entry);
      check.visit({ index: store.size, bytes: entry, hash });
      store.append(hash);
      compare();
    }
    if (store.size < number * TILE_WIDTH + width) return undefined;
    check.onProgress?.({ stage: place === 'log' ? 'log' : 'ledger', done: store.size, total: checkpoint.size });
  }
  return store;
}

function entriesOf(bytes: Uint8Array, width: number, path: string, findings: Findings): readonly Uint8Array[] {
  try {
    return parseBundle(bytes, width);
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    findings.add('bundle_unreadable', path, thrown.message);
    return [];
  }
}

/** The first tile that is there and is not what the entries give. Tiles are a help, so a missing one is no matter. */
async function firstDifference(
  { source, place }: LogCheck,
  store: NodeStore,
): Promise<{ path: string; entry: number | undefined } | undefined> {
  for (const { path, bytes, level, number } of store.tiles()) {
    const there = await source.read(`${place}/${path}`);
    if (there === undefined || equal(there, bytes)) continue;
    const at = bytes.findIndex((byte, offset) => byte !== there[offset]);
    const entry = level === 0 && at >= 0 ? number * TILE_WIDTH + Math.floor(at / 32) : undefined;
    return { path: `${place}/${path}`, entry };
  }
  return undefined;
}

/** Where the root is wrong, the tiles of before may still tell which entry was changed. */
async function placeOfDifference(check: LogCheck, store: NodeStore): Promise<string> {
  const difference = await firstDifference(check, store);
  if (difference?.entry !== undefined)
    return `${check.place === 'log' ? '' : `${check.place} `}leaf ${difference.entry}`;
  return `${check.place}/${difference === undefined ? 'tile/entries' : difference.path.slice(check.place.length + 1)}`;
}
