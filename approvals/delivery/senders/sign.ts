/** Signatures of Standard Webhooks (https://www.standardwebhooks.com, symmetric, `v1`). */
import { createHmac } from 'node:crypto';
import type { Secret } from '../../../foundation/index.ts';

const PREFIX = 'whsec_';

/** The bytes of `whsec_BASE64`; undefined when it is none, or not of 24 to 64 bytes. */
export function webhookKey(secret: string): Buffer | undefined {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = Buffer.from(encoded, 'base64');
  const isWhole = key.toString('base64') === encoded;
  return isWhole && key.length >= 24 && key.length <= 64 ? key : undefined;
}

/** One signature for each key, so that a receiver can change from the old to the new one in peace. */
export function signatureHeaders(
  keys: readonly Secret<Buffer>[],
  { id, body, at }: { readonly id: string; readonly body: string; readonly at: Date },
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = keys.map((key) => {
    const mac = createHmac('sha256', key.expose()).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64');
    return `v1,${mac}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
