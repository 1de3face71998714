/**
 * `sekisho keys`: what becomes of the keys of recordings. It works on the database and the data directory, as the user
 * of the gateway; what has to stand in the signed log the running gateway does, within a second or at its next start.
 */
import { placeHold, releaseHolds, requestErasure } from '../../approvals/index.ts';
import type { Config } from '../../config/index.ts';
import { createLog, Database, GatewayError, systemClock } from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import type { SessionId } from '../../policy/index.ts';
import { isSessionId, STREAMS, type StreamName } from '../../recorder/index.ts';
import { loadRecordingKeys } from '../recording-keys.ts';
import { recordingFiles } from '../recording-source.ts';
import { describeKeys } from './list.ts';
import { keeperCalled } from './person.ts';
import { rewrapSessions } from './rewrap.ts';
import { rotateIdentity } from './rotate.ts';

export interface KeysOptions {
  /** The act, then sessions. */
  readonly words: readonly string[];
  /** Login of who does it. */
  readonly as: string | undefined;
  readonly reason: string | undefined;
  readonly basis: string | undefined;
  readonly stream: string | undefined;
  readonly identity: string | undefined;
  readonly language: 'en' | 'ja';
}

const USAGE = 'sekisho keys list | rotate | rewrap SESSION… | shred SESSION… | hold SESSION… | release SESSION…';

type Settings = Pick<Config, 'database' | 'dataDirectory' | 'recorder'>;

export async function runKeys(options: KeysOptions, config: Settings): Promise<number> {
  process.stdout.write(await answerKeys(options, config));
  return 0;
}

/** What is printed. @throws {GatewayError} `request_invalid` and whatever the act refuses. */
export async function answerKeys(options: KeysOptions, config: Settings): Promise<string> {
  const [act, ...named] = options.words;
  if (act === 'rotate') return rotate(options, config);
  const url = config.database.url;
  if (url === null) throw new GatewayError('request_invalid', 'This needs a database that others reach: database.url');
  await using database = new Database({ url, poolSize: 2, log: createLog('silent') });
  if (act === 'list') {
    return await describeKeys(database, await loadRecordingKeys(config.recorder), options.language);
  }
  const sessions = sessionsOf(named);
  const done = await perform({ act, sessions, options, config, database });
  return `${done.join('\n')}\n`;
}

interface Command {
  readonly act: string | undefined;
  readonly sessions: readonly SessionId[];
  readonly options: KeysOptions;
  readonly config: Settings;
  readonly database: Database;
}

async function perform({ act, sessions, options, config, database }: Command): Promise<string[]> {
  const { basis = '', language, reason = '' } = options;
  const deps = { database, clock: systemClock };
  const person = await keeperCalled(database, options.as);
  const done: string[] = [];
  switch (act) {
    case 'hold':
    case 'release':
      for (const session of sessions) {
        await (act === 'hold' ? placeHold : releaseHolds)(deps, person, { session, reason });
        done.push(message(language, act === 'hold' ? 'keys.held' : 'keys.released', { session }));
      }
      return done;
    case 'shred':
      for (const session of sessions) {
        const asked = { session, streams: streamsOf(options.stream), reason, basis };
        const ids = await requestErasure(deps, person, asked);
        done.push(...ids.map((id) => message(language, 'keys.requested', { session, id })));
      }
      return done;
    case 'rewrap': {
      const recordings = await recordingFiles(config.dataDirectory, options.identity);
      const { recipients } = await loadRecordingKeys(config.recorder);
      const rewrapped = await rewrapSessions({ ...deps, person, recordings, recipients, sessions });
      return rewrapped.map(({ session, stream, outcome }) => message(language, `keys.${outcome}`, { session, stream }));
    }
    case undefined:
    default:
      throw new GatewayError('request_invalid', USAGE);
  }
}

async function rotate({ language }: KeysOptions, { recorder }: Settings): Promise<string> {
  if (recorder.replayIdentity === null) {
    throw new GatewayError('request_invalid', 'The console holds no identity: recorder.replay is false.');
  }
  const recipient = await rotateIdentity(recorder.replayIdentity);
  return `${message(language, 'keys.rotated', { recipient })}\n`;
}

function sessionsOf(named: readonly string[]): SessionId[] {
  if (named.length === 0 || !named.every(isSessionId)) throw new GatewayError('request_invalid', USAGE);
  return named.map((session) => session as SessionId);
}

function streamsOf(stream: string | undefined): readonly StreamName[] {
  const chosen = STREAMS.filter((known) => stream === undefined || known === stream);
  if (chosen.length === 0) throw new GatewayError('request_invalid', '--stream: screen or keystrokes');
  return chosen;
}
