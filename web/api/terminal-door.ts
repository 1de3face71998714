/**
 * The handshake of a terminal's WebSocket (RFC 6455 §4.2). Everything is checked before it is answered: a browser sends
 * our cookie with a handshake that any page may begin, so the origin must be ours, and the opener, which only an answer
 * of the API has, must come with it. It travels as a second subprotocol: addresses are kept in logs, headers are not.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { asError, GatewayError } from '../../foundation/index.ts';
import { findWebSession } from '../../identity/index.ts';
import { cookieIn, sessionCookieName } from './cookies.ts';
import type { WebApiDeps } from './deps.ts';

const PATH = '/api/terminals/connect';
const PROTOCOLS = /^sekisho\.terminal\.v1, ?opener\.([A-Za-z0-9_-]{43})$/;

type DoorDeps = Pick<WebApiDeps, 'clock' | 'database' | 'log' | 'publicUrl' | 'terminals'>;

/** Takes every request of the console's port that asks for another protocol. */
export function createTerminalDoor(deps: DoorDeps) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', (error) => deps.log.debug({ event: 'terminal.socket_error', err: error }, 'socket error'));
    enter(deps, request, socket, head).catch((thrown: unknown) => {
      const known =
        thrown instanceof GatewayError ? thrown : new GatewayError('internal', undefined, { cause: thrown });
      if (known.status >= 500)
        deps.log.warn({ event: 'terminal.handshake_failed', err: asError(thrown) }, 'no terminal was opened');
      refuse(socket, known.status);
    });
  };
}

async function enter(deps: DoorDeps, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const { headers } = request;
  if (request.method !== 'GET' || request.url !== PATH) throw new GatewayError('not_found');
  if (headers.upgrade?.toLowerCase() !== 'websocket') throw new GatewayError('request_invalid');
  const token = cookieIn(headers.cookie, sessionCookieName(deps.publicUrl));
  const principal = token === undefined ? undefined : await findWebSession(deps, token);
  if (principal === undefined) throw new GatewayError('not_authenticated');
  if (headers.origin !== deps.publicUrl.origin) {
    await deps.terminals.refused(principal, 'origin');
    throw new GatewayError('origin_refused');
  }
  const opener = PROTOCOLS.exec(headers['sec-websocket-protocol'] ?? '')?.[1];
  if (opener === undefined) throw new GatewayError('request_invalid');
  await deps.terminals.connect(principal, opener, { request, socket, head });
}

function refuse(socket: Duplex, status: number): void {
  if (socket.destroyed) return;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'connection: close', 'content-length: 0', '', ''];
  socket.end(lines.join('\r\n'), () => socket.destroy());
}
