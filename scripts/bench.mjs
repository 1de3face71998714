/** `npm run bench -- NAME …`: builds the program and measures it as it is run. See docs/bench.md. */
import { spawn } from 'node:child_process';
import { build } from './build.mjs';
import { ROOT } from './steps.mjs';

await build();
const loader = ['--disable-warning=ExperimentalWarning', '--import', './tests/support/typescript/register.mjs'];
const child = spawn(process.execPath, [...loader, 'bench/index.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
child.once('close', (status) => {
  process.exitCode = status ?? 1;
});
