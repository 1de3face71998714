/** How the library signs in at a target: in as few steps as the server allows. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { clientKey } from '../../../gateway/ssh/library/index.ts';
import { join } from './support/joined.ts';
import { serve } from './support/served.ts';

const username = 'somebody';
const key = clientKey(generateKeyPairSync('ed25519').privateKey);

it('a key that is refused ends the attempt with that reason', async () => {
  await using served = await serve({ onAuthentication: (context) => context.reject(['publickey']) });
  await expect(join(served.port, { authentication: { type: 'publickey', username, key } })).rejects.toThrow(
    'All configured authentication methods failed',
  );
});

it.each(['Sekisho', 'OpenSSH_9.9'])(
  'a key signs at once and is not asked about before, at a server %s',
  async (ident) => {
    const requests: { method: string; isSigned: boolean }[] = [];
    await using served = await serve({
      ident,
      onAuthentication: (context) => {
        const isSigned = context.method === 'publickey' && context.signature !== undefined;
        requests.push({ method: context.method, isSigned });
        context.accept();
      },
    });
    await using joined = await join(served.port, { authentication: { type: 'publickey', username, key } });
    expect(joined.errors).toEqual([]);
    expect(requests).toEqual([{ method: 'publickey', isSigned: true }]);
  },
);
