/** Numbers from repeated runs. All functions take what was measured, in any order. */

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** By linear interpolation between the two nearest ranks. @throws on no value: nothing measured is no figure. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = ((sorted.length - 1) * rank) / 100;
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) throw new Error('nothing was measured');
  return low + (high - low) * (at - Math.floor(at));
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

/** What a reader wants of one series. */
export function summary(values: readonly number[]) {
  return {
    runs: values.length,
    min: round(Math.min(...values)),
    p50: round(median(values)),
    p95: round(percentile(values, 95)),
    p99: round(percentile(values, 99)),
    max: round(Math.max(...values)),
  };
}
