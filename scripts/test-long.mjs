/**
 * `npm run test:long`: what a usual run tests by a share chosen by a seed, whole: the matrix of fidelity, files of 20 GB
 * with new keys on the way, ten thousand dropped connections, hours of bent messages, ten thousand lines read by bash
 * and by the judge, a thousand ordinary commands, a power cut at every call, a fault
 * of the kernel at every call, every bit of an evidence bundle. Ends with
 * the same line of counts.
 */
import { spawn } from 'node:child_process';
import { ROOT } from './steps.mjs';

const SUITES =
  'tests/(e2e/(fidelity|hostile|clients)|policy/(differential|output/ordinary)|recorder/power-cut|faults/|evidence/bundle)';
const child = spawn(process.execPath, ['scripts/test.mjs', '--selectProjects', 'e2e', 'it', 'unit', '--', SUITES], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, SEKISHO_TEST_LONG: '1' },
});
child.once('close', (status) => {
  process.exitCode = status ?? 1;
});
