import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 20;
const LIMIT_MS = 40_000;

/**
 * Waits until `probe` returns something other than undefined, null or false, and returns it. Use an event where there
 * is one; this is for what gives none (a row another process writes, a process that ends).
 * @throws {Error} naming `what` when it has not come true within 40 seconds.
 */
export async function waitFor<Found>(
  what: string,
  probe: () => Found | Promise<Found>,
): Promise<Exclude<Found, undefined | null | false>> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await probe();
    if (isFound(found)) return found;
    if (performance.now() > end) throw new Error(`waited ${LIMIT_MS} ms in vain for ${what}`);
    await pause(POLL_MS);
  }
}

function isFound<Found>(found: Found): found is Exclude<Found, undefined | null | false> {
  return found !== undefined && found !== null && found !== false;
}
