/**
 * `node scripts/screenshots.mjs [DIRECTORY [NAME…] [phone]]`: builds the program and takes docs/images anew, from the demo
 * as it is run; with names those pages alone, with `phone` as narrow as a telephone.
 */
import { spawn } from 'node:child_process';
import { build } from './build.mjs';
import { ROOT } from './steps.mjs';

await build();
const loader = ['--disable-warning=ExperimentalWarning', '--import', './tests/support/typescript/register.mjs'];
const child = spawn(process.execPath, [...loader, 'tests/screenshots/take.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
child.once('close', (status) => {
  process.exitCode = status ?? 1;
});
