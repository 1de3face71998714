/**
 * Looking at which accounts a target has: the gateway's own errand, beside the way of sessions. It enters one listed
 * account by a certificate that the target itself holds to one command (`force-command`), without terminal, forwarding
 * or a person's name, for minutes. Whatever else were asked on the connection, the target would run that command.
 */
import { randomBytes } from 'node:crypto';
import { type Clock, GatewayError, LIMITS } from '../../../foundation/index.ts';
import type { UserAuthority } from '../../../identity/index.ts';
import type { ExistingAccount, Target } from '../../../policy/index.ts';
import type { ClientChannel } from '../library/index.ts';
import { ACCOUNTS_COMMAND, parseAccounts } from './accounts-output.ts';
import { issueCredential } from './credentials.ts';
import { unlessAborted } from './deadline.ts';
import { type ErrandDeps, runErrand } from './errand.ts';

export interface LookDeps extends ErrandDeps {
  readonly clock: Clock;
  readonly authority: UserAuthority;
}

/**
 * Only for a target that no relay host stands before.
 * @param keyId what the target writes into its own log of this entry
 * @throws {GatewayError} a DialFailure, or `protocol_violation`.
 */
export async function readTargetAccounts(
  deps: LookDeps,
  { target, inspectAs, keyId }: { readonly target: Target; readonly inspectAs: string; readonly keyId: string },
): Promise<readonly ExistingAccount[]> {
  const credential = () => {
    const serial = randomBytes(8).readBigUInt64BE() >> 1n;
    const request = { target, account: inspectAs, keyId, serial, extensions: [] };
    return issueCredential(deps, { ...request, forceCommand: ACCOUNTS_COMMAND });
  };
  return runErrand(deps, { target, account: inspectAs, credential }, async (connection, signal) => {
    const channel = await connection.exec(ACCOUNTS_COMMAND, { terminal: undefined, environment: {} });
    return parseAccounts(await unlessAborted(signal, outputOf(channel)));
  });
}

/** Everything it says until it ends. @throws {GatewayError} `protocol_violation`: more than the bound. */
function outputOf(channel: ClientChannel): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    channel.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= LIMITS.targetAccountsBytesMax) parts.push(part);
      else {
        channel.destroy();
        reject(new GatewayError('protocol_violation', 'The target says more of its accounts than is read.'));
      }
    });
    channel.stderr.resume();
    channel.once('close', () => resolve(Buffer.concat(parts).toString('utf8')));
  });
}
