import { LIMITS } from '../../foundation/index.ts';

export interface WitnessDelay {
  /** Since when what was recorded has too few cosignatures. */
  readonly since: Date;
  /** Minutes for which sessions still open; 0: none does. */
  readonly minutesLeft: number;
}

/** Undefined while the witnesses are as quick as ever. */
export function witnessDelay(since: Date | undefined, now: Date, graceMinutes: number): WitnessDelay | undefined {
  const late = since === undefined ? 0 : now.getTime() - since.getTime();
  if (since === undefined || late < LIMITS.witnessWaitMillis) return undefined;
  return { since, minutesLeft: Math.max(0, Math.ceil(graceMinutes - late / 60_000)) };
}
