import type { Request } from 'express';

/** Where a request comes from: as the socket has it, or as a trusted proxy says; what others claim is not read. */
export function sourceAddress(request: Request): string {
  return (request.ip ?? 'unknown').replace(/^::ffff:/, '');
}
