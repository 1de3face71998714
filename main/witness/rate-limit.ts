import type { Clock } from '../../foundation/index.ts';

const MINUTE_MICROS = 60_000_000n;
const ADDRESSES_MAX = 10_000;

/** At most `max` of each address in a minute. When too many addresses ask, all of them share what one may. */
export function createRateLimit(clock: Clock, max: number): (address: string) => boolean {
  let minute = 0n;
  const asked = new Map<string, number>();
  return (address) => {
    const now = clock.micros() / MINUTE_MICROS;
    if (now !== minute) asked.clear();
    minute = now;
    const key = asked.has(address) || asked.size < ADDRESSES_MAX ? address : '';
    const count = (asked.get(key) ?? 0) + 1;
    asked.set(key, count);
    return count <= max;
  };
}
