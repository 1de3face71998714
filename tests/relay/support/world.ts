/** The approvals' world with a relay beside it: two systems with keys of their own, and OpenSSH's clients. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { decideTicket, findTicket, requestTransfer, type TransferRequest } from '../../../approvals/index.ts';
import { Cleanup, createLog, execute, newUuid, one, sql } from '../../../foundation/index.ts';
import { generateSshKey, parsePublicKey } from '../../../identity/index.ts';
import type { SystemId, TicketId } from '../../../policy/index.ts';
import { createIdentity } from '../../../recorder/index.ts';
import {
  filePieces,
  keepUpRelay,
  listenRelay,
  type PieceStore,
  type Scanner,
  sealedVault,
  TEST_SCANNER,
  type UpkeepDeps,
} from '../../../relay/index.ts';
import { HOUR, type Name, type World, world } from '../../approvals/world.ts';
import { runToEnd, type SshResult } from '../../support/gateway.ts';
import { partner } from '../../support/partners.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

export type SystemName = 'crm' | 'billing' | 'lonely';

export interface RelayWorld extends AsyncDisposable {
  readonly house: World;
  readonly here: string;
  readonly port: number;
  readonly store: PieceStore;
  readonly deps: UpkeepDeps;
  readonly systemId: (name: SystemName) => Promise<SystemId>;
  readonly keyPath: (name: SystemName) => string;
  readonly hostKeyLine: string;
  /** A transfer from crm to billing, approved by both owners. */
  readonly transfer: (more?: Partial<TransferRequest>) => Promise<{ readonly id: TicketId; readonly number: number }>;
  readonly approve: (ticket: TicketId, by: Name) => Promise<unknown>;
  readonly sftp: (name: SystemName, commands: readonly string[], port?: number) => Promise<SshResult>;
  readonly stateOf: (parcel: number) => Promise<string>;
  readonly newestParcel: () => Promise<number>;
  readonly keepUp: () => Promise<void>;
}

/** Everything a second relay process on the same store and database would have, too. */
export function listenAgain(relay: RelayWorld & { readonly hostKey: string }) {
  return listenRelay({ ...relay.deps, host: '127.0.0.1', port: 0, hostKey: relay.hostKey });
}

export async function relayWorld(
  change: { readonly scanner?: Scanner; readonly store?: (store: PieceStore) => PieceStore } = {},
): Promise<RelayWorld & { readonly hostKey: string }> {
  const cleanup = new Cleanup();
  const house = cleanup.use(await world());
  const { path } = cleanup.use(await tempDirectory());
  const { database, clock, people } = house;
  const plain = filePieces(join(path, 'vault'));
  const store = change.store?.(plain) ?? plain;
  const own = await createIdentity();
  const deps: UpkeepDeps & { vault: ReturnType<typeof sealedVault> } = {
    ...{ database, clock, store, log: createLog('silent'), identities: [own.identity] },
    vault: sealedVault({ store, clock, recipients: [own.recipient] }),
    scanner: change.scanner ?? TEST_SCANNER,
    meterKey: Buffer.alloc(32, 7),
  };
  const host = generateSshKey('relay');
  const hostKey = host.privateKey;
  const listener = cleanup.use(await listenRelay({ ...deps, host: '127.0.0.1', port: 0, hostKey }));
  const systemId = async (name: SystemName): Promise<SystemId> =>
    (
      await one(
        database,
        sql(z.strictObject({ id: z.custom<SystemId>() }))`SELECT id FROM systems WHERE name = ${name}`,
      )
    ).id;
  const keyPath = (name: SystemName): string => join(path, `${name}_ed25519`);
  for (const name of ['crm', 'billing', 'lonely'] as const) {
    const made = generateSshKey(name);
    const line = made.publicKeyLine;
    await writeFile(keyPath(name), made.privateKey, { mode: 0o600 });
    const { fingerprint } = parsePublicKey(line);
    const key = line.split(' ').slice(0, 2).join(' ');
    await execute(
      database,
      sql(z.never())`
        INSERT INTO relay_identities (id, system_id, name, public_key, fingerprint, sources, created_at)
        VALUES (${newUuid(clock.now())}, ${await systemId(name)}, ${`${name}-batch`}, ${key}, ${fingerprint},
          ${['127.0.0.0/8']}::text[], ${clock.now()})`,
    );
  }
  const hostLine = host.publicKeyLine.split(' ').slice(0, 2).join(' ');
  const approve = async (ticket: TicketId, by: Name): Promise<unknown> => {
    const view = await findTicket(house, people[by], ticket);
    return decideTicket(house, people[by], ticket, {
      decision: 'approve',
      reason: 'in order',
      actDigest: view?.actDigest ?? '',
    });
  };
  const transfer: RelayWorld['transfer'] = async (more = {}) => {
    const ticket = await requestTransfer(house, people.aoki, {
      ...{ from: await systemId('crm'), to: await systemId('billing'), purpose: 'Monthly bills', parcel: null },
      ...{ description: 'Customers with open bills', notBefore: clock.now() },
      notAfter: new Date(clock.now().getTime() + HOUR),
      ...more,
    });
    await approve(ticket.id, 'tanaka');
    if (ticket.systems.some(({ name }) => name === 'billing')) await approve(ticket.id, 'mori');
    return { id: ticket.id, number: ticket.number };
  };
  const sftp: RelayWorld['sftp'] = async (name, commands, port = listener.port) => {
    const known = join(path, `known_hosts_${port}`);
    await writeFile(known, `[127.0.0.1]:${port} ${hostLine}\n`);
    const options = [
      ...['-F', '/dev/null', '-q', '-b', '-', '-P', String(port), '-i', keyPath(name)],
      ...['-o', `UserKnownHostsFile=${known}`, '-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes'],
    ];
    return runToEnd(partner('sftp'), [...options, `${name}@127.0.0.1`], `${commands.join('\n')}\n`);
  };
  const stateOf = async (parcel: number): Promise<string> =>
    (
      await one(
        database,
        sql(z.strictObject({ state: z.string() }))`
          SELECT j.state FROM parcel_journeys j JOIN parcels p ON p.id = j.parcel_id WHERE p.number = ${parcel}`,
      )
    ).state;
  return {
    ...{ house, here: path, port: listener.port, store, deps, systemId, keyPath, transfer, approve, sftp, stateOf },
    ...{ hostKey, hostKeyLine: hostLine },
    newestParcel: async () =>
      (await one(database, sql(z.strictObject({ n: z.coerce.number() }))`SELECT max(number) AS n FROM parcels`)).n,
    keepUp: () => keepUpRelay(deps),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}
