/** The bound on each step of a way. */
import { asError, LIMITS } from '../../../foundation/index.ts';
import { TimedOut } from './failure.ts';

/** The result of `work`, unless `signal` fires first. @throws the signal's reason. */
export function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(asError(signal.reason));
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/** A clock of one step: `signal` fires with TimedOut, or when `outer` fires. Stop it when the step is done. */
export function stepDeadline(
  outer: AbortSignal,
  step: string,
  seconds: number = LIMITS.targetDialSeconds,
): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimedOut(step, seconds)), seconds * 1_000);
  const forward = (): void => controller.abort(outer.reason);
  if (outer.aborted) forward();
  outer.addEventListener('abort', forward, { once: true });
  const stop = (): void => {
    clearTimeout(timer);
    outer.removeEventListener('abort', forward);
  };
  return { signal: controller.signal, stop };
}
