/** What somebody inside can do to the evidence of a real gateway: its files, its keys, its database, its bundles. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { bundlePath, bundlesOf, parseBundle, PATHS, type Signer } from '../../../evidence/index.ts';
import { createLog, rawPublicKey } from '../../../foundation/index.ts';
import { runBundle } from '../../../main/bundle/index.ts';
import { openBundle } from '../../../main/bundle/zip-source.ts';
import { sumsOf } from '../../evidence/support/bundles.ts';
import { type Files, writeLog } from '../../evidence/support/house.ts';
import type { TestGateway } from '../../support/gateway.ts';
import { ROOT } from '../../support/paths.ts';
import { startCommand } from './command.ts';

export type Place = 'log' | 'ledger';

/** Which evidence the outsider asks for: sessions, or a period. */
export type Ask = { readonly sessions: readonly string[] } | { readonly from: string; readonly to: string };

/** The insider's own copy of everything: he shows what he likes of it. */
export interface Loot {
  readonly data: string;
  readonly gateway: TestGateway;
}

/** A copy of the data directory as root makes one. */
export async function copyData(gateway: TestGateway, to: string): Promise<Loot> {
  await cp(join(gateway.directory, 'data'), to, { recursive: true, filter: (path) => !path.endsWith('/wal') });
  return { data: to, gateway };
}

/** The bundle that the program makes of the copy and of the database as it is. */
export async function bundleOf({ data, gateway }: Loot, ask: Ask, policy: string, out: string): Promise<Files> {
  await rm(out, { force: true });
  await runBundle({
    ...{ dataDirectory: data, database: gateway.db.url, log: createLog('silent'), programDirectory: ROOT },
    ...{ ticket: undefined, screenOnly: false, recipients: [], identity: undefined, place: undefined, locale: 'en' },
    ...('sessions' in ask ? { ...ask, from: undefined, to: undefined } : { ...ask, sessions: [] }),
    ...{ policy, out },
  });
  using bundle = await openBundle(out);
  const files: Files = new Map();
  for (const path of bundle.paths) files.set(path, (await bundle.read(path)) ?? new Uint8Array());
  return files;
}

/** A bundle with right sums and everything, as the program would have written it. */
export async function zipFiles(files: Files, out: string): Promise<void> {
  const zip = new ZipFile();
  files.set(PATHS.sums, sumsOf(files));
  for (const [path, bytes] of files) zip.addBuffer(Buffer.from(bytes), path);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(out));
}

export interface Outsider {
  readonly policy: string;
  readonly submitter: string;
  readonly held: readonly string[];
}

/** `sekisho verify` as the outsider runs it, with what he holds himself. */
export async function verified(home: string, bundle: string, { policy, submitter, held }: Outsider) {
  const options = ['--policy', policy, '--submitter', submitter, ...held.flatMap((note) => ['--held', note])];
  await using command = startCommand(home, ['verify', bundle, '--json', ...options]);
  const { status, stdout, stderr } = await command.ended;
  if (!stdout.startsWith('{')) throw new Error(`no verdict: ${stderr}`);
  const report = JSON.parse(stdout) as {
    verdict: string;
    findings: { severity: string; code: string; where: string }[];
  };
  const found = report.findings.filter(({ severity }) => severity !== 'notice');
  return { status, verdict: report.verdict, found: found.map(({ code, where }) => `${code} ${where}`) };
}

const stolen = async (path: string): Promise<Omit<Signer, 'name'>> => {
  const key = createPrivateKey(await readFile(path));
  const publicKey = new Uint8Array(rawPublicKey(createPublicKey(key)));
  return { publicKey, sign: (message) => sign(null, message, key) };
};

/** The log's own key, stolen. */
export async function logSigner({ data }: Loot, place: Place): Promise<Signer> {
  const verifier = await readFile(join(data, 'recorder', place, 'verifier'), 'utf8');
  const key = await stolen(join(data, 'recorder', place, 'key.pem'));
  return { name: verifier.slice(0, verifier.indexOf('+')), ...key };
}

/** The key that submits to the ledger, stolen. */
export async function submitterSigner({ data }: Loot): Promise<Signer> {
  return { name: 'submitter', ...(await stolen(join(data, 'keys', 'ledger_submitter_ed25519.pem'))) };
}

export function leavesOf(files: Files, place: Place): Uint8Array[] {
  const size = Number(
    Buffer.from(files.get(`${place}/checkpoint`) ?? [])
      .toString()
      .split('\n')[1],
  );
  return [...bundlesOf(size)].flatMap(({ number, width }) =>
    parseBundle(files.get(`${place}/${bundlePath(number, width)}`) ?? new Uint8Array(), width),
  );
}

/** The log anew, of these leaves, in the bundle. */
export function resign(
  files: Files,
  place: Place,
  log: Signer,
  { leaves, cosigners = [] }: { leaves: readonly Uint8Array[]; cosigners?: readonly Signer[] },
): void {
  for (const path of [...files.keys()]) {
    if (path.startsWith(`${place}/tile/`) || path === `${place}/checkpoint`) files.delete(path);
  }
  const cosignedAt = Math.floor(Date.now() / 1_000);
  for (const [path, bytes] of writeLog(place, log, leaves, { cosigners, cosignedAt })) files.set(path, bytes);
}
