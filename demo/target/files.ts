import { chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pageToolScript } from '../customers/page-tool.ts';
import { customerRows, orderRows, type Row } from '../customers/rows.ts';
import { mysqldumpScript, mysqlScript } from '../customers/tools.ts';
import type { Runner } from './runner.ts';

export interface TargetFiles {
  /** Directory of the programs, first in every account's PATH. */
  readonly programs: string;
  /** Directory of the customer database: the protected path. */
  readonly customers: string;
  readonly startFile: string;
  readonly homeOf: (account: string) => string;
}

/**
 * Writes programs, database and homes below `root`. Everything but the homes belongs to the gateway's user, so that
 * an account of its own user id cannot change it.
 */
export async function writeTargetFiles(options: {
  readonly root: string;
  readonly accounts: readonly string[];
  readonly hostName: string;
  readonly runner: Runner;
}): Promise<TargetFiles> {
  const { root, accounts, hostName, runner } = options;
  const files: TargetFiles = {
    programs: join(root, 'bin'),
    customers: customersBelow(root),
    startFile: join(root, 'etc', 'bashrc'),
    homeOf: (account) => join(root, 'home', account),
  };
  for (const directory of [files.programs, join(root, 'srv'), files.customers, join(root, 'etc'), join(root, 'home')]) {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o755);
  }
  await place(join(files.customers, 'customers.tsv'), tabSeparated(customerRows()), 0o644);
  await place(join(files.customers, 'orders.tsv'), tabSeparated(orderRows()), 0o644);
  await place(join(files.programs, 'mysqldump'), mysqldumpScript(files.customers), 0o755);
  await place(join(files.programs, 'mysql'), mysqlScript(files.customers), 0o755);
  await place(join(files.programs, 'customer-page'), pageToolScript(files.customers), 0o755);
  await place(files.startFile, startFile(hostName), 0o644);
  await place(join(root, 'etc', 'README.txt'), readme(files, runner.userIdOf(accounts[0] ?? '') !== undefined), 0o644);
  for (const account of accounts) await makeHome(files, account, runner);
  return files;
}

/** The protected directory of the target whose files stand below `root`. */
export function customersBelow(root: string): string {
  return join(root, 'srv', 'crm');
}

/** Beside and renamed: a shell of an earlier start never reads half a script. */
async function place(path: string, content: string, mode: number): Promise<void> {
  const beside = join(dirname(path), '.new');
  await rm(beside, { force: true });
  await writeFile(beside, content, { mode, flag: 'wx' });
  await chmod(beside, mode);
  await rename(beside, path);
}

/** The home itself is made by us and belongs to the account; what the account keeps in it is never opened by us. */
async function makeHome(files: TargetFiles, account: string, runner: Runner): Promise<void> {
  const home = files.homeOf(account);
  await mkdir(home, { recursive: true });
  await chmod(home, 0o700);
  const id = runner.userIdOf(account);
  if (id !== undefined) await chown(home, id, id);
}

function tabSeparated(rows: Iterable<Row>): string {
  return Array.from(rows, (row) => `${row.join('\t')}\n`).join('');
}

function startFile(hostName: string): string {
  return `# Read by every interactive shell of this target.
PS1="$USER@${hostName}:\\\\w\\\\$ "
HISTFILE=
umask 077
[[ -e README.txt ]] || cp -- "\${BASH_SOURCE[0]%/*}/README.txt" README.txt 2>/dev/null
`;
}

function readme(files: TargetFiles, separateUsers: boolean): string {
  const users = separateUsers
    ? ['Your account has a user id of its own.', 'アカウントごとに専用のユーザー ID で動作します。']
    : [
        'It runs as the user who started the gateway, because only root can give accounts ids of their own.',
        'ゲートウェイを起動したユーザーの権限で動作します(root 以外で起動したため)。',
      ];
  return `Sekisho demonstration target / デモ用サーバー

A real bash with a synthetic customer database. Every name and number in it is invented.
本物の bash と、架空の顧客データベースです。氏名・電話番号はすべて架空のものです。

  mysql crm -e 'SELECT COUNT(*) FROM customers'
  mysqldump crm customers
  customer-page 1

mysql and mysqldump are bash scripts that know this database and a handful of statements.
mysql と mysqldump はこのデータベース専用の bash スクリプトで、限られた文だけに答えます。
The rows are in / データの場所: ${files.customers}

This target is no prison: a shell here can read what its user can read on this machine.
このサーバーは隔離環境ではありません。
${users.join('\n')}
`;
}
