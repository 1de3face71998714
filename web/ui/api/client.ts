import * as z from 'zod/mini';
import { Failure } from './schemas.ts';

/** A refusal or failure of the API, or of the way to it (`network`, `unexpected_answer`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;
  readonly reference: string | undefined;

  constructor(code: string, status: number, message: string, reference?: string) {
    super(message);
    this.code = code;
    this.status = status;
    this.reference = reference;
  }
}

/** Reports whether `thrown` is the API's answer that nobody is signed in. */
export function isSignedOut(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 401;
}

/** Reports whether `thrown` is the API's answer that this is not, or not for this person, here. */
export function isNotYours(thrown: unknown): boolean {
  return thrown instanceof ApiError && (thrown.status === 403 || thrown.status === 404);
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

async function send(method: Method, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', redirect: 'error', cache: 'no-store' };
  if (body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(path, init).catch((thrown: unknown) => {
    throw new ApiError('network', 0, String(thrown));
  });
  if (!response.ok) throw await failureOf(response);
  return response;
}

async function failureOf(response: Response): Promise<ApiError> {
  const parsed = z.safeParse(Failure, await response.json().catch(() => undefined));
  if (!parsed.success) return new ApiError('unexpected_answer', response.status, response.statusText);
  const { code, message, reference } = parsed.data.error;
  return new ApiError(code, response.status, message, reference);
}

/**
 * One call of the JSON API, its answer checked against the schema.
 * @throws {ApiError} with the API's code, or `network` / `unexpected_answer`.
 */
export async function call<Schema extends z.ZodMiniType>(
  schema: Schema,
  method: Method,
  path: string,
  body?: unknown,
): Promise<z.output<Schema>> {
  const response = await send(method, path, body);
  const parsed = z.safeParse(schema, await response.json().catch(() => undefined));
  if (!parsed.success) throw new ApiError('unexpected_answer', response.status, z.prettifyError(parsed.error));
  return parsed.data;
}

/** A call whose answer has no body. */
export async function callPlain(method: Method, path: string, body?: unknown): Promise<void> {
  await send(method, path, body);
}
