/** How this gateway asks an identity provider: no answer is read beyond a limit, however long the provider goes on. */
import { asError, LIMITS } from '../../foundation/index.ts';

/** As `fetch`, and rejects when the body is longer than `LIMITS.providerAnswerBytesMax`. */
export async function boundedFetch(url: string, init: object): Promise<Response> {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > LIMITS.providerAnswerBytesMax) throw new Error('the provider answers more than is read');
    chunks.push(chunk);
  }
  const { status, statusText, headers } = response;
  const hasNone = status === 204 || status === 304;
  return new Response(hasNone ? null : Buffer.concat(chunks), { status, statusText, headers });
}

/** Whether the provider, or the way to it, did not answer: nothing is known about the sign-in then. */
export function isUnreachable(thrown: unknown): boolean {
  for (let at: unknown = thrown, depth = 0; at !== undefined && depth < 5; depth += 1) {
    const { name, message, cause } = asError(at);
    if (message === 'fetch failed' || name === 'TimeoutError') return true;
    if (typeof at === 'object' && at !== null && 'code' in at && at.code === 'OAUTH_TIMEOUT') return true;
    at = cause;
  }
  return false;
}
