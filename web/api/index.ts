export type { Administration, CheckedTarget, TargetCheck } from './administration-door.ts';
export { createTerminalDoor } from './terminal-door.ts';
export { createWebApi } from './app.ts';
export type { WebApiDeps } from './deps.ts';
export { createOidcClient, type OidcClient, type OidcSettings } from './oidc.ts';
