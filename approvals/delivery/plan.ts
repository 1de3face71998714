/** What is sent of the news, to whom: settled in the transaction that writes it down. */
import { LIMITS, type Transaction } from '../../foundation/index.ts';
import type { PersonId, TicketId } from '../../policy/index.ts';
import { derivedUuid } from '../derived-id.ts';
import { insertLink } from '../links/queries.ts';
import type { ApprovalsDeps } from '../model.ts';
import { type DeliverySettings, isTicketLetter, Letter, MAIL, type TicketLetter, TOPICS, type Topic } from './model.ts';
import { insertDelivery, lockUnplanned, markPlanned, type Unplanned } from './queries.ts';
import { isUrgent, purposeOf } from './topics.ts';

export type PlanDeps = ApprovalsDeps & { readonly delivery?: DeliverySettings };

const BATCH_ROWS = 200;
const HOUR_MS = 3_600_000;

/** Settles for every new notification whether its person gets mail of it. @returns how many were settled. */
export async function planMail(deps: PlanDeps): Promise<number> {
  let planned = 0;
  for (;;) {
    const batch = await deps.database.inTransaction((tx) => planMailBatch(tx, deps));
    planned += batch;
    if (batch < BATCH_ROWS) return planned;
  }
}

/** The same in the transaction that wrote the notifications. */
export async function planMailBatch(tx: Transaction, deps: PlanDeps): Promise<number> {
  const rows = await lockUnplanned(tx, BATCH_ROWS);
  for (const row of rows) await planOne(tx, deps, row);
  // Without mail, too: who sets it up later is not sent the news of a year.
  await markPlanned(
    tx,
    rows.map(({ id }) => id),
    deps.clock.now(),
  );
  return rows.length;
}

async function planOne(tx: Transaction, deps: PlanDeps, row: Unplanned): Promise<void> {
  const topic = TOPICS.find((one) => one === row.kind);
  const mail = deps.delivery?.mail;
  if (topic === undefined || mail === undefined || mail === null) return;
  const letter = Letter.parse(row.payload);
  const urgent = isUrgent(topic, isTicketLetter(letter) ? letter.to : undefined);
  if (!row.mail && mail.mayDecline && !urgent) return;
  await plan(tx, deps, { channel: MAIL, person: row.person, news: row.id, topic, letter, receivers: [row] });
}

/** One message to each room and program that hears of this. */
export async function planWebhooks(
  tx: Transaction,
  deps: PlanDeps,
  news: {
    readonly outbox: string;
    readonly topic: Topic;
    readonly letter: TicketLetter;
    readonly systems: readonly string[];
    readonly receivers: readonly { readonly person: PersonId; readonly name: string }[];
  },
): Promise<void> {
  for (const channel of deps.delivery?.webhooks ?? []) {
    if (channel.topics?.includes(news.topic) === false) continue;
    if (channel.systems !== undefined && !news.systems.some((name) => channel.systems?.includes(name))) continue;
    // A program opens no pages: it is given the address of the ticket alone.
    const receivers = channel.kind === 'standard' ? [] : news.receivers.slice(0, LIMITS.linksPerMessageMax);
    const { topic, letter, outbox } = news;
    await plan(tx, deps, { channel: channel.name, person: null, news: outbox, topic, letter, receivers });
  }
}

async function plan(
  tx: Transaction,
  deps: PlanDeps,
  asked: {
    readonly channel: string;
    readonly person: PersonId | null;
    /** The id of what is told. */
    readonly news: string;
    readonly topic: Topic;
    readonly letter: Letter;
    readonly receivers: readonly { readonly person: PersonId; readonly name: string }[];
  },
): Promise<void> {
  const { channel, person, topic, receivers } = asked;
  const now = deps.clock.now();
  const id = derivedUuid(asked.news, channel);
  const letter = isTicketLetter(asked.letter)
    ? await withLinks(tx, deps, { ...asked, letter: asked.letter, delivery: id, receivers })
    : asked.letter;
  await insertDelivery(tx, { id, channel, person, topic, letter, tries: LIMITS.deliveryTriesMax, now });
}

async function withLinks(
  tx: Transaction,
  { clock, delivery: settings }: PlanDeps,
  asked: {
    readonly delivery: string;
    readonly topic: Topic;
    readonly letter: TicketLetter;
    readonly receivers: readonly { readonly person: PersonId; readonly name: string }[];
  },
): Promise<TicketLetter> {
  const purpose = purposeOf(asked.topic, asked.letter);
  if (purpose === undefined || settings === undefined) return asked.letter;
  const ticket: TicketId = asked.letter.ticket;
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + settings.linkHours * HOUR_MS);
  const links = asked.receivers.map(({ person, name }) => ({ id: derivedUuid(asked.delivery, person), person, name }));
  for (const { id, person } of links) await insertLink(tx, { id, ticket, person, purpose, now, expiresAt });
  return { ...asked.letter, links };
}
