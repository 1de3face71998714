import { access, constants } from 'node:fs/promises';
import { GatewayError } from '../../foundation/index.ts';

/**
 * User ids of the accounts when the gateway is root: one each, so that one person's processes are not another's to
 * touch. Not `nobody`: the embedded database runs as that. The range is free of users on the common systems.
 */
const FIRST_USER_ID = 65_521;
const ACCOUNTS_MAX = 12;

/** How the processes of an account are started. */
export interface Runner {
  readonly bash: string;
  /** Undefined when everything runs as the gateway's own, ordinary user. */
  readonly userIdOf: (account: string) => number | undefined;
  /** `argv` with what gives up root's rights in front of it; the process that runs is `argv`'s own (exec). */
  readonly asAccount: (account: string, argv: readonly string[]) => readonly [string, ...string[]];
}

/** @throws {GatewayError} `start_refused` without bash or, as root, without setpriv (util-linux). */
export async function findRunner(accounts: readonly string[], isRoot: boolean): Promise<Runner> {
  if (accounts.length > ACCOUNTS_MAX) throw new GatewayError('start_refused', 'Too many accounts for the demo target.');
  const bash = await findProgram('bash');
  if (!isRoot) return { bash, userIdOf: () => undefined, asAccount: (_account, argv) => nonEmpty(argv) };

  // Changing the user id alone would leave root's supplementary groups with the shell; setpriv drops them.
  const setpriv = await findProgram('setpriv');
  const userIdOf = (account: string): number => {
    const at = accounts.indexOf(account);
    if (at < 0) throw new GatewayError('not_found');
    return FIRST_USER_ID + at;
  };
  return {
    bash,
    userIdOf,
    asAccount: (account, argv) => {
      const id = userIdOf(account);
      return [setpriv, `--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--no-new-privs', '--', ...argv];
    },
  };
}

async function findProgram(name: string): Promise<string> {
  for (const directory of ['/bin', '/usr/bin', '/usr/local/bin']) {
    try {
      await access(`${directory}/${name}`, constants.X_OK);
      return `${directory}/${name}`;
    } catch {
      // Not here; the next directory.
    }
  }
  throw new GatewayError('start_refused', `The demo target needs ${name}, and it is in none of the usual directories.`);
}

function nonEmpty(argv: readonly string[]): readonly [string, ...string[]] {
  const [program, ...rest] = argv;
  if (program === undefined) throw new GatewayError('internal');
  return [program, ...rest];
}
