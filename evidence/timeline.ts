/**
 * Times in the log. Which leaves belong to a period is told by their place between others, not by their own word: a
 * clock that was set back would put acts outside of any period that is asked for.
 */
import type { Leaf } from './leaves.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import type { Scope } from './source.ts';
import type { Findings } from './verdicts.ts';

/** Kept and told one by one; a log whose clock is broken has thousands. */
const TOLD_MAX = 20;

export interface Timeline {
  take(leaf: Leaf, index: number): void;
  /** The period has begun: a leaf of its time was seen. Always, where no period is asked for. */
  readonly started: boolean;
  /** The last leaf of the period so far; −1 before it began. */
  readonly last: number;
  /** The time of the newest leaf; empty before the first. */
  readonly newest: string;
  /** Tells what is odd, once the log is known to be right. `seen` is the earliest cosignature, Unix seconds. */
  finish(findings: Findings, seen: number | undefined): void;
}

export function followTime(scope: Scope): Timeline {
  const period = scope.kind === 'period' ? scope : undefined;
  const backwards: { index: number; from: string; to: string }[] = [];
  const silences: { from: string; to: string }[] = [];
  let started = period === undefined;
  let last = -1;
  let ended = false;
  let newest = '';
  let before: string | undefined;
  return {
    get started() {
      return started;
    },
    get last() {
      return last;
    },
    get newest() {
      return newest;
    },
    take({ at }, index) {
      if (period !== undefined) {
        if (at >= period.from) started = true;
        if (started && at <= period.to) last = index;
        if (at > period.to) ended = true;
      } else {
        last = index;
      }
      if (before !== undefined) {
        const seconds = (Date.parse(at) - Date.parse(before)) / 1000;
        if (seconds < -EVIDENCE_LIMITS.clockToleranceSeconds) backwards.push({ index, from: before, to: at });
        const inside = period === undefined || (started && before <= period.to);
        if (seconds > EVIDENCE_LIMITS.silenceSeconds && inside) silences.push({ from: before, to: at });
      }
      before = at;
      if (at > newest) newest = at;
    },
    finish(findings, seen) {
      if (period !== undefined && !ended) findings.add('period_open', 'log/checkpoint', newest);
      const code = period === undefined ? 'clock_odd' : 'clock_backwards';
      for (const { index, from, to } of backwards.slice(0, TOLD_MAX))
        findings.add(code, `leaf ${index}`, `${from} > ${to}`);
      for (const { from, to } of silences.slice(0, TOLD_MAX)) findings.add('silence', 'log', `${from} - ${to}`);
      if (seen !== undefined && Date.parse(newest) / 1000 > seen + EVIDENCE_LIMITS.clockToleranceSeconds) {
        findings.add('clock_ahead', 'log/checkpoint', `${newest} > ${new Date(seen * 1000).toISOString()}`);
      }
    },
  };
}
