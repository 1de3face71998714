/** The audit log's settings and the export ledger, as the configuration says: their names, heads and witnesses. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { equal } from '../evidence/index.ts';
import { asError, type Cleanup, type Clock, GatewayError, hasErrno, type Log } from '../foundation/index.ts';
import {
  createFault,
  createPseudonyms,
  type ExportLedger,
  nodeFiles,
  parsePolicy,
  parseVerifierLine,
  replaceFile,
  startExportLedger,
  type TransparencySettings,
  type Witnesses,
} from '../recorder/index.ts';
import type { DataDirectory } from './data-directory.ts';
import { configuredPolicy } from './witness-policy.ts';

type LogConfig = Config['recorder']['log'];

/** @throws {GatewayError} `config_invalid` when a key or the policy cannot be used. */
export async function readTransparency(config: LogConfig): Promise<TransparencySettings> {
  const { origin, headFile } = config;
  return { origin, headFile, witnesses: await readWitnesses(config) };
}

async function readWitnesses(config: LogConfig): Promise<Witnesses> {
  const named = config.witnesses.map(({ key, url }, at) => {
    const verifier = parseVerifierLine(key, 'witness');
    if (verifier === undefined)
      throw new GatewayError('config_invalid', `recorder.log.witnesses.${at}.key is no Ed25519 key of a witness.`);
    return { key: verifier, url };
  });
  const policy = parsePolicy(await configuredPolicy(config));
  const asked = [...named, ...policy.witnesses].flatMap(({ key, url }) =>
    url === null ? [] : [{ name: key.name, verifier: key, url }],
  );
  const once = asked.filter(
    ({ verifier }, at) => asked.findIndex((other) => equal(other.verifier.publicKey, verifier.publicKey)) === at,
  );
  if (policy.quorum !== 'none' && once.length === 0)
    throw new GatewayError('config_invalid', 'recorder.log: no witness of the policy has an address.');
  for (const { url } of once) {
    if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol))
      throw new GatewayError(
        'config_invalid',
        'recorder.log: the address of a witness begins with http:// or https://.',
      );
  }
  return { policy, asked: once };
}

export interface LedgerDeps {
  readonly directory: DataDirectory;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: TransparencySettings;
  /** Of the pseudonyms in the log. */
  readonly pseudonymKey: Uint8Array;
  /** Whether an export was ever made: then there has to be a ledger. */
  readonly mayCreate: boolean;
}

/** Opens the export ledger; when its disk fails exports stay closed and everything else goes on. */
export async function openLedger(deps: LedgerDeps, cleanup: Cleanup): Promise<ExportLedger> {
  const { directory, clock, log, settings, pseudonymKey, mayCreate } = deps;
  const fault = createFault((error) => {
    const err = asError(error.cause ?? error);
    log.error({ event: 'ledger.failed', err }, 'the export ledger stores nothing more: exports stay closed');
  });
  return cleanup.use(
    await startExportLedger({
      directory: join(directory.recorder, 'ledger'),
      files: nodeFiles,
      ...{ fault, clock, log, mayCreate },
      headFile: `${settings.headFile}.ledger`,
      witnesses: settings.witnesses,
      submitter: await loadSubmitter(join(directory.keys, 'ledger_submitter_ed25519.pem')),
      pseudonyms: createPseudonyms(pseudonymKey),
    }),
  );
}

/** The key that signs the ledger's entries, PKCS#8 PEM, 0600; the first start makes it. */
async function loadSubmitter(path: string): Promise<KeyObject> {
  const pem = await readFile(path).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });
  if (pem !== undefined) return createPrivateKey(pem);
  const { privateKey } = generateKeyPairSync('ed25519');
  await replaceFile(nodeFiles, path, Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  return privateKey;
}
