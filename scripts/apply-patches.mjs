/**
 * Applies patches/ to the installed packages. Runs after every install and, where install scripts are blocked,
 * before a build. A package that is patched already is left alone.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const MARKER = 'sekishoPatch';

const library = new URL('node_modules/ssh2/lib/index.js', root);
if (!readFileSync(library, 'utf8').includes(MARKER)) {
  const tool = new URL('node_modules/patch-package/index.js', root);
  const { status } = spawnSync(process.execPath, [tool.pathname, '--error-on-fail'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0 || !readFileSync(library, 'utf8').includes(MARKER)) {
    process.stderr.write('patches/ could not be applied: run `npm ci` again\n');
    process.exit(1);
  }
}
