/** The witness's own web server: what it does not take, and what it shows. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLog, LIMITS, sha256, systemClock } from '../../foundation/index.ts';
import { witnessListener } from '../../main/witness/http.ts';
import { createRateLimit } from '../../main/witness/rate-limit.ts';
import { runWitness } from '../../main/witness/index.ts';
import { openWitness, parseVerifierLine } from '../../recorder/index.ts';
import { hashLeaf } from '../../evidence/index.ts';
import { signCheckpoint, verifierLine } from '../../recorder/log/note.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { errno, MemoryDisk } from '../recorder/support/memory-disk.ts';
import { ManualClock } from '../support/manual-clock.ts';

const ORIGIN = 'log.example/audit';
const { privateKey } = generateKeyPairSync('ed25519');
const line = verifierLine(ORIGIN, createPublicKey(privateKey));
const body = `old 0\n\n${signCheckpoint({ size: 1, root: hashLeaf(nodeCrypto, Buffer.from('a')) }, ORIGIN, privateKey)}`;

describe('the witness on HTTP', () => {
  const files = new MemoryDisk();
  let server: Server;
  let url: string;
  beforeEach(async () => {
    await files.mkdir('/w');
    const logs = [parseVerifierLine(line)!];
    const witness = await openWitness({ directory: '/w', files, clock: systemClock, name: 'witness.example/w1', logs });
    server = createServer(witnessListener({ witness, clock: systemClock, log: createLog('silent') }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterEach(async () => {
    files.before = () => undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  const post = (text: string) => ask('/add-checkpoint', { method: 'POST', body: text });

  test('takes no other method, no other path, and no more bytes than a request can have', async () => {
    expect((await ask('/add-checkpoint')).status).toBe(405);
    expect((await ask('/', { method: 'DELETE' })).status).toBe(405);
    expect((await ask('/../etc/passwd')).status).toBe(404);
    expect((await ask(`/${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
    expect((await post('x'.repeat(LIMITS.witnessRequestBytesMax + 1))).status).toBe(413);
    expect((await post('nonsense')).status).toBe(400);
  });

  test('says that it cannot, and cosigns nothing, when its disk is full', async () => {
    files.before = () => {
      throw errno('ENOSPC');
    };
    expect(await post(body)).toMatchObject({ status: 500, text: expect.not.stringContaining('—') });
  });

  test('cosigns, and shows to anybody what it saw', async () => {
    expect(await post(body)).toMatchObject({ status: 200, text: expect.stringMatching(/^— witness\.example\/w1 /) });
    expect(await post(body)).toEqual({ status: 409, type: 'text/x.tlog.size', text: '1\n' });
    expect((await ask('/')).text).toContain(`1\t${ORIGIN}\n`);
    const shown = await ask(`/${sha256(ORIGIN).toString('hex')}/checkpoint`);
    expect(shown.text).toMatch(/^log\.example\/audit\n1\n[\s\S]*— witness\.example\/w1 /);
  });
});

describe('the requests of one address', () => {
  test('are bounded in a minute, each address for itself', () => {
    const clock = new ManualClock();
    const mayAsk = createRateLimit(clock, 2);
    expect([mayAsk('a'), mayAsk('a'), mayAsk('a'), mayAsk('b')]).toEqual([true, true, false, true]);
    clock.advance(60_000);
    expect(mayAsk('a')).toBe(true);
  });
});

describe('sekisho witness', () => {
  const options = { listen: '127.0.0.1:0', state: '/nowhere', name: undefined, logs: [line], file: undefined };

  test.each([
    ['no address', { listen: undefined }],
    ['no state', { state: undefined }],
    ['an address that is none', { listen: 'here' }],
    ['no log', { logs: [] }],
    ['a log whose key is damaged', { logs: [line.replace('+', '+0')] }],
    ['a file of logs that is not there', { file: '/nowhere/logs' }],
  ])('does not start with %s', async (_name, change) => {
    await expect(runWitness({ ...options, ...change })).rejects.toMatchObject({ code: 'request_invalid' });
  });
});
