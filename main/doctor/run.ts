import { asError, LIMITS } from '../../foundation/index.ts';
import { type Check, type CheckResult, type Finding, problem } from './model.ts';

/** Runs every check, each within its bound, and gives the findings in the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  seconds: number = LIMITS.doctorCheckSeconds,
): Promise<CheckResult[]> {
  const found = await Promise.all(checks.map((check) => bounded(check, seconds)));
  return found.flat();
}

async function bounded(check: Check, seconds: number): Promise<CheckResult[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const finding = problem('doctor.timed_out', 'doctor.timed_out.next', { check: check.name, seconds });
    timer = setTimeout(() => resolve([finding]), seconds * 1_000);
  });
  const made = Promise.resolve()
    .then(check.run)
    .catch((thrown: unknown) => [
      problem('doctor.failed', 'doctor.failed.next', { check: check.name, detail: asError(thrown).message }),
    ]);
  const findings = await Promise.race([made, late]);
  clearTimeout(timer);
  return findings.map((finding) => ({ check: check.name, ...finding }));
}
