/** Which share of generated cases runs: the same each time unless TEST_SEED names another; all of them in a long run. */

export function seed(): number {
  return Number(process.env['TEST_SEED'] ?? 20_261_123);
}

export function isLongRun(): boolean {
  return process.env['SEKISHO_TEST_LONG'] === '1';
}

export function caseCount(few: number, all: number): number {
  return isLongRun() ? all : few;
}
