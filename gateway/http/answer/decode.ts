/** Unpacks a body that came packed although nobody asked for it: what is judged is what is sent. */
import type { Duplex, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { GatewayError, LIMITS } from '../../../foundation/index.ts';

const CODINGS: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/** @returns undefined where the packing is not read here. */
export function decodedBody(body: Readable, coding: string): AsyncIterable<Buffer> | undefined {
  const codings = coding
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'identity');
  if (codings.length === 0) return body;
  const [only = ''] = codings;
  const create = codings.length === 1 ? CODINGS[only] : undefined;
  return create === undefined ? undefined : within(body, create());
}

/** A little that becomes very much is a bomb and no page (CWE-409). */
async function* within(body: Readable, unpack: Duplex): AsyncGenerator<Buffer, void, undefined> {
  let packed = 0;
  let plain = 0;
  body.on('data', (chunk: Buffer) => {
    packed += chunk.length;
  });
  body.on('error', (error) => unpack.destroy(error));
  body.pipe(unpack);
  try {
    for await (const chunk of unpack as AsyncIterable<Buffer>) {
      plain += chunk.length;
      const isBomb = plain > LIMITS.siteInflatedFreeBytes && plain > packed * LIMITS.siteInflateRatioMax;
      if (isBomb) throw new GatewayError('protocol_violation', 'A packed answer of the site becomes too large.');
      yield chunk;
    }
  } finally {
    unpack.destroy();
    body.destroy();
  }
}
