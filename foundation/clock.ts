/** The only source of time, so that tests can stand at any moment. */
export interface Clock {
  /** Wall-clock time, to the millisecond. */
  readonly now: () => Date;
  /** Unix time in whole microseconds; never runs backwards within one process. */
  readonly micros: () => bigint;
}

const startedAtMicros = BigInt(Date.now()) * 1000n;
const startedAtTick = process.hrtime.bigint();

export const systemClock: Clock = {
  now: () => new Date(),
  micros: () => startedAtMicros + (process.hrtime.bigint() - startedAtTick) / 1000n,
};
