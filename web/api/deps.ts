import type { Clock, Database, Log } from '../../foundation/index.ts';
import type { OidcClient } from './oidc.ts';

/** What the routes are given by main. */
export interface WebApiDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people reach the gateway, e.g. `https://sekisho.example.com/`; every origin check compares with it. */
  readonly publicUrl: URL;
  readonly mode: 'demo' | 'production';
  /** The built console: `index.html` and hashed files under `assets/`. */
  readonly uiDirectory: string;
  readonly recorderDirectory: string;
  readonly ssh: { readonly host: string; readonly port: number; readonly hostKeyFingerprint: string };
  readonly oidc: OidcClient;
}
