/**
 * `npm test`: builds, says which partners are missing, runs jest and ends with one plain line of counts.
 * Arguments go to jest. Fails on a failure, on no test at all and, with CI=true, on any skip.
 *
 * Real programs share the machine with hundreds of suites. A few suites that fail there run once more, alone: what is
 * wrong fails again and is a failure; what held alone is named as unsteady, never passed over in silence.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { findPartner, PARTNERS } from './partners.mjs';
import { node, say, tool } from './steps.mjs';

/** More than this is no matter of load. */
const AGAIN_MAX = 6;
/** Fewer suites than this do not get in each other's way. */
const MANY = 30;

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
  const first = await jest('result.json', process.argv.slice(2));
  const failed = first.result.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (failed.length === 0 || failed.length > AGAIN_MAX || first.result.numTotalTestSuites < MANY) return count(first);
  say(`\ntest: once more, alone: ${failed.join(' ')}\n`);
  const again = await jest('again.json', ['--runInBand', '--runTestsByPath', ...failed]);
  if (again.status === 0) say(`\n!!! UNSTEADY: failed among others and held alone: ${failed.join(' ')} !!!\n`);
  return withSecond(first, again, new Set(failed));
}

async function jest(name, args) {
  const file = join(scratch, name);
  const status = await node(
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      tool('jest/bin/jest.js'),
      // Real programs are waited for half of the time: one worker more than there are processors.
      ...(args.includes('--runInBand') ? [] : [`--maxWorkers=${availableParallelism() + 1}`]),
      '--json',
      `--outputFile=${file}`,
      ...args,
    ],
    // Workers are processes of their own and take their flags from here.
    {
      env: {
        NODE_OPTIONS:
          `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
      },
    },
  );
  return { result: JSON.parse(readFileSync(file, 'utf8')), status };
}

/** The counts of the first run, those of the suites in `names` taken from the second. */
function withSecond(first, again, names) {
  const rest = first.result.testResults
    .filter(({ name }) => !names.has(name))
    .flatMap((suite) => suite.assertionResults);
  const tally = (status) => rest.filter((test) => test.status === status).length;
  const second = count(again);
  return {
    passed: tally('passed') + second.passed,
    failed: tally('failed') + second.failed,
    skipped: tally('pending') + tally('todo') + second.skipped,
  };
}

/** A suite that does not even load counts as one failure; so does a run that fails though no test did. */
function count({ result, status }) {
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && status !== 0 && result.numTotalTests > 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
