/**
 * Ways round command filters that somebody published, of others' products and of our own trials: each stands here with
 * what keeps it closed, so that a reader finds it and nobody drops it unseen.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadRoutes } from './route.ts';

const ROUTES = join(import.meta.dirname, 'routes');
const TESTS = join(import.meta.dirname, '..');

const PUBLISHED: readonly (readonly [what: string, routes: readonly string[]])[] = [
  [
    'a script, so that no line names the program',
    ['in-a-script', 'in-an-executable-script', 'command-of-a-script-file'],
  ],
  ['a program read by a shell from its input', ['command-typed-into-a-shell', 'decoded-into-a-shell']],
  ['editing after an allowed command', ['behind-a-line-dropped-by-ctrl-c', 'killed-and-yanked', 'typed-backwards']],
  ['several commands on one line', ['behind-an-allowed-command', 'command-behind-an-allowed-one']],
  ['a variable as the name', ['by-a-variable', 'by-two-variables', 'by-an-indirect-variable']],
  ['the first line of a session', ['as-the-first-line-of-a-session']],
  ['a screen that says an editor is open', ['behind-a-screen-of-its-own', 'behind-a-line-that-fills-the-screen']],
  ['an offer of a file transfer in the terminal', ['behind-a-false-offer-of-zmodem']],
  ['what stands behind the part that a reviewer is shown', ['command-behind-four-thousand-characters']],
  ['a command named like a file protocol', ['command-behind-one-named-like-scp', 'command-behind-the-server-of-sftp']],
  ['no echo, or read without one', ['with-no-echo', 'read-silently-and-evaluated']],
  ['an alias, a function, a key, a macro', ['behind-an-alias', 'in-a-function', 'by-bind-x', 'by-a-macro-of-readline']],
  ['a line wider than the screen', ['behind-horizontal-scrolling', 'over-two-lines-by-a-backslash']],
  ['history', ['by-history-expansion', 'by-ctrl-r', 'by-quick-substitution', 'by-fc']],
  ['the prompt as a command', ['prompt-command', 'ps0', 'ps4']],
  ['another interpreter, an editor', ['from-python', 'from-perl', 'from-awk', 'from-vim', 'from-less']],
  ['the editor of the line', ['by-editing-and-executing', 'ended-by-ctrl-j', 'ended-by-ctrl-o']],
  ['quotes, globs and arguments that make the name', ['by-a-name-with-quotes', 'by-a-glob', 'find-exec', 'xargs']],
  ['the file a new shell reads', ['bash-env', 'in-a-child-bash']],
  ['traps', ['trap-exit', 'trap-usr1', 'trap-debug', 'trap-return', 'trap-err']],
  [
    'the hook itself',
    ['redefining-the-hook', 'unset-f-of-the-hook', 'set-o-functrace', 'shopt-u-extdebug', 'enable-f'],
  ],
  ['a shell beside the session', ['a-shell-on-a-second-channel', 'command-on-a-second-channel']],
  ['a road for others', ['a-road-to-a-port-of-the-target', 'a-road-from-a-port-of-the-target']],
  ['a road for others that is no port', ['a-road-to-a-socket-of-the-target', 'a-road-over-standard-input']],
  ['the agent and the display of the person', ['the-agent-of-the-person', 'the-display-of-the-person']],
  ['an unknown subsystem', ['an-unknown-subsystem']],
];

/** What no client can be made to do, or what is no way to run something: the suite that holds it, by a test's name. */
const ELSEWHERE: readonly (readonly [what: string, suite: string, words: string])[] = [
  ['a tunnel of packets', 'e2e/refusals-of-requests.e2e.test.ts', 'a tunnel, as ssh -w asks for it'],
  ['a channel of an invented kind', 'e2e/refusals-of-requests.e2e.test.ts', 'a kind nobody knows'],
];

test('every route stands in the list with a file of its own, or in a suite with a test of its name', async () => {
  const files = new Set((await readdir(ROUTES)).map((name) => name.replace(/\.ts$/, '')));
  const missing = PUBLISHED.flatMap(([what, routes]) =>
    routes.filter((route) => !files.has(route)).map((route) => `${what}: ${route}`),
  );
  for (const [what, suite, words] of ELSEWHERE) {
    if (!(await readFile(join(TESTS, suite), 'utf8')).includes(words)) missing.push(`${what}: ${suite}`);
  }
  expect(missing).toEqual([]);
});

test('every file says one route, under a name of its own and with where it was found', async () => {
  const routes = await loadRoutes();
  expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
  expect(routes.filter(({ source }) => source.trim() === '')).toEqual([]);
});
