/**
 * `npm run check`: everything that can be known before a commit, cheap steps first. Stops at the first failure;
 * `--all` goes on to the end, `--static` leaves the tests out.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { node, ROOT, say, seconds, tool } from './steps.mjs';

const ROOMS = [
  'foundation',
  'messages',
  'policy',
  'evidence',
  'recorder',
  'identity',
  'approvals',
  'gateway',
  'relay',
  'web/api',
  'demo',
  'main',
  'config',
  'tests',
];

const STEPS = [
  ['types', () => node([tool('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'])],
  ['types of the console', () => node([tool('typescript/bin/tsc'), '--noEmit', '-p', 'web/ui/tsconfig.json'])],
  ['lint', () => node([tool('eslint/bin/eslint.js'), '.', '--max-warnings=0'])],
  ['format', () => node([tool('@biomejs/biome/bin/biome'), 'ci', '--diagnostic-level=warn'])],
  ['rooms and doors', boundaries],
  ['dead code', () => node([tool('knip/bin/knip.js'), '--no-progress'])],
  ['build', () => build().then(() => 0)],
  ['reference documents', () => node([join('scripts', 'docs.mjs')])],
];
if (!process.argv.includes('--static')) STEPS.push(['tests', () => node([join('scripts', 'test.mjs')])]);

const failed = [];
for (const [name, work] of STEPS) {
  const start = performance.now();
  const status = await Promise.resolve(work()).catch((error) => {
    say(error.message);
    return 1;
  });
  say(`check: ${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds(start)})`);
  if (status !== 0) failed.push(name);
  if (status !== 0 && !process.argv.includes('--all')) break;
}
say(failed.length === 0 ? 'check: all ok' : `check: failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** With a TypeScript it cannot read, dependency-cruiser sees no module and is content: nothing seen is a failure here. */
function boundaries() {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      tool('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      ...ROOMS.filter((room) => existsSync(join(ROOT, room))),
    ],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (!stdout.startsWith('{')) {
    say(stderr || stdout);
    return status || 1;
  }
  const { summary } = JSON.parse(stdout);
  const errors = summary.violations.filter(({ rule }) => rule.severity === 'error');
  for (const { rule, from, to } of errors) say(`${rule.name}: ${from} -> ${to}`);
  say(`${summary.totalCruised} modules, ${summary.totalDependenciesCruised} dependencies`);
  return errors.length === 0 && summary.totalCruised > 0 ? 0 : 1;
}
