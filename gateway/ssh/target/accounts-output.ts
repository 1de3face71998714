/** What a target says of its accounts, read strictly: it is its word, bounded, and shown to people. Pure. */
import { GatewayError, LIMITS } from '../../../foundation/index.ts';
import type { ExistingAccount } from '../../../policy/index.ts';

const SEPARATOR = '--sekisho-lastlog--';

/**
 * The one command that is run there. `getent` knows the accounts of a directory service too; `lastlog` is not on every
 * system, and then sign-ins through the gateway alone tell who was there.
 */
export const ACCOUNTS_COMMAND = `export LC_ALL=C; getent passwd && echo ${SEPARATOR} && { lastlog 2>/dev/null || :; }`;

const NAME = /^[\p{L}\p{N}_.$@\\-]{1,256}$/u;
const NUMBER = /^\d{1,10}$/;
const MOMENT = /\w{3} (\w{3} +\d{1,2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4})$/;

/** @throws {GatewayError} `protocol_violation` */
export function parseAccounts(output: string): readonly ExistingAccount[] {
  const lines = output.split('\n');
  const at = lines.indexOf(SEPARATOR);
  if (at < 1) throw unreadable('its list does not end');
  if (at > LIMITS.targetAccountsMax) throw unreadable(`more than ${LIMITS.targetAccountsMax} accounts`);
  const logins = new Map(lines.slice(at + 1).flatMap((line) => loginOf(line)));
  return lines.slice(0, at).map((line) => {
    const [name = '', , uid = '', , , , shell, ...more] = line.split(':');
    if (!NAME.test(name) || !NUMBER.test(uid) || shell === undefined || more.length > 0) {
      throw unreadable('a line is no line of passwd(5)');
    }
    return { name, uid: Number(uid), shell: shell.slice(0, 256), lastLoginAt: logins.get(name) ?? null };
  });
}

/** A line of lastlog(8): the name first and the moment last; none for who never signed in. */
function loginOf(line: string): [string, Date][] {
  const [name] = line.split(' ');
  const moment = MOMENT.exec(line.trimEnd())?.[1];
  const at = moment === undefined ? Number.NaN : Date.parse(moment);
  return name === undefined || Number.isNaN(at) ? [] : [[name, new Date(at)]];
}

function unreadable(detail: string): GatewayError {
  return new GatewayError('protocol_violation', `The target's accounts cannot be read: ${detail}.`);
}
