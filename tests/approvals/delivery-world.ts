/** The approvals' world with a real mail server, and a room and a program that hear of tickets. */
import { z } from 'zod';
import {
  createAddressRule,
  createMailSender,
  createWebhookSender,
  deliver,
  type DeliverySettings,
  notify,
  type TicketNews,
} from '../../approvals/index.ts';
import { Cleanup, createLog, execute, many, Secret, sql } from '../../foundation/index.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { startWebhookServer, type WebhookServer } from '../support/webhook-server.ts';
import { type Name, type World, world } from './world.ts';

const LOG = createLog('silent');
export const LINK_KEY = Buffer.alloc(32, 9);
const PUBLIC_URL = new URL('https://sekisho.example.com/');

export interface DeliveryHouse extends World {
  readonly delivery: DeliverySettings;
  readonly mail: MailServer;
  readonly room: WebhookServer;
  /** Tells everything in the outbox, as the queue does. */
  readonly tell: () => Promise<void>;
  /** Makes every try that is due now, as the queue does. */
  readonly sendDue: () => Promise<void>;
  readonly rows: () => Promise<DeliveryRow[]>;
  /** Mail that came for this person. */
  readonly mailOf: (name: Name) => MailServer['received'];
}

export interface DeliveryRow {
  readonly id: string;
  readonly channel: string;
  readonly state: string;
  readonly attempts: number;
  readonly error: string | null;
}

export const addressOf = (name: Name): string => `${name}@example.com`;

export async function deliveryWorld(
  change: {
    readonly mayDecline?: boolean;
    readonly webhooks?: readonly Partial<DeliverySettings['webhooks'][number]>[];
  } = {},
): Promise<DeliveryHouse> {
  const cleanup = new Cleanup();
  const house = cleanup.use(await world());
  const certificate = await makeCertificate();
  const mail = cleanup.use(await startMailServer(certificate));
  const room = cleanup.use(await startWebhookServer(certificate));
  await house.fresh.owner.pool.query(
    `UPDATE persons p SET email = i.subject || '@example.com' FROM identities i WHERE i.person_id = p.id`,
  );
  await house.fresh.owner.pool.query(`UPDATE persons SET locale = 'ja' WHERE name = 'Name of sato'`);
  const send = createWebhookSender(
    {
      ...{
        name: 'room',
        url: new Secret(`https://localhost:${room.port}/room`),
        keys: [new Secret(Buffer.alloc(32, 5))],
        ca: certificate.cert,
      },
      ...{ mayAsk: createAddressRule(['127.0.0.1']), lookup: () => Promise.resolve(['127.0.0.1']), timeoutMs: 5_000 },
    },
    LOG,
  );
  const delivery: DeliverySettings = {
    ...{ publicUrl: PUBLIC_URL, zone: 'Asia/Tokyo', linkKey: LINK_KEY, linkHours: 72 },
    mail: {
      mayDecline: change.mayDecline ?? true,
      send: createMailSender(
        {
          ...{
            host: 'localhost',
            port: mail.port,
            tls: 'starttls',
            ca: certificate.cert,
            auth: null,
            timeoutMs: 5_000,
          },
          from: { name: 'Sekisho', address: 'sekisho@example.com' },
        },
        LOG,
      ),
    },
    webhooks: (change.webhooks ?? []).map((own) => ({
      ...{ name: 'room', kind: 'slack', locale: 'en', topics: undefined, systems: undefined, send },
      ...own,
    })),
  };
  const deps = { ...house, delivery };
  return {
    ...{ ...deps, mail, room },
    tell: async () => {
      for (const news of await openNews(house)) await notify(deps, news);
    },
    sendDue: async () => {
      for (const { id, attempts } of await due(house)) await deliver(deps, { delivery: id, attempt: attempts });
    },
    rows: () => rowsOf(house),
    mailOf: (name) => mail.received.filter(({ to }) => to.includes(addressOf(name))),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

async function openNews({ database, clock }: World): Promise<TicketNews[]> {
  const Row = z.strictObject({ outbox: z.string(), topic: z.string(), payload: z.record(z.string(), z.unknown()) });
  const rows = await many(
    database,
    sql(Row)`SELECT id AS outbox, topic, payload FROM outbox WHERE done_at IS NULL ORDER BY created_at, id`,
  );
  await execute(database, sql(z.never())`UPDATE outbox SET dispatched_at = ${clock.now()} WHERE dispatched_at IS NULL`);
  return rows.map(({ payload, ...row }) => ({ ...row, ...payload }) as TicketNews);
}

const due = ({ database, clock }: World) =>
  many(
    database,
    sql(z.strictObject({ id: z.string(), attempts: z.number() }))`
      SELECT id, attempts FROM deliveries WHERE state = 'waiting' AND next_at <= ${clock.now()} ORDER BY created_at, id`,
  );

const rowsOf = ({ database }: World): Promise<DeliveryRow[]> =>
  many(
    database,
    sql(
      z.strictObject({
        ...{
          id: z.string(),
          channel: z.string(),
          state: z.string(),
          attempts: z.number(),
          error: z.string().nullable(),
        },
      }),
    )`SELECT id, channel, state, attempts, error FROM deliveries ORDER BY created_at, id`,
  );

/** The tokens of the links in a message. */
export function tokensIn(text: string): string[] {
  return [...text.matchAll(/\/links\/([A-Za-z0-9_-]{64})/g)].map(([, token = '']) => token);
}
