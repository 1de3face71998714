/** The first packet of a key exchange, sent before the other side's algorithms are known (RFC 4253 §7). */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import type { Algorithms } from 'ssh2';
import { targetLeg } from '../../../gateway/ssh/algorithms.ts';
import { Client, serverKey } from '../../../gateway/ssh/library/index.ts';
import { serve } from './support/served.ts';

const CURVE = 'curve25519-sha256';
const HYBRID = 'mlkem768x25519-sha256';

/** Key exchanges that the two agreed on, in order. */
async function exchanged(port: number, kex: readonly string[]): Promise<string[]> {
  const client = new Client();
  const agreed: string[] = [];
  client.on('error', () => undefined);
  client.on('handshake', ({ kex: name }) => agreed.push(name));
  const ready = once(client, 'ready');
  client.connect({
    ...{ host: '127.0.0.1', port, username: 'somebody', hostVerifier: () => true, guess: true },
    algorithms: { ...targetLeg('ssh-ed25519'), kex: [...kex] } as Algorithms,
    authHandler: [{ type: 'none', username: 'somebody' }],
  });
  await ready;
  const again = once(client, 'handshake');
  client.rekey();
  await again;
  const closed = once(client, 'close');
  client.end();
  await closed;
  return agreed;
}

const hostKeys = [serverKey(generateKeyPairSync('ed25519').privateKey)];

it.each<[string, string[], string[], string]>([
  ['is passed over where the server puts another first', [HYBRID, CURVE], [CURVE, HYBRID], CURVE],
  ['is passed over where the server does not have it', [HYBRID], [CURVE, HYBRID], HYBRID],
  ['is what the server goes by where both put the same first', [HYBRID, CURVE], [HYBRID, CURVE], HYBRID],
])('a guess %s', async (_name, served, asked, agreed) => {
  await using server = await serve({ hostKeys, kex: served });
  expect(await exchanged(server.port, asked)).toEqual([agreed, agreed]);
});
