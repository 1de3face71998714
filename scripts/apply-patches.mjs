/**
 * Applies patches/ to the installed packages. Runs after every install and, where install scripts are blocked,
 * before a build. A package that is patched already is left alone.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const MARKER = /sekishoPatch: (\d+)/;
/** The marker's number in a file of the installed library, or in the patch; undefined without one. */
const versionIn = (path) => MARKER.exec(readFileSync(new URL(path, root), 'utf8'))?.[1];
const installed = () => versionIn('node_modules/ssh2/lib/index.js');

const wanted = versionIn('patches/ssh2+1.17.0.patch');
if (wanted === undefined) fail('patches/ssh2+1.17.0.patch sets no marker');
// A patch stands on the package as it was published: what an older one made of it takes no newer one.
if (installed() !== undefined && installed() !== wanted) fail('node_modules holds an older patch: run `npm ci` again');
if (installed() !== wanted) {
  const tool = new URL('node_modules/patch-package/index.js', root);
  const { status } = spawnSync(process.execPath, [tool.pathname, '--error-on-fail'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0 || installed() !== wanted) fail('patches/ could not be applied: run `npm ci` again');
}

function fail(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
