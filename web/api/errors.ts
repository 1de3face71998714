import type { NextFunction, Request, Response } from 'express';
import { asError, GatewayError, type Log, newUuid, type Clock } from '../../foundation/index.ts';

/** The one place where a failure becomes an answer. What is not a GatewayError is our fault and shows a reference only. */
export function errorHandler({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
  // Express knows an error handler by its four parameters.
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    const failure = asGatewayError(thrown);
    if (response.headersSent) {
      next(asError(thrown)); // Too late for an answer: Express closes the connection, so the reader sees a torn one.
      return;
    }
    if (failure !== undefined) {
      if (failure.status >= 500) log.warn({ event: 'http.failed', path: request.path, err: failure }, 'request failed');
      response.status(failure.status).json({ error: { code: failure.code, message: failure.message } });
      return;
    }
    const reference = newUuid(clock.now());
    log.error({ event: 'http.internal', reference, path: request.path, err: asError(thrown) }, 'a fault of ours');
    const internal = new GatewayError('internal');
    response.status(internal.status).json({ error: { code: internal.code, message: internal.message, reference } });
  };
}

/** GatewayErrors as they are, and what Express says of a request it cannot read (http-errors: `status`, `type`). */
function asGatewayError(thrown: unknown): GatewayError | undefined {
  if (thrown instanceof GatewayError) return thrown;
  if (!(thrown instanceof Error) || !('status' in thrown) || typeof thrown.status !== 'number') return undefined;
  if (thrown.status === 413) return new GatewayError('request_too_large', undefined, { cause: thrown });
  if (thrown.status === 404) return new GatewayError('not_found', undefined, { cause: thrown });
  if (thrown.status < 400 || thrown.status >= 500) return undefined;
  return new GatewayError('request_invalid', 'The request cannot be read.', { cause: thrown });
}
