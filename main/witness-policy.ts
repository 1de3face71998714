/** The policy that this gateway goes by, as the lines of c2sp.org/tlog-policy: whose cosignatures its log has to have. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/index.ts';
import { asError, GatewayError } from '../foundation/index.ts';

/** Its policy file as it is, or all of its witnesses. Names no log unless the file does. */
export async function configuredPolicy({
  policyFile,
  witnesses,
}: Pick<Config['recorder']['log'], 'policyFile' | 'witnesses'>): Promise<string> {
  if (policyFile !== null) return readPolicyText(policyFile);
  if (witnesses.length === 0) return 'quorum none\n';
  const lines = witnesses.map(({ key, url }, at) => `witness w${at + 1} ${key} ${url}\n`);
  return `${lines.join('')}group all all ${witnesses.map((_, at) => `w${at + 1}`).join(' ')}\nquorum all\n`;
}

/** @throws {GatewayError} `config_invalid` when it cannot be read. */
export async function readPolicyText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new GatewayError('config_invalid', `${path} cannot be read: ${asError(cause).message}`, { cause });
  });
}
