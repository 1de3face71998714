/** `sekisho keys rewrap`: by somebody who holds an identity, the keys of old recordings to the recipients of now. */
import { insertRewrap, requireKeeper } from '../../approvals/index.ts';
import { type Clock, type Database, GatewayError, sha256 } from '../../foundation/index.ts';
import type { Person, SessionId } from '../../policy/index.ts';
import {
  KeyFiles,
  keyCommitment,
  readStories,
  type RecordingSource,
  type Recipients,
  type SessionStory,
  type StreamName,
  STREAMS,
  wrapKey,
} from '../../recorder/index.ts';

export interface RewrapOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly person: Person;
  readonly recordings: RecordingSource;
  readonly recipients: Recipients;
  readonly sessions: readonly string[];
}

export interface Rewrapped {
  readonly session: string;
  readonly stream: StreamName;
  /** `locked`: no identity here opens it; `erased`: there is no key any more. */
  readonly outcome: 'ordered' | 'erased' | 'locked';
}

/**
 * Puts each key, wrapped anew, beside the old one, and orders the gateway to exchange them.
 * @throws {GatewayError} `not_found` no sealed recording; `recording_corrupt` a key that the log did not commit to.
 */
export async function rewrapSessions(options: RewrapOptions): Promise<Rewrapped[]> {
  const { recordings, sessions } = options;
  await using files = new KeyFiles(recordings.directory);
  const storyOf = await readStories(recordings, sessions);
  const all: Rewrapped[] = [];
  for (const session of sessions) {
    const story = storyOf(session);
    if ('verdict' in story) throw new GatewayError('not_found', `${session}: ${story.detail}`);
    if (story.close === undefined) throw new GatewayError('not_found', `${session} is not sealed yet.`);
    for (const stream of STREAMS) {
      all.push({ session, stream, outcome: await rewrapStream(options, files, { story, stream }) });
    }
  }
  return all;
}

async function rewrapStream(
  { database, clock, person, recordings, recipients }: RewrapOptions,
  files: KeyFiles,
  { story, stream }: { readonly story: SessionStory; readonly stream: StreamName },
): Promise<Rewrapped['outcome']> {
  const { sid, keys } = story.open.leaf;
  const old = await files.read(sid, stream);
  if (old === undefined || story.shreds[stream] !== undefined) return 'erased';
  const unwrapped = await recordings.keys.unwrap(sid, stream);
  if ('missing' in unwrapped) return 'locked';
  const { key } = unwrapped;
  // Stops a file that was put there from being given out as this session's key under our name.
  if (keyCommitment(key, sid, stream) !== keys[stream]) {
    throw new GatewayError('recording_corrupt', `${sid}: the key of the ${stream} is not the one of the log.`);
  }
  const wrap = await wrapKey(key, recipients[stream]);
  key.fill(0);
  const [from, to] = [sha256(old), sha256(wrap)];
  await files.stage(sid, stream, { wrap, digest: to.toString('hex') });
  await database.inTransaction(async (tx) => {
    await requireKeeper(tx, person);
    await insertRewrap(tx, clock, { session: sid as SessionId, stream, from, to, by: person.id });
  });
  return 'ordered';
}
