/** The parts that exist in demo mode only. The demo room is loaded here and nowhere else, and never in production. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { SitesConfig } from '../config/index.ts';
import { type Cleanup, type Clock, invariant, type Log, Secret } from '../foundation/index.ts';
import type { InventoryInput } from '../identity/index.ts';
import { placeOf } from './sites.ts';

export interface DemoParts {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly identityProvider: RequestListener;
  readonly inventory: InventoryInput;
}

const CLIENT_ID = 'sekisho-demo';

interface DemoOptions {
  readonly mode: string;
  readonly publicUrl: URL;
  readonly directory: string;
  readonly authorityLine: string;
  readonly sites: SitesConfig | null;
  readonly log: Log;
  readonly clock: Clock;
}

export async function startDemoParts(options: DemoOptions, cleanup: Cleanup): Promise<DemoParts> {
  invariant(options.mode === 'demo', 'demo parts start in demo mode only');
  const demo = await import('../demo/index.ts');
  const { publicUrl, directory, authorityLine, log, clock } = options;
  const issuer = new URL('/oidc', publicUrl);
  const clientSecret = new Secret(randomBytes(32).toString('base64url'));
  const target = cleanup.use(await demo.startDemoTarget({ directory, authorityLine, log, clock }));
  const { sites } = options;
  const site =
    sites === null
      ? undefined
      : cleanup.use(
          await demo.startDemoSite({
            // The listener itself: the name of a site is for browsers, whose machine may be another one.
            jwksUrl: new URL(`/.sekisho/jwks.json`, `http://${sites.host}:${sites.port}`),
            audience: placeOf(sites).originOf(demo.SITE),
            ...{ clock, log },
          }),
        );
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
    inventory: demo.demoInventory({
      issuer: issuer.href,
      target,
      site,
      relayKeys: await demo.loadRelayKeys(directory),
      clock,
    }),
  };
}
