/** The way to a target, dialled to real sshds: who is let in, who is refused, and what each refusal is called. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup, createLog, newUuid, systemClock } from '../../foundation/index.ts';
import { createAddressPolicy } from '../../gateway/address-policy.ts';
import type { TargetConnection } from '../../gateway/ssh/target/connection.ts';
import { type DialDeps, dialTarget, dialTargetAhead } from '../../gateway/ssh/target/dial.ts';
import { FirstChoices } from '../../gateway/ssh/target/first-choices.ts';
import { type CertificateAuthority, loadCertificateAuthority } from '../../identity/index.ts';
import {
  authorizeTarget,
  NO_TICKET_NEEDED,
  type GrantAction,
  type PersonId,
  type SystemId,
  type Target,
  type TargetAuthorization,
  type TargetId,
} from '../../policy/index.ts';
import { type Sshd, startSshd } from '../e2e/support/sshd.ts';
import { freePort } from '../support/free-port.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';

const LEGACY_ONLY = [
  'KexAlgorithms diffie-hellman-group14-sha1',
  'Ciphers aes256-cbc',
  'MACs hmac-sha1',
  'HostKeyAlgorithms ssh-rsa',
];

describeWith(['ssh-keygen', 'sshd', 'root'], 'the way to a target', () => {
  const cleanup = new Cleanup();
  let authority: CertificateAuthority;
  let sshd: Sshd;
  let relay: Sshd;
  let deps: DialDeps;

  const started = async (options?: Parameters<typeof startSshd>[0]): Promise<Sshd> => {
    const server = cleanup.use(await startSshd(options));
    await server.trust(authority.publicKeyLine);
    return server;
  };

  beforeAll(async () => {
    const { path } = cleanup.use(await tempDirectory());
    authority = await loadCertificateAuthority(join(path, 'ca.pem'));
    sshd = await started({ config: ['LogLevel VERBOSE'] });
    relay = await started();
    const addresses = createAddressPolicy({ allowed: [], denied: [], loopback: true });
    deps = { clock: systemClock, log: createLog('silent'), authority, addresses };
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const targetOf = (server: Pick<Sshd, 'port' | 'hostKey'>, changed: Partial<Target> = {}): Target => ({
    id: newUuid(new Date()) as TargetId,
    systemId: newUuid(new Date()) as SystemId,
    systemName: 'crm',
    name: 'crm-db',
    host: '127.0.0.1',
    port: server.port,
    hostKey: server.hostKey,
    hostCa: null,
    mode: 'recorded',
    legacyAlgorithms: false,
    sourceAddress: null,
    ...changed,
  });

  const proof = (
    target: Target,
    options: { account?: string; via?: { target: Target; account: string }[]; actions?: GrantAction[] } = {},
  ): TargetAuthorization => {
    const decision = authorizeTarget({
      person: {
        id: newUuid(new Date()) as PersonId,
        ...{ name: 'Chen', email: null, employer: '', locale: 'en', roles: ['maintainer'], contractEndsAt: null },
      },
      ...{ locks: [], ambiguous: false, target, account: options.account ?? sshd.account, via: options.via ?? [] },
      grant: { actions: options.actions ?? ['exec'], expiresAt: new Date(Date.now() + 60_000) },
      ...{ action: 'exec', now: new Date(), ticket: NO_TICKET_NEEDED },
    });
    if (!decision.allowed) throw new Error(decision.reason);
    return decision.authorization;
  };

  let serial = 1n;
  const dial = (authorization: TargetAuthorization, changed: Partial<DialDeps> = {}): Promise<TargetConnection> => {
    serial += 1n;
    const entry = { keyId: `session-test-${serial}`, serial, signal: new AbortController().signal };
    return dialTarget({ ...deps, ...changed }, authorization, entry);
  };

  const failure = async (...args: Parameters<typeof dial>) => {
    try {
      (await dial(...args)).close();
    } catch (thrown) {
      const { code, detail, place } = thrown as { code: string; detail: string; place: { isRelay: boolean } };
      return { code, detail, isRelay: place.isRelay };
    }
    throw new Error('not refused');
  };

  const output = async (connection: TargetConnection, command: string): Promise<string> => {
    const channel = await connection.exec(command, { terminal: undefined, environment: {} });
    let text = '';
    channel.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await once(channel, 'close');
    return text.trim();
  };

  const relayStage = (changed: Partial<Target> = {}, account = relay.account) => ({
    target: targetOf(relay, { name: 'gate', ...changed }),
    account,
  });

  describe('is refused', () => {
    test('to whatever was not made by authorizeTarget', async () => {
      const forged = JSON.parse(JSON.stringify(proof(targetOf(sshd)))) as TargetAuthorization;
      await expect(dial(forged)).rejects.toThrow('invariant');
    });

    test('by a host name that nobody has', async () => {
      expect(await failure(proof(targetOf(sshd, { host: 'no-such-host.invalid' })))).toMatchObject({
        code: 'target_name_not_found',
        detail: expect.stringContaining('no-such-host.invalid'),
      });
    });

    test('by an address that is not dialled', async () => {
      const addresses = createAddressPolicy({ allowed: [], denied: ['127.0.0.1'], loopback: true });
      expect(await failure(proof(targetOf(sshd, { host: 'localhost' })), { addresses })).toMatchObject({
        code: 'target_address_refused',
        detail: expect.stringContaining('targets.denied_networks'),
      });
    });

    test('where nothing listens', async () => {
      const authorization = proof(targetOf({ port: await freePort(), hostKey: sshd.hostKey }));
      expect(await failure(authorization)).toMatchObject({ code: 'target_connection_refused', isRelay: false });
    });

    test('by a server that accepts and never speaks, after its seconds', async () => {
      const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const port = portOf(server);
      expect(await failure(proof(targetOf({ port, hostKey: sshd.hostKey })), { dialSeconds: 0.2 })).toMatchObject({
        code: 'target_timed_out',
        detail: expect.stringContaining('0.2 seconds'),
      });
      server.close();
      await once(server, 'close'); // It would wait for a connection that was left open.
    });

    test('by a server that is none of SSH, or breaks off', async () => {
      for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '']) {
        const server = createServer((socket) => {
          socket.on('error', () => undefined).resume();
          socket.end(answer);
        }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        const port = portOf(server);
        const { code } = await failure(proof(targetOf({ port, hostKey: sshd.hostKey })));
        expect(code).toBe('target_unreachable');
        server.close();
        await once(server, 'close');
      }
    });

    test('by another host key than the pinned one, before anybody signs in', async () => {
      const before = sshd.log().length;
      expect(await failure(proof(targetOf({ port: sshd.port, hostKey: relay.hostKey })))).toMatchObject({
        code: 'target_host_key_mismatch',
        detail: expect.stringMatching(/^shown: ssh-ed25519 SHA256:/),
      });
      expect(sshd.log().slice(before)).not.toContain('Accepted');
    });

    test('by an account that the certificate is not for', async () => {
      expect(await failure(proof(targetOf(sshd), { account: 'somebody-else' }))).toMatchObject({
        code: 'target_sign_in_refused',
        detail: expect.stringContaining('somebody-else'),
      });
    });

    test('from an address that the certificate is not for', async () => {
      expect(await failure(proof(targetOf(sshd, { sourceAddress: '192.0.2.0/24' })))).toMatchObject({
        code: 'target_sign_in_refused',
      });
    });

    test('when the session ends in the middle, and nothing stays open', async () => {
      const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const port = portOf(server);
      const ending = new AbortController();
      const entry = { keyId: 'session-x', serial: 1n, signal: ending.signal };
      const dialled = dialTarget(deps, proof(targetOf({ port, hostKey: sshd.hostKey })), entry);
      await once(server, 'connection');
      ending.abort('locked');
      await expect(dialled).rejects.toThrow();
      server.close();
      await once(server, 'close');
    });
  });

  describe('ahead of the sign-in', () => {
    const nothing = { terminal: undefined, environment: {} };
    const ahead = (authorization: TargetAuthorization, told: Error[], changed: Partial<DialDeps> = {}) => {
      serial += 1n;
      const refused = (error: Error): Promise<never> => {
        told.push(error);
        return Promise.reject(error);
      };
      const entry = { keyId: `session-test-${serial}`, serial, signal: new AbortController().signal, refused };
      return dialTargetAhead({ ...deps, ...changed }, authorization, entry);
    };

    test('gives no channel to an account that is not let in, says so once, and closes the way', async () => {
      const told: Error[] = [];
      const authorization = proof(targetOf(sshd), { account: 'somebody-else' });
      const connection = await ahead(authorization, told);
      await expect(connection.exec('id', nothing)).rejects.toMatchObject({ code: 'target_sign_in_refused' });
      expect(told).toMatchObject([{ code: 'target_sign_in_refused' }]);
      expect(connection.closed).toBe(true);
    });

    test('tells of the refusal when nobody asks for a channel', async () => {
      const told: Error[] = [];
      await ahead(proof(targetOf(sshd), { account: 'somebody-else' }), told);
      await waitFor('the refusal', () => told.length === 1);
    });

    test('a command runs as after it, also behind a relay host', async () => {
      const told: Error[] = [];
      const connection = await ahead(proof(targetOf(sshd)), told);
      expect(await output(connection, 'id -un')).toBe(sshd.account);
      connection.close();
      const relayed = await ahead(proof(targetOf(sshd), { via: [relayStage()] }), told);
      expect(await output(relayed, 'id -un')).toBe(sshd.account);
      relayed.close();
      expect(told).toEqual([]);
    });

    test('the key exchange begins before the offer of a target whose first choices are known, right or wrong', async () => {
      const firstChoices = new FirstChoices();
      const target = targetOf(sshd);
      for (let at = 0; at < 2; at += 1) {
        const connection = await dial(proof(target), { firstChoices });
        expect(await output(connection, 'id -un')).toBe(sshd.account);
        connection.close();
      }
      const moved = await started({ config: ['KexAlgorithms curve25519-sha256'] });
      const changed = { ...target, port: moved.port, hostKey: moved.hostKey };
      const connection = await dial(proof(changed, { account: moved.account }), { firstChoices });
      expect(await output(connection, 'id -un')).toBe(moved.account);
      connection.close();
    });
  });

  describe('opens', () => {
    test('as the account of the proof, by a certificate whose key id is the session', async () => {
      const connection = await dial(proof(targetOf(sshd)));
      expect(await output(connection, 'id -un')).toBe(sshd.account);
      expect(connection.legacy).toEqual([]);
      expect(sshd.log()).toContain(`session-test-${serial}`);
      connection.close();
      expect(connection.closed).toBe(true);
    });

    test('from the address that the certificate is for', async () => {
      const connection = await dial(proof(targetOf(sshd, { sourceAddress: '192.0.2.0/24,127.0.0.0/8' })));
      expect(await output(connection, 'echo in')).toBe('in');
      connection.close();
    });

    test('by a name, at whichever of its addresses answers', async () => {
      const connection = await dial(proof(targetOf(sshd, { host: 'localhost' })));
      expect(await output(connection, 'echo in')).toBe('in');
      connection.close();
    });
  });

  describe('to a host with a certificate', () => {
    const keygen = (...more: string[]) => ['-h', '-I', 'crm-db', '-V', '-5m:+10m', ...more];
    const byCa = (server: Sshd, changed: Partial<Target> = {}) =>
      proof(targetOf(server, { hostKey: null, hostCa: server.hostCa, ...changed }), { account: server.account });

    test('opens by the certificate alone, for its address or for its name', async () => {
      for (const principal of ['127.0.0.1,other', 'crm-db']) {
        const server = await started({ hostCertificate: keygen('-n', principal) });
        const connection = await dial(byCa(server));
        expect(await output(connection, 'echo in')).toBe('in');
        connection.close();
      }
    });

    test('opens by either where a key is pinned as well', async () => {
      const server = await started({ hostCertificate: keygen('-n', 'crm-db') });
      for (const hostCa of [server.hostCa, relay.hostKey]) {
        const connection = dial(byCa(server, { hostKey: server.hostKey, hostCa }));
        if (hostCa === server.hostCa) (await connection).close();
        else await expect(connection).rejects.toMatchObject({ code: 'target_host_certificate_refused' });
      }
      const plain = await dial(byCa(sshd, { hostKey: sshd.hostKey, hostCa: server.hostCa }));
      plain.close();
    });

    test.each([
      ['for another host', keygen('-n', 'web-01'), /for another host/],
      ['for no host by name', keygen(), /for another host/],
      ['that has expired', ['-h', '-I', 'x', '-n', 'crm-db', '-V', '-10m:-5m'], /expired/],
      ['that is not valid yet', ['-h', '-I', 'x', '-n', 'crm-db', '-V', '+5m:+10m'], /not valid yet/],
    ])('refuses one %s', async (_what, hostCertificate, detail) => {
      const server = await started({ hostCertificate });
      expect(await failure(byCa(server))).toMatchObject({
        code: 'target_host_certificate_refused',
        detail: expect.stringMatching(detail),
      });
    });

    test('refuses one of another authority', async () => {
      const server = await started({ hostCertificate: keygen('-n', 'crm-db') });
      expect(await failure(byCa(server, { hostCa: sshd.hostKey }))).toMatchObject({
        code: 'target_host_certificate_refused',
        detail: expect.stringContaining('foreign issuer'),
      });
    });

    test('refuses a host that shows no certificate, even with the right key', async () => {
      expect(await failure(byCa(sshd, { hostCa: relay.hostKey }))).toMatchObject({
        code: 'target_no_common_algorithm',
      });
    });
  });

  describe('to a target of older algorithms', () => {
    let old: Sshd;
    beforeAll(async () => {
      old = await started({ config: LEGACY_ONLY, hostKeyType: 'rsa' });
    });

    test('is refused without its exception, saying who offered what', async () => {
      const { code, detail } = await failure(proof(targetOf(old), { account: old.account }));
      expect(code).toBe('target_no_common_algorithm');
      for (const part of [
        'kex: gateway mlkem768x25519-sha256,curve25519-sha256',
        'target diffie-hellman-group14-sha1',
        'target aes256-cbc',
      ]) {
        expect(detail).toContain(part);
      }
    });

    test('opens with it, and names what was negotiated', async () => {
      const connection = await dial(proof(targetOf(old, { legacyAlgorithms: true }), { account: old.account }));
      expect(await output(connection, 'id -un')).toBe(old.account);
      expect([...connection.legacy].sort()).toEqual([
        'aes256-cbc',
        'diffie-hellman-group14-sha1',
        'hmac-sha1',
        'ssh-rsa',
      ]);
      connection.close();
    });

    test('names nothing when a target with the exception has newer ones', async () => {
      const connection = await dial(proof(targetOf(sshd, { legacyAlgorithms: true })));
      expect(connection.legacy).toEqual([]);
      connection.close();
    });
  });

  describe('through a relay host', () => {
    test('opens as the person’s own account on both, and closes both', async () => {
      const connection = await dial(proof(targetOf(sshd), { via: [relayStage()] }));
      expect(await output(connection, 'id -un')).toBe(sshd.account);
      expect(await output(connection, 'echo "$SSH_CONNECTION"')).toMatch(/^127\.0\.0\.1 /);
      const gone = waitForLog(relay, /Disconnected from user|Connection closed by user|Received disconnect/);
      connection.close();
      await gone;
    });

    test('is closed whole when the relay host’s connection is cut', async () => {
      const wires = new Set<Socket>();
      const wire = createServer((near) => {
        const far = connect(relay.port, '127.0.0.1');
        for (const socket of [near, far]) wires.add(socket.on('error', () => undefined));
        near.pipe(far).pipe(near);
      }).listen(0, '127.0.0.1');
      await once(wire, 'listening');
      const connection = await dial(proof(targetOf(sshd), { via: [relayStage({ port: portOf(wire) })] }));
      const channel = await connection.exec('sleep 60', { terminal: undefined, environment: {} });
      const closed = once(channel.resume(), 'close');
      for (const socket of wires) socket.destroy();
      await closed;
      expect(connection.closed).toBe(true);
      wire.close();
      await once(wire, 'close');
    });

    test('names the relay host when its key, its account or its address is refused', async () => {
      const refusals = [
        relayStage({ hostKey: sshd.hostKey }),
        relayStage({}, 'somebody-else'),
        relayStage({ host: '169.254.169.254' }),
      ];
      const found = await Promise.all(refusals.map((stage) => failure(proof(targetOf(sshd), { via: [stage] }))));
      expect(found.map(({ code, isRelay }) => [code, isRelay])).toEqual([
        ['target_host_key_mismatch', true],
        ['target_sign_in_refused', true],
        ['target_address_refused', true],
      ]);
    });

    test('names the relay host when it passes nothing on', async () => {
      const closed = await started({ config: ['AllowTcpForwarding no'] });
      const via = [{ target: targetOf(closed, { name: 'closed' }), account: closed.account }];
      expect(await failure(proof(targetOf(sshd), { via }))).toMatchObject({
        code: 'target_relay_refused',
        isRelay: true,
      });
    });

    test('names the target when the relay host finds nobody there, or another host', async () => {
      const nobody = targetOf({ port: await freePort(), hostKey: sshd.hostKey });
      const other = targetOf({ port: sshd.port, hostKey: relay.hostKey });
      const special = targetOf(sshd, { host: '169.254.169.254' });
      const via = [relayStage()];
      const found = await Promise.all([nobody, other, special].map((target) => failure(proof(target, { via }))));
      expect(found.map(({ code, isRelay }) => [code, isRelay])).toEqual([
        ['target_unreachable', false],
        ['target_host_key_mismatch', false],
        ['target_address_refused', false],
      ]);
    });

    test('gives the relay host a certificate that opens no terminal, and a target none that forwards', async () => {
      const outer = await dial(proof(targetOf(sshd)));
      await expect(outer.forward(sshd.port)).rejects.toThrow();
      outer.close();
      const developer = await dial(proof(targetOf(sshd), { actions: ['exec', 'develop'] }));
      const channel = await developer.forward(sshd.port);
      const [chunk] = (await once(channel, 'data')) as [Buffer];
      expect(chunk.toString()).toMatch(/^SSH-2\.0-OpenSSH/);
      developer.close();
    });
  });
});

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function waitForLog(server: Sshd, pattern: RegExp): Promise<void> {
  const before = server.log().length;
  await waitFor('the line in the log of sshd', () =>
    Promise.resolve(pattern.test(server.log().slice(before)) ? true : undefined),
  );
}
