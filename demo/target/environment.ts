import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TargetFiles } from './files.ts';

const run = promisify(execFile);
const ALWAYS_KNOWN = ['C', 'POSIX', 'C.UTF-8'];
const LOCALE_NAME = /^(LANG|LC_[A-Z]{1,20})$/;
const TERM_VALUE = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$/;

/** What a client may ask to have set (RFC 4254 §6.4): a language this machine has, and the kind of terminal. */
export type EnvironmentFilter = (name: string, value: string) => boolean;

/**
 * Anything else is refused: BASH_ENV, LD_PRELOAD, PATH and their like would run what the client likes.
 * A language that is not installed is refused too, because bash would complain on every command's stderr.
 */
export async function environmentFilter(): Promise<EnvironmentFilter> {
  const listed = await run('locale', ['-a'], { timeout: 5_000 }).then(
    ({ stdout }) => stdout.split('\n'),
    () => [],
  );
  const known = new Set([...ALWAYS_KNOWN, ...listed].map(spelledAlike));
  return (name, value) =>
    name === 'TERM' ? TERM_VALUE.test(value) : LOCALE_NAME.test(name) && known.has(spelledAlike(value));
}

/** `ja_JP.UTF-8` and `ja_JP.utf8` are one. */
function spelledAlike(locale: string): string {
  return locale.toLowerCase().replace('utf-8', 'utf8');
}

/** The whole environment of a process of `account`; nothing of the gateway's own. */
export function environmentOf(
  account: string,
  files: TargetFiles,
  asked: ReadonlyMap<string, string>,
): Record<string, string> {
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(asked),
    PATH: `${files.programs}:/usr/local/bin:/usr/bin:/bin`,
    HOME: files.homeOf(account),
    USER: account,
    LOGNAME: account,
    SHELL: '/bin/bash',
  };
}
