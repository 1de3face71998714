import { createCipheriv, randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chunkHead, type ChunkContents } from '../../recorder/chunks/chunk.ts';
import { openChunk, parseChunk } from '../../recorder/chunks/open.ts';
import { PACKED_AS, SealThread } from '../../recorder/chunks/seal-thread.ts';
import { encodeFrame } from '../../recorder/frames.ts';
import { chunkKey } from '../../recorder/keys/session-keys.ts';
import { newMeta } from './support/recordings.ts';

const key = Buffer.alloc(32, 5);
const HEAD_PREFIX_BYTES = 12;
const hasZstd = typeof Reflect.get(zlib, 'zstdCompressSync') === 'function';

function chunkOf(payload: Uint8Array): { contents: ChunkContents; plain: Buffer } {
  const plain = Buffer.from(encodeFrame({ type: 'o', seq: 0, micros: 7n, payload }));
  const sid = newMeta().sessionId;
  return { contents: { sid, stream: 'screen', seq: 0, first: 0, frames: 1, bytes: plain.length, t0: 7, t1: 7 }, plain };
}

describe('a chunk', () => {
  let thread: SealThread;
  beforeAll(() => {
    thread = new SealThread();
  });
  afterAll(() => thread[Symbol.asyncDispose]());

  const sealed = async (payload: Uint8Array) => {
    const { contents, plain } = chunkOf(payload);
    const memory = new ArrayBuffer(plain.length);
    new Uint8Array(memory).set(plain);
    const { parts, bytes } = await thread.seal({ contents, key, memory, level: 1 });
    const chunk = parseChunk(Buffer.concat(parts));
    return { chunk, bytes, frames: await openChunk(chunk, key) };
  };

  test('is compressed by zstd where the runtime has it and by gzip elsewhere, and says by which', async () => {
    const text = Buffer.from('請求書 0001 山田 太郎\r\n'.repeat(2_000));
    const { chunk, bytes, frames } = await sealed(text);
    expect(PACKED_AS).toBe(hasZstd ? 'zstd' : 'gzip');
    expect(chunk.header.alg).toBe(PACKED_AS);
    expect(bytes).toBeLessThan(text.length / 20);
    expect(frames.map(({ payload }) => Buffer.from(payload).equals(text))).toEqual([true]);
  });

  test('that would not be smaller is not compressed, and says so', async () => {
    const noise = randomBytes(5_000);
    const { chunk, frames } = await sealed(noise);
    expect(chunk.header.alg).toBe('none');
    expect(frames.map(({ payload }) => Buffer.from(payload).equals(noise))).toEqual([true]);
  });

  test('by zstd is refused where the runtime has none, in words that help, and is not called corrupt', async () => {
    // One frame, as a newer runtime packs it: a zstd frame of one raw block (RFC 8878, 3.1.1).
    const { contents, plain } = chunkOf(Buffer.from('seen'));
    const block = Buffer.alloc(3);
    block.writeUIntLE((plain.length << 3) | 1, 0, 3);
    const packed = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, plain.length]), block, plain]);
    const head = chunkHead(contents, 'zstd');
    const { sid: sessionId, stream, seq } = contents;
    const { key: secret, nonce } = chunkKey(key, { sessionId, stream, seq });
    const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(head.subarray(HEAD_PREFIX_BYTES));
    const object = Buffer.concat([head, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
    const opened = openChunk(parseChunk(object), key).then((frames) => frames.map(({ payload }) => String(payload)));
    await (hasZstd
      ? expect(opened).resolves.toEqual(['seen'])
      : expect(opened).rejects.toMatchObject({
          code: 'recording_unavailable',
          message: expect.stringContaining('22.15'),
        }));
  });
});
