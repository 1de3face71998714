/** What belongs into a bundle: everything the check of the same scope will ask for. */
import { EvidenceError } from './bytes.ts';
import { parseCheckpoint } from './checkpoints.ts';
import type { Verifying } from './crypto.ts';
import { inspectLog } from './inspect-log.ts';
import { type Stream, STREAMS } from './leaves.ts';
import { namedKey, type NamedKey } from './named-key.ts';
import { createNodeStore, type NodeStore } from './nodes.ts';
import { parseNote } from './notes.ts';
import { type EvidenceSource, PATHS, type Scope } from './source.ts';
import { bundlePath, bundlesOf, encodeBundle, parseBundle } from './tiles.ts';
import { hashLeaf } from './tree.ts';
import { createFindings } from './verdicts.ts';

export interface CollectedLog {
  /** Path in the bundle and bytes of checkpoint, tiles and entries. */
  files(): Generator<{ path: string; bytes: Uint8Array }>;
  readonly size: number;
}

export interface Collection {
  readonly log: CollectedLog;
  readonly ledger: CollectedLog | undefined;
  readonly sessions: readonly string[];
  /** Paths of chunks. */
  readonly objects: readonly string[];
  readonly keys: readonly NamedKey[];
  /** Numbers of the events that have to be shown. */
  readonly events: readonly number[];
  /** The highest number of an event that the log commits to; -1 for none. */
  readonly lastEvent: number;
}

/** @throws {EvidenceError} when the log lacks a part, so that no bundle can be made of it. */
export async function collectEvidence({
  source,
  crypto,
  scope,
  streams,
}: {
  readonly source: EvidenceSource;
  readonly crypto: Verifying;
  readonly scope: Scope;
  readonly streams: readonly Stream[];
}): Promise<Collection> {
  const inspector = inspectLog({ crypto, scope, events: new Map(), findings: createFindings() });
  const log = await collectLog({ source, crypto }, PATHS.log, (index, bytes, hash) => {
    inspector.visit({ index, bytes, hash });
  });
  if (log === undefined) throw new EvidenceError('The log has no checkpoint yet.');
  const { sessions, closedEvents } = inspector.finish(undefined);
  const asked = STREAMS.filter((stream) => streams.includes(stream));
  const objects = sessions.flatMap(({ chunks }) =>
    chunks.filter(({ stream }) => asked.includes(stream)).map(({ object }) => PATHS.object(object)),
  );
  const keys = sessions.flatMap((session) => asked.map((stream) => namedKey(session, stream)));
  return {
    log,
    ledger: await collectLog({ source, crypto }, PATHS.ledger),
    sessions: sessions.map(({ sid }) => sid),
    // A chunk that two leaves name is one file.
    objects: [...new Set(objects)],
    keys,
    events: scope.kind === 'period' ? closedEvents : [],
    lastEvent: closedEvents.reduce((last, n) => Math.max(last, n), -1),
  };
}

async function collectLog(
  { source, crypto }: { readonly source: EvidenceSource; readonly crypto: Verifying },
  place: string,
  visit?: (index: number, bytes: Uint8Array, hash: Uint8Array) => void,
): Promise<CollectedLog | undefined> {
  const note = await source.read(`${place}/checkpoint`);
  if (note === undefined) return undefined;
  const { size } = parseCheckpoint(parseNote(note).body);
  const store = createNodeStore(crypto);
  const bundles: { path: string; bytes: Uint8Array }[] = [];
  for (const { number, width } of bundlesOf(size)) {
    const path = `${place}/${bundlePath(number, width)}`;
    const bytes = await source.read(path);
    if (bytes === undefined) throw new EvidenceError(`${path} is missing.`);
    const entries = parseBundle(bytes, width);
    for (const entry of entries) {
      const hash = hashLeaf(crypto, entry);
      visit?.(store.size, entry, hash);
      store.append(hash);
    }
    bundles.push({ path, bytes: encodeBundle(entries) });
  }
  return { size, files: () => filesOf(place, note, bundles, store) };
}

function* filesOf(
  place: string,
  note: Uint8Array,
  bundles: readonly { path: string; bytes: Uint8Array }[],
  store: NodeStore,
): Generator<{ path: string; bytes: Uint8Array }> {
  yield { path: `${place}/checkpoint`, bytes: note };
  yield* bundles;
  for (const { path, bytes } of store.tiles()) yield { path: `${place}/${path}`, bytes };
}
