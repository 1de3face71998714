/** The calls of `sekisho login` against a gateway that does not behave. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { ask, revoke } from '../../main/login/calls.ts';
import { freePort } from '../support/free-port.ts';

const KEY = 'ssh-ed25519 AAAA';

/** What the call comes to when the gateway answers like this. */
async function against(listener: RequestListener, call: (origin: string) => Promise<unknown>): Promise<unknown> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await call(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch((thrown: unknown) => {
      const { code, message } = thrown as { code: string; message: string };
      return { code, message };
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a call to the gateway', () => {
  test('follows no redirect', async () => {
    let followed = 0;
    const answer = await against(
      (request, response) => {
        if (request.url !== '/api/logins') followed += 1;
        response.writeHead(307, { location: '/elsewhere' }).end();
      },
      (origin) => ask(origin, KEY),
    );
    expect([answer, followed]).toEqual([expect.objectContaining({ code: 'login_unreachable' }), 0]);
  });

  test('reads no answer larger than a gateway has to give', async () => {
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const answer = await against(
      (_request, response) => {
        const pour = (): void => {
          while (response.write(chunk));
          response.once('drain', pour);
        };
        pour();
      },
      (origin) => ask(origin, KEY),
    );
    expect(answer).toMatchObject({ code: 'login_answer_refused', message: expect.stringContaining('too large') });
  });

  test('says which refusal it was by its code, and never repeats words that could draw on the terminal', async () => {
    const refusing =
      (body: string): RequestListener =>
      (_request, response) => {
        response.writeHead(429, { 'content-type': 'application/json' }).end(body);
      };
    const plain = await against(refusing('{"error":{"code":"too_many_requests","message":"x"}}'), (origin) =>
      ask(origin, KEY),
    );
    expect(plain).toMatchObject({
      code: 'login_answer_refused',
      message: expect.stringContaining('too_many_requests'),
    });
    const drawn = await against(refusing('{"error":{"code":"\\u001b[2J","message":"\\u001b[2J"}}'), (origin) =>
      ask(origin, KEY),
    );
    expect(drawn).toMatchObject({
      code: 'login_answer_refused',
      message: expect.stringMatching(/said no: status 429\.$/),
    });
  });

  test('takes what is no JSON for nothing, and an empty answer for a yes without words', async () => {
    expect(
      await against(
        (_request, response) => response.end('<html>'),
        (origin) => ask(origin, KEY),
      ),
    ).toBeNull();
    const gone: RequestListener = (_request, response) => response.writeHead(204).end();
    expect(await against(gone, (origin) => revoke(origin, { certificate: 'AA', signature: 'AA' }))).toBeNull();
  });

  test('to nobody says that nobody is there', async () => {
    const port = await freePort();
    await expect(ask(`http://127.0.0.1:${port}`, KEY)).rejects.toMatchObject({ code: 'login_unreachable' });
  });
});
