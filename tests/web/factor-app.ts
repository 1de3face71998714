/** A person's app with one-time codes, enrolled by the console's own steps. */
import { expect } from '@jest/globals';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import type { Browser, Web } from './world.ts';

/** What the person's app shows. */
export function app(secret: unknown, site: Web) {
  const totp = new TOTP({ secret: OtpSecret.fromBase32(String(secret)), digits: 6, period: 30, algorithm: 'SHA1' });
  return (steps = 0): string => totp.generate({ timestamp: site.house.clock.now().getTime() + steps * 30_000 });
}

export async function withApp(site: Web, one: Browser) {
  const begun = await one.post('/api/factors/totp');
  expect(begun.status).toBe(201);
  const code = app(begun.at('secret'), site);
  expect((await one.post('/api/factors/totp/confirm', { code: code() })).status).toBe(204);
  return code;
}
