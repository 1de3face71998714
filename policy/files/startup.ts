/** Files that would run something by themselves: written on a guarded target, they would go past its gate. */
import { isStartupFile } from '../command/rules/environment.ts';
import type { TargetPolicy } from '../model.ts';
import { guards } from '../verdict.ts';
import type { Transfer } from './model.ts';

/** Whether a shell, cron or sshd acts on what is at `path`, or on a file of a fixed name in the directory it is. */
export function isStartupPlace(path: string): boolean {
  const plain = plainPath(path);
  return [plain, `${plain}/config`, `${plain}/git/config`].some(isStartupFile);
}

/** What of an upload would be such a file. The names rsync writes below its directory are in its own stream. */
export function startsSomething(transfer: Transfer, policy: Pick<TargetPolicy, 'mode' | 'assets'>): string | undefined {
  const { direction, protocol, paths } = transfer;
  const [into] = paths;
  if (direction !== 'upload' || into === undefined || !guards(policy)) return undefined;
  return isStartupPlace(into.text) || (protocol === 'rsync' && mayBeHome(into.text)) ? into.text : undefined;
}

const HOMES = /^\/?$|^\/root$|^\/((export|usr|var|data)\/)?(home|users)(\/[^/]+)?$|^\/(export|usr|var|data)$/i;

/** A directory that a person lives in, or one above, where homes are usual: `.`, `/`, `/home`, `/home/NAME`. */
function mayBeHome(path: string): boolean {
  const plain = plainPath(path);
  return plain === '.' || HOMES.test(plain);
}

/** Without `.`, `..` where it can be resolved, doubled and last slashes; empty for the root, `.` for nothing. */
function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return (
    `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`.replace(/^\/$/, '') || (path.startsWith('/') ? '' : '.')
  );
}
