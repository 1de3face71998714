/** Resolves at SIGINT or SIGTERM, or when `failed` aborts. A second signal ends the process the hard way. */
export function untilStopped(failed: AbortSignal): Promise<'asked' | 'failed'> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('asked'));
    process.once('SIGTERM', () => resolve('asked'));
    failed.addEventListener('abort', () => resolve('failed'), { once: true });
    if (failed.aborted) resolve('failed');
  });
}
