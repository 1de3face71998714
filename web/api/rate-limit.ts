import { type Clock, GatewayError } from '../../foundation/index.ts';

const WINDOW_MS = 60_000;
const KEYS_MAX = 10_000;

/** Counts tries by a key in windows of a minute. Kept in memory: a restart forgives, which an attacker cannot cause. */
export interface RateLimit {
  /** Counts one try. @throws {GatewayError} `too_many_requests` past the limit. */
  readonly take: (key: string) => void;
  /** Reports without counting. @throws {GatewayError} `too_many_requests` when the limit is used up. */
  readonly check: (key: string) => void;
}

export function createRateLimit(clock: Clock, perMinuteMax: number): RateLimit {
  const windows = new Map<string, { readonly since: number; tries: number }>();
  const refuse = ({ since }: { readonly since: number }): never => {
    const left = since + WINDOW_MS - clock.now().getTime();
    throw new GatewayError('too_many_requests', undefined, { retryAfterSeconds: Math.max(1, Math.ceil(left / 1_000)) });
  };
  const current = (key: string): { readonly since: number; tries: number } => {
    const now = clock.now().getTime();
    const known = windows.get(key);
    if (known !== undefined && now - known.since < WINDOW_MS) return known;
    const fresh = { since: now, tries: 0 };
    windows.delete(key);
    windows.set(key, fresh);
    dropOldest(windows);
    return fresh;
  };
  return {
    take: (key) => {
      const window = current(key);
      window.tries += 1;
      if (window.tries > perMinuteMax) refuse(window);
    },
    check: (key) => {
      const window = current(key);
      if (window.tries >= perMinuteMax) refuse(window);
    },
  };
}

/** Bounds the memory an attacker with many addresses can take. */
function dropOldest(windows: Map<string, unknown>): void {
  for (const key of windows.keys()) {
    if (windows.size <= KEYS_MAX) return;
    windows.delete(key);
  }
}
