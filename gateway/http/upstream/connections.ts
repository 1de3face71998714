/** The connections of one visit to its site. Nobody else's requests go over them: some sites know people by connection. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { asError, GatewayError, LIMITS, type Log } from '../../../foundation/index.ts';
import type { Site } from '../../../identity/index.ts';
import type { AddressPolicy } from '../../address-policy.ts';

export interface SiteConnections extends AsyncDisposable {
  readonly pool: Pool;
}

interface Deps {
  readonly addresses: AddressPolicy;
  readonly certificates: ReadonlyMap<string, { readonly certificate: string; readonly key: string }>;
  readonly log: Log;
}

/** @throws {GatewayError} `config_invalid` when the site wants a certificate that the configuration does not have. */
export function connectToSite(deps: Deps, { target, web }: Site): SiteConnections {
  const isSecure = web.scheme === 'https';
  const own = web.clientCertificate === null ? undefined : deps.certificates.get(web.clientCertificate);
  if (web.clientCertificate !== null && own === undefined) {
    throw new GatewayError('config_invalid', `${target.name}: no client certificate ${web.clientCertificate}`);
  }
  const servername = web.serverName ?? (isIP(target.host) === 0 ? target.host : undefined);
  const dial = buildConnector({
    timeout: LIMITS.targetDialSeconds * 1_000,
    allowH2: false,
    rejectUnauthorized: true,
    ...(web.ca === null ? {} : { ca: web.ca }),
    ...(own === undefined ? {} : { cert: own.certificate, key: own.key }),
    ...(servername === undefined ? {} : { servername }),
  });
  const origin = `${isSecure ? 'https' : 'http'}://${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const pool = new Pool(origin, {
    connections: LIMITS.siteConnectionsPerVisitMax,
    pipelining: 1,
    headersTimeout: LIMITS.siteAnswerSeconds * 1_000,
    // A stream of events may be silent for long; the session's own end closes it.
    bodyTimeout: 0,
    maxHeaderSize: LIMITS.siteHeaderBytesMax,
    connect: (options, callback) => {
      addressOf(deps, target.host).then(
        (hostname) =>
          dial({ ...options, hostname, host: hostname, ...(servername === undefined ? {} : { servername }) }, callback),
        (thrown: unknown) => callback(asError(thrown), null),
      );
    },
  });
  return {
    pool,
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** Looked up anew for each connection and dialled as looked up: a name cannot lead elsewhere in between (DNS rebinding). */
async function addressOf({ addresses, log }: Deps, host: string): Promise<string> {
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
  for (const { address } of found) {
    const refusal = addresses.refusal(address);
    if (refusal === undefined) return address;
    log.warn({ event: 'site.address_refused', host, refusal }, 'the site does not stand where sites may');
  }
  throw new GatewayError('target_address_refused');
}
