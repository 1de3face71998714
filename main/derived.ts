/** Replays and search beside the requests: what is sealed is made ready a little later, and the index is tested. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  asError,
  type Cleanup,
  type Clock,
  type Database,
  GatewayError,
  loadKeyFile,
  type Log,
} from '../foundation/index.ts';
import {
  type Derived,
  openRecordingReader,
  rebuildMarkPath,
  type RecordingSource,
  startDerived,
} from '../recorder/index.ts';
import type { DataDirectory } from './data-directory.ts';

interface DerivedParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly directory: Pick<DataDirectory, 'root' | 'keys'>;
  readonly recordings: RecordingSource;
}

const TURN_MS = 5_000;
const TEST_EVERY_TURNS = 720;

/** Where replays and the search index lie in a data directory. */
export function derivedOf(root: string): string {
  return join(root, 'derived');
}

/** @throws {GatewayError} `start_refused` when the key cannot be used. */
export async function startDerivedWork(parts: DerivedParts, cleanup: Cleanup): Promise<Derived> {
  const { database, clock, log, directory } = parts;
  const reader = openRecordingReader(parts.recordings);
  const key = await loadKeyFile(join(directory.keys, 'search_key'), 'search key');
  const derived = cleanup.use(
    await startDerived({
      ...{ database, clock, log },
      place: { directory: derivedOf(directory.root), key },
      framesOf: (sessionId, options) => reader.frames(sessionId, options),
    }),
  );
  cleanup.defer(keepUp(derived, log));
  return derived;
}

/** A test at the start and every hour; recordings as they are sealed. @returns what stops it. */
function keepUp(derived: Derived, log: Log): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turns = 0;
  const turn = async (): Promise<void> => {
    try {
      if (turns % TEST_EVERY_TURNS === 0) await derived.selfTest();
      turns += 1;
      await derived.catchUp();
    } catch (thrown) {
      if (!stopped) log.warn({ event: 'search.not_kept_up', err: asError(thrown) }, 'recordings wait to be searchable');
    }
    if (!stopped) timer = setTimeout(() => void turn(), TURN_MS).unref();
  };
  void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** `sekisho search rebuild`: asks the gateway of this data directory to make its search index anew. */
export async function runSearch(root: string, words: readonly string[]): Promise<number> {
  if (words.length !== 1 || words[0] !== 'rebuild') {
    throw new GatewayError('request_invalid', 'The one thing to do: sekisho search rebuild');
  }
  await writeFile(rebuildMarkPath(derivedOf(root)), '', { mode: 0o600 });
  process.stdout.write('The gateway makes its search index anew within seconds; the console shows how far it is.\n');
  return 0;
}
