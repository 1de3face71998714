/**
 * `npm test`: builds, says which partners are missing, runs jest and ends with one plain line of counts.
 * Arguments go to jest. Fails on a failure, on no test at all and, with CI=true, on any skip.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { findPartner, PARTNERS } from './partners.mjs';
import { node, say, tool } from './steps.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'sekisho-jest-'));
const counts = await run().catch((error) => {
  say(`test: ${error.message}`);
  return { passed: 0, failed: 1, skipped: 0 };
});
rmSync(scratch, { recursive: true, force: true });
const { passed, failed, skipped } = counts;
const ci = process.env.CI === 'true';
if (passed + failed === 0) say('test: not one test ran');
if (ci && skipped > 0) say('test: CI=true and something was skipped');
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 || passed === 0 || (ci && skipped > 0) ? 1 : 0;

async function run() {
  await build();
  const missing = PARTNERS.filter((name) => findPartner(name) === undefined);
  for (const name of missing) say(`\n!!! ${name} is missing: every suite that needs it is SKIPPED !!!\n`);
  const file = join(scratch, 'result.json');
  const status = await node(
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      tool('jest/bin/jest.js'),
      // Real programs are waited for half of the time: one worker more than there are processors.
      `--maxWorkers=${availableParallelism() + 1}`,
      '--json',
      `--outputFile=${file}`,
      ...process.argv.slice(2),
    ],
    // Workers are processes of their own and take their flags from here.
    {
      env: {
        NODE_OPTIONS:
          `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
      },
    },
  );
  return count(JSON.parse(readFileSync(file, 'utf8')), status);
}

/** A suite that does not even load counts as one failure; so does a run that fails though no test did. */
function count(result, status) {
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && status !== 0 && result.numTotalTests > 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
