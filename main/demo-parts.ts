/** The parts that exist in demo mode only. The demo room is loaded here and nowhere else, and never in production. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { type Cleanup, type Clock, invariant, type Log, Secret } from '../foundation/index.ts';
import type { InventoryInput } from '../identity/index.ts';

export interface DemoParts {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly identityProvider: RequestListener;
  readonly inventory: InventoryInput;
}

const CLIENT_ID = 'sekisho-demo';

export async function startDemoParts(
  options: { mode: string; publicUrl: URL; directory: string; authorityLine: string; log: Log; clock: Clock },
  cleanup: Cleanup,
): Promise<DemoParts> {
  invariant(options.mode === 'demo', 'demo parts start in demo mode only');
  const demo = await import('../demo/index.ts');
  const { publicUrl, directory, authorityLine, log, clock } = options;
  const issuer = new URL('/oidc', publicUrl);
  const clientSecret = new Secret(randomBytes(32).toString('base64url'));
  const target = cleanup.use(await demo.startDemoTarget({ directory, authorityLine, log, clock }));
  return {
    issuer,
    clientId: CLIENT_ID,
    clientSecret,
    identityProvider: demo.createDemoIdentityProvider({
      issuer: issuer.href,
      clientId: CLIENT_ID,
      clientSecret,
      redirectUris: [new URL('/auth/callback', publicUrl).href],
      postLogoutRedirectUris: [new URL('/', publicUrl).href],
      backchannelLogoutUri: new URL('/auth/backchannel-logout', publicUrl).href,
      clock,
    }),
    inventory: demo.demoInventory({ issuer: issuer.href, target, clock }),
  };
}
