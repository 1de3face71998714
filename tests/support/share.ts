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

/** Whether case number `at` of many runs: one of `every`, drawn by the seed, or any in a long run. */
export function isInShare(at: number, every: number): boolean {
  // Weyl's sequence with the golden ratio: spread evenly over the cases, whatever the seed.
  return isLongRun() || ((at + 1) * 0.618_033_988_749_895 + seed() * 0.414_213_562_373_095) % 1 < 1 / every;
}
