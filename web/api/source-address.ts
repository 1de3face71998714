import type { Request } from 'express';

/** Where a request comes from, as the socket has it. */
export function sourceAddress(request: Request): string {
  return (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
}
