/**
 * Checks one recording from the files alone, by the one verifier (evidence/), and with the keys at hand looks into what
 * is sealed as well: every frame has to be what its chunk and the log say.
 */
import { join } from 'node:path';
import {
  EvidenceError,
  type EvidenceSource,
  type Finding,
  type FindingCode,
  type InspectedSession,
  parsePolicy,
  type Verdict,
  type VerifyReport as EvidenceReport,
  verifySession as verifyEvidenceOf,
  withFindings,
} from '../evidence/index.ts';
import { GatewayError } from '../foundation/index.ts';
import type { SessionId } from '../policy/index.ts';
import { openChunk, parseChunk } from './chunks/open.ts';
import { recorderEvidence } from './evidence-source.ts';
import { type FileSystem, nodeFiles } from './files.ts';
import { isSessionId } from './frames.ts';
import type { SessionKeyRing } from './keys/key-ring.ts';
import { keyCommitment, metaCommitment, type StreamName, STREAMS } from './keys/session-keys.ts';
import { readJournal } from './log/journal.ts';
import { logPolicy } from './log-policy.ts';
import { nodeCrypto } from './node-crypto.ts';
import type { ObjectStore } from './objects/store.ts';
import type { SessionStory } from './reading/session-story.ts';
import { fileObjects, readStories } from './reading/source.ts';
import { LOG, type SealedRecording } from './recording.ts';

export interface VerifyReport {
  readonly verdict: Verdict;
  readonly sessionId: string;
  /** Frames that the leaves count and bytes of objects that they name. */
  readonly frames: number;
  readonly bytes: number;
  /** What was found and where, the gravest first. */
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  /** The recorder's directory. */
  readonly directory: string;
  readonly sessionId: string;
  /** Where the chunks are. Default: the files under the directory. */
  readonly objects?: Pick<ObjectStore, 'get'>;
  /** With them what is sealed is read as well; without them its bytes are proven and not what they say. */
  readonly keys?: SessionKeyRing;
  /** Whose cosignatures count (c2sp.org/tlog-policy); its log is the one here unless it names one. Default: nobody's. */
  readonly policy?: string;
  readonly files?: FileSystem;
}

/** @throws {GatewayError} `request_invalid` when the session id is none; `config_invalid` for a policy that is none. */
export async function verifySession(options: VerifyOptions): Promise<VerifyReport> {
  const { directory, sessionId, files = nodeFiles, policy } = options;
  if (!isSessionId(sessionId)) throw new GatewayError('request_invalid', 'A session id is a UUID.');
  const applied = await logPolicy({ directory, files, policy });
  const witnessed = await checkAtOnce(options, applied);
  // What the witnesses did not see yet is in the newest checkpoint, which the log alone has signed.
  const isBehind = witnessed.findings.some(({ code }) => code === 'session_unknown' || code === 'session_open');
  const report = isBehind && witnessed.verdict !== 'TAMPERED' ? await check(options, applied, 'newest') : witnessed;
  const journal = await readJournal(files, join(directory, LOG));
  const { verdict, findings } =
    journal.condition === 'sound'
      ? report
      : withFindings(report, [{ code: 'root_differs', where: 'log/journal', detail: journal.detail }]);
  const [session] = report.sessions;
  return { verdict, sessionId, frames: session?.frames ?? 0, bytes: session?.bytes ?? 0, findings };
}

/** A key that was exchanged while it was checked differs from what the log said at the beginning: then once more. */
async function checkAtOnce(options: VerifyOptions, policy: Uint8Array | undefined): Promise<EvidenceReport> {
  const report = await check(options, policy, 'witnessed');
  if (!report.findings.some(({ code }) => code === 'key_differs')) return report;
  const anew = await check(options, policy, 'witnessed');
  // Only where the log says more by now: what differs from the same log was changed, and no look makes it right.
  return anew.log?.size === report.log?.size ? report : anew;
}

async function check(
  { directory, sessionId, files = nodeFiles, objects = fileObjects(directory, files), keys }: VerifyOptions,
  policy: Uint8Array | undefined,
  head: 'witnessed' | 'newest',
): Promise<EvidenceReport> {
  const common = { directory, files, policy: policy ?? null, readObject: (id: string) => objects.get(id) };
  const source = withoutLedger(recorderEvidence({ ...common, head }));
  const seen = head === 'newest' ? await recorderEvidence(common).read('log/checkpoint') : undefined;
  return verifyEvidenceOf(
    {
      ...{ source, crypto: nodeCrypto },
      // One that cannot be read is the source's: that is a finding then, and no mistake of whoever asks.
      policy: policy !== undefined && isPolicy(policy) ? policy : undefined,
      // What was cosigned has to be the beginning of it: the log's key alone must not tell another story.
      held: seen === undefined ? [] : [seen],
      ...(keys === undefined ? {} : { lookInside: (session) => lookInside({ source, keys }, session) }),
    },
    sessionId,
  );
}

/** Of a recording it says nothing: it is checked with the whole bundle. */
function withoutLedger(source: EvidenceSource): EvidenceSource {
  return { read: async (path) => (path.startsWith('ledger/') ? undefined : source.read(path)) };
}

function isPolicy(bytes: Uint8Array): boolean {
  try {
    parsePolicy(nodeCrypto, bytes);
    return true;
  } catch (thrown) {
    if (thrown instanceof EvidenceError) return false;
    throw thrown;
  }
}

interface Inside {
  readonly source: EvidenceSource;
  readonly keys: SessionKeyRing;
}

type Found = { readonly code: FindingCode; readonly where: string; readonly detail: string };

async function lookInside(inside: Inside, session: InspectedSession): Promise<Found[]> {
  const found: Found[] = [];
  for (const stream of STREAMS) {
    if (session.shredded[stream] !== undefined) continue;
    const unwrapped = await inside.keys.unwrap(session.sid, stream);
    if ('missing' in unwrapped) continue; // Told already, or not ours to open.
    const { key } = unwrapped;
    try {
      if (keyCommitment(key, session.sid, stream) === session.open.keys[stream]) {
        found.push(...(await openAll(inside, session, stream, key)));
      } else {
        // Whoever can write the wrapped key's leaf could otherwise swap it for one that opens nothing.
        found.push({ code: 'content_differs', where: `keys/${session.sid}.${stream}.age`, detail: 'commitment' });
      }
    } finally {
      key.fill(0);
    }
  }
  return found;
}

async function openAll(
  { source }: Inside,
  session: InspectedSession,
  stream: StreamName,
  key: Buffer,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const leaf of session.chunks.filter((chunk) => chunk.stream === stream)) {
    const bytes = await source.read(`objects/${leaf.object}`);
    if (bytes === undefined) continue; // Told already.
    try {
      const [first] = await openChunk(parseChunk(bytes), key);
      const begins = stream === 'screen' && leaf.seq === 0;
      const isMeta = first?.type === 'h' && metaCommitment(key, first.payload) === session.open.meta;
      if (begins && !isMeta) throw new GatewayError('recording_corrupt', 'meta');
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.code !== 'recording_corrupt') throw thrown;
      found.push({ code: 'content_differs', where: `objects/${leaf.object}`, detail: thrown.message });
    }
  }
  return found;
}

/**
 * What the log says of sealed sessions, in one reading of it; undefined for one that is not sealed.
 * @throws {GatewayError} `recording_corrupt` when asked for a session that the log tells of in a way it cannot have been.
 */
export async function findSealedRecordings(
  options: Pick<VerifyOptions, 'directory' | 'files'>,
  sessionIds: readonly string[],
): Promise<(sessionId: string) => SealedRecording | undefined> {
  const storyOf = await readStories(options, sessionIds);
  return (sessionId) => {
    const story = storyOf(sessionId);
    if (!('verdict' in story)) return story.close === undefined ? undefined : sealedOf(story, story.close);
    if (story.verdict === 'TAMPERED') throw new GatewayError('recording_corrupt', story.detail);
    return undefined;
  };
}

function sealedOf({ open, chunks }: SessionStory, close: NonNullable<SessionStory['close']>): SealedRecording {
  const all = [...chunks.screen, ...chunks.keystrokes];
  return {
    sessionId: open.leaf.sid as SessionId,
    file: open.leaf.sid,
    bytes: all.reduce((sum, { leaf }) => sum + leaf.bytes, 0),
    frames: close.leaf.frames,
    chunks: { screen: chunks.screen.length, keystrokes: chunks.keystrokes.length },
    head: Buffer.from(close.entry.hash),
    openLeaf: open.entry.index,
    closeLeaf: close.entry.index,
    recovered: close.leaf.recovered,
  };
}
