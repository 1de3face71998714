import type { NextFunction, Request, Response } from 'express';
import { asError, ERRORS, GatewayError, type Log, newUuid, type Clock } from '../../foundation/index.ts';

/** Where nothing better is known of when it is worth another try: the length of the windows of rate-limit.ts. */
const RETRY_AFTER_SECONDS = 60;

interface ErrorDeps {
  readonly log: Log;
  readonly clock: Clock;
  /** The types of problems are addresses below it. */
  readonly publicUrl: URL;
}

/**
 * The one place where a failure becomes an answer: problem details (RFC 9457) with a code that stays the same. What is
 * not a GatewayError is our fault and shows a reference only.
 */
export function errorHandler({ log, clock, publicUrl }: ErrorDeps) {
  const answer = (response: Response, failure: GatewayError, reference?: string): void => {
    const { code, message, status, retryAfterSeconds = status === 429 ? RETRY_AFTER_SECONDS : undefined } = failure;
    if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds));
    const named = reference === undefined ? {} : { reference };
    response
      .status(status)
      .type('application/problem+json')
      .json({
        type: new URL(`/api/reference#problem-${code}`, publicUrl).href,
        ...{ title: ERRORS[code].meaning, status, detail: message, code, ...named },
        // As clients from before the problem details read it.
        error: { code, message, ...named },
      });
  };
  // Express knows an error handler by its four parameters.
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    const failure = asGatewayError(thrown);
    if (response.headersSent) {
      next(asError(thrown)); // Too late for an answer: Express closes the connection, so the reader sees a torn one.
      return;
    }
    if (failure !== undefined) {
      if (failure.status >= 500) log.warn({ event: 'http.failed', path: request.path, err: failure }, 'request failed');
      answer(response, failure);
      return;
    }
    const reference = newUuid(clock.now());
    log.error({ event: 'http.internal', reference, path: request.path, err: asError(thrown) }, 'a fault of ours');
    answer(response, new GatewayError('internal'), reference);
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
