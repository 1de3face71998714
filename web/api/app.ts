import express, { type Express } from 'express';
import helmet from 'helmet';
import { GatewayError } from '../../foundation/index.ts';
import { accountReportRoutes } from './account-reports.ts';
import { apiTokenGuard, apiTokenRoutes } from './api-token-guard.ts';
import { auditEventRoutes } from './audit-events.ts';
import { authRoutes } from './auth.ts';
import { consoleRoutes } from './console.ts';
import { isSecure } from './cookies.ts';
import { configurationRoutes } from './configuration.ts';
import { custodyRoutes } from './custody.ts';
import { deliveryRoutes } from './deliveries.ts';
import type { WebApiDeps } from './deps.ts';
import { errorHandler } from './errors.ts';
import { estateRoutes } from './estate.ts';
import { backchannelRoutes } from './backchannel.ts';
import { factorRoutes, webSessionRoutes } from './factors.ts';
import { callsLimited, noStore, readJson, requirePrincipal, requireSameOrigin } from './guards.ts';
import { homeRoutes } from './home.ts';
import { idempotentCommands } from './idempotency/commands.ts';
import { judgeRoutes } from './judge.ts';
import { loginCallRoutes } from './login-calls.ts';
import { liveRoutes } from './live.ts';
import { lockRoutes } from './locks.ts';
import { loginRoutes } from './logins.ts';
import { meRoutes } from './me.ts';
import { notificationRoutes } from './notifications.ts';
import { personRoutes } from './persons.ts';
import { openApiRoutes } from './openapi/routes.ts';
import { parcelRoutes } from './parcels.ts';
import { ping } from './queries.ts';
import { programRoutes } from './programs.ts';
import { reconciliationRoutes } from './reconciliation.ts';
import { recorderHealthRoutes } from './recorder-health.ts';
import { recordingRoutes } from './recordings.ts';
import { refusedActRoutes } from './refused-acts.ts';
import { replayRoutes } from './replay.ts';
import { searchRoutes } from './search.ts';
import { reviewRoutes } from './reviews.ts';
import { scimRoutes } from './scim.ts';
import { sessionControlRoutes } from './session-control.ts';
import { sessionRoutes } from './sessions.ts';
import { siteTrailRoutes } from './site-trail.ts';
import { sshKeyRoutes } from './ssh-keys.ts';
import { sshSignInRoutes } from './ssh-sign-ins.ts';
import { stepUpRoutes } from './step-up.ts';
import { substituteRoutes } from './substitutes.ts';
import { targetSecretRoutes } from './target-secrets.ts';
import { tableExportRoutes } from './table-exports.ts';
import { terminalRoutes } from './terminals.ts';
import { ticketRoutes } from './tickets.ts';

const ROUTES = [
  tableExportRoutes,
  stepUpRoutes,
  factorRoutes,
  webSessionRoutes,
  meRoutes,
  homeRoutes,
  sshKeyRoutes,
  sshSignInRoutes,
  loginRoutes,
  refusedActRoutes,
  programRoutes,
  judgeRoutes,
  ticketRoutes,
  reconciliationRoutes,
  substituteRoutes,
  sessionRoutes,
  sessionControlRoutes,
  liveRoutes,
  recordingRoutes,
  custodyRoutes,
  replayRoutes,
  siteTrailRoutes,
  searchRoutes,
  parcelRoutes,
  notificationRoutes,
  deliveryRoutes,
  auditEventRoutes,
  personRoutes,
  recorderHealthRoutes,
  lockRoutes,
  reviewRoutes,
  accountReportRoutes,
  targetSecretRoutes,
  terminalRoutes,
  estateRoutes,
  configurationRoutes,
  openApiRoutes,
  apiTokenRoutes,
];

/** Everything people reach by browser: sign-in under /auth, JSON under /api, the console everywhere else. */
export function createWebApi(deps: WebApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // Answers are not kept, so nobody may ask whether they changed.
  app.set('query parser', 'simple');
  app.set('trust proxy', [...deps.trustedProxies]);
  app.use(securityHeaders(deps.publicUrl));

  app.get('/healthz', noStore, async (_request, response) => {
    await ping(deps.database);
    response.json({ status: 'ok', workers: deps.workers() });
  });
  // Of providers, not of browsers: it is signed, and carries no cookie of ours.
  app.use('/auth', backchannelRoutes(deps));
  app.use('/auth', noStore, requireSameOrigin(deps.publicUrl), readJson(), authRoutes(deps), nothingHere);
  // The one way in without a sign-in: these three calls, which are about to make one.
  app.use('/api', loginCallRoutes(deps));
  // The providers' clients, known by a token of their own; no cookie is read here.
  app.use('/scim/v2', scimRoutes(deps));
  // Nothing else stands under /api before the guard: a route that is added later is closed until somebody is signed in.
  app.use('/api', noStore, requireSameOrigin(deps.publicUrl), requirePrincipal(deps), callsLimited(deps), readJson());
  app.use('/api', apiTokenGuard(deps));
  app.use('/api', idempotentCommands(deps));
  for (const routes of ROUTES) app.use('/api', routes(deps));
  app.use('/api', nothingHere);
  app.use(consoleRoutes(deps.uiDirectory));
  app.use(nothingHere);
  app.use(errorHandler(deps));
  return app;
}

function nothingHere(): void {
  throw new GatewayError('not_found');
}

/**
 * Scripts of ours alone; `wasm-unsafe-eval` is for the recording player. Style elements may be inline because the
 * console's components write them; style attributes, which injected markup could carry, may not.
 */
function securityHeaders(publicUrl: URL) {
  const secure = isSecure(publicUrl);
  // Of a terminal: not every browser takes `'self'` for a WebSocket.
  const sockets = `${secure ? 'wss' : 'ws'}://${publicUrl.host}`;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        connectSrc: ["'self'", sockets],
        fontSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:'],
        manifestSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        styleSrcElem: ["'self'", "'unsafe-inline'"],
        styleSrcAttr: ["'none'"],
        ...(secure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    // Not no-referrer: with it browsers may send `Origin: null`, and our own page would look like another site's.
    referrerPolicy: { policy: 'same-origin' },
  });
}
