import type { Log } from '../foundation/index.ts';

/**
 * Resolves at SIGINT or SIGTERM, when `failed` aborts, or at an error nobody caught: after one of those nothing is sure
 * any more, so the process ends in order and starts anew. A second signal ends it the hard way.
 */
export function untilStopped(failed: AbortSignal, log: Log): Promise<'asked' | 'failed'> {
  return new Promise((resolve) => {
    const uncaught = (err: unknown): void => {
      log.fatal({ event: 'process.uncaught', err }, 'an error nobody caught; stopping');
      resolve('failed');
    };
    process.on('uncaughtException', uncaught);
    process.on('unhandledRejection', uncaught);
    process.once('SIGINT', () => resolve('asked'));
    process.once('SIGTERM', () => resolve('asked'));
    failed.addEventListener('abort', () => resolve('failed'), { once: true });
    if (failed.aborted) resolve('failed');
  });
}
