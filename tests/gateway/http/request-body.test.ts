import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../../foundation/index.ts';
import type { BrowserRequest } from '../../../gateway/http/model.ts';
import { bodyDigest, isReadable, readBody } from '../../../gateway/http/request/body.ts';

function request(body: Buffer, type: string, isChunked = false): BrowserRequest {
  const stream = Readable.from([body], { objectMode: false });
  const length = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.length) };
  return Object.assign(stream, {
    ...{ method: 'POST', url: '/export', rawHeaders: [], httpVersionMajor: 1, socket: {}, complete: true },
    headers: { 'content-type': type, ...length },
  });
}

async function digest(body: Buffer, type: string, isChunked = false): Promise<string | null> {
  return bodyDigest(await readBody(request(body, type, isChunked)));
}

describe('the body that a ticket is about', () => {
  test('one file is not another', async () => {
    const [one, other] = [Buffer.from('id=1'), Buffer.from('id=2')];
    expect(await digest(one, 'application/octet-stream')).not.toBe(await digest(other, 'application/octet-stream'));
    expect(await digest(one, 'application/octet-stream')).toBe(await digest(one, 'application/octet-stream'));
  });

  test.each([
    ['of an unknown length', Buffer.from('id=1'), true],
    ['that is too large to be read before it is sent on', Buffer.alloc(LIMITS.siteFormBytesMax + 1, 0x61), false],
  ])('one %s is equal to no other, not even to itself', async (_name, body, isChunked) => {
    const type = 'application/octet-stream';
    expect(await digest(body, type, isChunked)).not.toBe(await digest(body, type, isChunked));
  });

  test('of a file the recording keeps nothing but its hash, of JSON the text', async () => {
    const body = Buffer.from('{"id":1}');
    const kept = await Promise.all(
      ['application/octet-stream', 'application/json'].map(async (type) => readBody(request(body, type))),
    );
    expect(kept.map((one) => (one === undefined ? undefined : isReadable(one)))).toEqual([false, true]);
  });
});
