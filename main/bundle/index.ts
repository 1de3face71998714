/** `sekisho bundle`: everything that an outsider needs to check sessions, a ticket or a period, in one file. */
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type EvidenceSource,
  EvidenceError,
  type Manifest,
  type OpenedEvent,
  type Scope,
} from '../../evidence/index.ts';
import {
  Cleanup,
  Database,
  GatewayError,
  type Log,
  rawPublicKey,
  type Secret,
  systemClock,
} from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import {
  eventSalt,
  loggedForm,
  logPolicy,
  nodeCrypto,
  nodeFiles,
  recorderEvidence,
  readWhole,
} from '../../recorder/index.ts';
import { type ObjectPlace, objectsAt } from '../recording-source.ts';
import { VERSION } from '../version.ts';
import { configuredPolicy, readPolicyText } from '../witness-policy.ts';
import { encryptTo, namesTable, rewrapKeys } from './for-receiver.ts';
import { makeBundle } from './make.ts';
import { selectEvents, selectNames, selectTicketSessions } from './queries.ts';
import { bundleReadme } from './readme.ts';

export interface BundleOptions {
  readonly dataDirectory: string;
  /** Null: without a database, so without events and names. */
  readonly database: Secret<string> | null;
  readonly log: Log;
  /** Where the program is installed. */
  readonly programDirectory: string;
  readonly sessions: readonly string[];
  readonly ticket: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly screenOnly: boolean;
  readonly recipients: readonly string[];
  readonly identity: string | undefined;
  /** A policy file for the one that goes in; without it the configuration's. */
  readonly policy: string | undefined;
  /** Where a configured gateway's objects and witnesses are; without it the data directory is all there is. */
  readonly place: ObjectPlace | undefined;
  readonly out: string | undefined;
  readonly locale: 'en' | 'ja';
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws {GatewayError} `request_invalid`, `not_found`, `recording_corrupt` when the log cannot be read. */
export async function runBundle(options: BundleOptions): Promise<number> {
  const { out } = options;
  if (out === undefined) throw new GatewayError('request_invalid', 'Say where the bundle goes: --out FILE.zip');
  await using cleanup = new Cleanup();
  const db =
    options.database === null
      ? undefined
      : cleanup.use(new Database({ url: options.database, poolSize: 2, log: options.log }));
  const manifest = await describe(options, db);
  const source = await openSource(options);
  const made = await makeBundle({
    ...{ source, crypto: nodeCrypto, manifest, out },
    openEvents: (sessions, numbers) => openEvents(options, db, sessions, numbers),
    extras: (sessions) => extras(options, { source, manifest, db }, sessions),
  }).catch((thrown: unknown) => {
    if (thrown instanceof EvidenceError) throw new GatewayError('recording_corrupt', thrown.message, { cause: thrown });
    throw thrown;
  });
  const { locale } = options;
  const counts = { sessions: made.sessions.length, files: made.files, size: made.size };
  process.stdout.write(`${message(locale, 'bundle.made', { out, ...counts })}\n`);
  if (db === undefined) process.stderr.write(`${message(locale, 'bundle.no_database')}\n`);
  for (const path of made.missing) process.stderr.write(`${message(locale, 'bundle.missing', { path })}\n`);
  return made.missing.length === 0 ? 0 : 2;
}

async function describe(options: BundleOptions, db: Database | undefined): Promise<Manifest> {
  const ticket = options.ticket === undefined ? null : Number(options.ticket);
  return {
    ...{ v: 1, type: 'sekisho.evidence', made: systemClock.now().toISOString(), build: `sekisho ${VERSION}`, ticket },
    scope: await scopeOf(options, db),
    streams: options.screenOnly ? ['screen'] : ['screen', 'keystrokes'],
  };
}

async function scopeOf({ sessions, ticket, from, to }: BundleOptions, db: Database | undefined): Promise<Scope> {
  const asked = [sessions.length > 0, ticket !== undefined, from !== undefined || to !== undefined];
  if (asked.filter(Boolean).length !== 1) {
    throw new GatewayError(
      'request_invalid',
      'Ask for one thing: --session ID…, --ticket N, or --from TIME --to TIME.',
    );
  }
  if (from !== undefined || to !== undefined) return { kind: 'period', from: timeOf(from), to: timeOf(to) };
  if (ticket === undefined) return { kind: 'sessions', sessions: sessions.map(sessionId) };
  if (db === undefined) throw new GatewayError('request_invalid', 'A ticket is found in the database alone.');
  if (!/^[1-9][0-9]{0,14}$/.test(ticket)) throw new GatewayError('request_invalid', '--ticket takes a number.');
  const found = await selectTicketSessions(db, Number(ticket));
  if (found.length === 0) throw new GatewayError('not_found', 'No session used this ticket.');
  return { kind: 'sessions', sessions: found };
}

function sessionId(text: string): string {
  if (!UUID.test(text)) throw new GatewayError('request_invalid', 'A session id is a UUID.');
  return text;
}

function timeOf(text: string | undefined): string {
  const millis = text === undefined ? Number.NaN : Date.parse(text);
  if (Number.isNaN(millis))
    throw new GatewayError('request_invalid', '--from and --to take times: 2026-11-01T00:00:00Z');
  return new Date(millis).toISOString();
}

async function openSource({ dataDirectory, policy, place }: BundleOptions): Promise<EvidenceSource> {
  const directory = join(dataDirectory, 'recorder');
  const objects = await objectsAt(directory, place);
  const pem = await keyFile(dataDirectory, 'ledger_submitter_ed25519.pem');
  const configured = place === undefined ? NOBODY : await configuredPolicy(place.recorder.log);
  const own = policy === undefined ? configured : await readPolicyText(policy);
  return recorderEvidence({
    directory,
    readObject: (id) => objects.get(id),
    policy: (await logPolicy({ directory, files: nodeFiles, policy: own })) ?? Buffer.from(own),
    submitter: pem === undefined ? null : rawPublicKey(createPublicKey(pem)),
  });
}

/** A policy that asks for nobody. */
const NOBODY = 'quorum none\n';
const KEY_FILE_BYTES_MAX = 16 * 1024;
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Undefined when it is not there: then what needs it is left out. */
function keyFile(dataDirectory: string, name: string): Promise<Buffer | undefined> {
  return readWhole(nodeFiles, join(dataDirectory, 'keys', name), KEY_FILE_BYTES_MAX);
}

/** What the log commits to: the row as it is stored, salted so that nobody can guess it from the commitment. */
async function openEvents(
  { dataDirectory }: BundleOptions,
  db: Database | undefined,
  sessions: readonly string[],
  numbers: readonly number[],
): Promise<OpenedEvent[]> {
  const key = await keyFile(dataDirectory, 'event_salt_key');
  if (db === undefined || key === undefined) return [];
  const rows = await selectEvents(db, sessions, numbers);
  return rows.map((row) => ({
    n: row.seq,
    salt: eventSalt(key, row.seq).toString('hex'),
    event: loggedForm(row),
  }));
}

async function extras(
  options: BundleOptions,
  { source, manifest, db }: { source: EvidenceSource; manifest: Manifest; db: Database | undefined },
  sessions: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const { programDirectory, dataDirectory, recipients } = options;
  const files = new Map<string, Uint8Array>([
    ['README.md', bundleReadme('en', manifest)],
    ['README.ja.md', bundleReadme('ja', manifest)],
    ['verify.py', await readFile(join(programDirectory, 'evidence', 'python', 'verify.py'))],
  ]);
  // Where the program was not built, as beside its sources, there is none: verify.py says the same.
  const page = await readWhole(nodeFiles, join(programDirectory, 'dist', 'verify', 'verify.html'), PAGE_BYTES_MAX);
  if (page !== undefined) files.set('verify.html', page);
  if (recipients.length === 0) return files;
  const encrypt = encryptTo(recipients);
  const identity = await readFile(options.identity ?? join(dataDirectory, 'keys', 'replay_identity.age.txt'), 'utf8');
  const rewrapped = await rewrapKeys({ source, encrypt, identity, streams: manifest.streams }, sessions);
  for (const [path, bytes] of rewrapped) files.set(path, bytes);
  const pseudonymKey = await keyFile(dataDirectory, 'pseudonym_key');
  if (db !== undefined && pseudonymKey !== undefined) {
    files.set('names.age', await encrypt(namesTable(await selectNames(db, sessions), pseudonymKey)));
  }
  return files;
}
