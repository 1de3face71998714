/** One try to send one message: taken once, sent outside of any transaction, its end written down. */
import { LIMITS, type JobQueues, type Transaction } from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import type { PersonId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { derivedUuid } from '../derived-id.ts';
import { selectLink } from '../links/queries.ts';
import { signLink } from '../links/token.ts';
import { afterTry } from './after.ts';
import { type DeliveryTry, SEND_MAIL, SEND_WEBHOOK } from './dispatch.ts';
import { asText, type LetterContext, writeLetter, type WrittenLink } from './letter.ts';
import { type DeliverySettings, isTicketLetter, type Letter, MAIL, type Outcome } from './model.ts';
import type { PlanDeps } from './plan.ts';
import {
  claim,
  type Claimed,
  lockWornOut,
  notifyAdministrators,
  selectReceiver,
  selectTicketNow,
  settle,
} from './queries.ts';
import { isObsolete } from './topics.ts';
import { webhookBody } from './webhook-body.ts';

const BATCH_ROWS = 100;
const HOUR_MS = 3_600_000;

/** Works the queues of messages until `queues` is closed. */
export function startDeliveries(deps: PlanDeps & { readonly queues: JobQueues }): void {
  deps.queues.work(SEND_MAIL, (job) => deliver(deps, job));
  deps.queues.work(SEND_WEBHOOK, (job) => deliver(deps, job));
}

/** Two workers with one try: one sends. One that breaks off in between leaves the next try to whoever comes. */
export async function deliver(deps: PlanDeps, { delivery, attempt }: DeliveryTry): Promise<void> {
  const { database, clock } = deps;
  const until = new Date(clock.now().getTime() + LIMITS.deliveryLeaseSeconds * 1_000);
  const claimed = await database.inTransaction((tx) => claim(tx, { delivery, attempt, until }));
  if (claimed === undefined) return;
  const outcome = await send(deps, claimed);
  const now = clock.now();
  const to =
    outcome === 'dropped'
      ? ({ state: 'dropped' } as const)
      : afterTry(outcome, { attempt: claimed.attempts, triesLeft: claimed.tries_left, now });
  await database.inTransaction(async (tx) => {
    if ((await settle(tx, claimed, to, now)) && to.state === 'dead') await bury(tx, deps, claimed, to.fault);
  });
}

/** Ends messages whose last try nobody finished. @returns how many. */
export async function buryWornOut(deps: PlanDeps): Promise<number> {
  const { database, clock } = deps;
  return database.inTransaction(async (tx) => {
    const now = clock.now();
    const worn = await lockWornOut(tx, now, BATCH_ROWS);
    for (const one of worn) {
      await settle(tx, one, { state: 'dead', fault: 'interrupted', status: null }, now);
      await bury(tx, deps, one, 'interrupted');
    }
    return worn.length;
  });
}

/** A dead letter is told to administrators, of one channel once an hour. */
async function bury(
  tx: Transaction,
  { clock }: PlanDeps,
  { id, channel, kind, attempts }: Claimed,
  reason: string,
): Promise<void> {
  const now = clock.now();
  const person = (await selectReceiver(tx, id))?.id ?? null;
  const body = { delivery: id, channel, topic: kind, person, reason, attempts };
  await appendAuditEvent(tx, clock, { type: 'delivery.dead', actor: null, body });
  const hour = Math.floor(now.getTime() / HOUR_MS);
  await notifyAdministrators(tx, { key: derivedUuid('dead', String(hour), channel), channel, now });
}

async function send(deps: PlanDeps, claimed: Claimed): Promise<Outcome | 'dropped'> {
  const { delivery: settings, database } = deps;
  const letter = claimed.payload;
  const ticket = isTicketLetter(letter) ? await selectTicketNow(database, letter.ticket) : undefined;
  if (ticket !== undefined && isTicketLetter(letter) && isObsolete(claimed.kind, letter.state, ticket.state)) {
    return 'dropped';
  }
  if (settings === undefined) return { outcome: 'never', fault: 'no_channel' };
  const since = ticket?.since;
  return claimed.channel === MAIL
    ? sendMail(deps, settings, claimed, since)
    : sendWebhook(deps, settings, claimed, since);
}

async function sendMail(
  deps: PlanDeps,
  settings: DeliverySettings,
  claimed: Claimed,
  since: Date | undefined,
): Promise<Outcome | 'dropped'> {
  const receiver = await selectReceiver(deps.database, claimed.id);
  // Who was locked or has left is told nothing more, though the message was written before.
  if (receiver === undefined || receiver.gone || receiver.email === null) return 'dropped';
  if (settings.mail === null) return { outcome: 'never', fault: 'no_channel' };
  const { locale, name, email: address } = receiver;
  const links = await linksOf(deps, settings, claimed.payload, receiver.id);
  const written = writeLetter(claimed.kind, claimed.payload, contextOf(deps, settings, { locale, since, links }));
  const text = asText(written, message(locale, 'letter.open'));
  const mail = { id: claimed.id, to: { name, address }, subject: written.subject, text, at: claimed.created_at };
  return settings.mail.send(mail);
}

async function sendWebhook(
  deps: PlanDeps,
  settings: DeliverySettings,
  claimed: Claimed,
  since: Date | undefined,
): Promise<Outcome> {
  const channel = settings.webhooks.find(({ name }) => name === claimed.channel);
  if (channel === undefined) return { outcome: 'never', fault: 'no_channel' };
  const { kind, locale } = channel;
  const links = await linksOf(deps, settings, claimed.payload, null);
  const written = writeLetter(claimed.kind, claimed.payload, contextOf(deps, settings, { locale, since, links }));
  const about = { topic: claimed.kind, letter: claimed.payload, at: claimed.created_at, locale };
  return channel.send({ id: claimed.id, body: webhookBody(kind, written, about), at: deps.clock.now() });
}

function contextOf(
  { clock }: PlanDeps,
  { zone, publicUrl, linkHours }: DeliverySettings,
  own: Pick<LetterContext, 'locale' | 'since' | 'links'>,
): LetterContext {
  return { ...own, zone, publicUrl, linkHours, now: clock.now() };
}

/** The tokens are made here and kept nowhere: a copy of the database opens nothing. */
async function linksOf(
  { database }: PlanDeps,
  { linkKey, publicUrl }: DeliverySettings,
  letter: Letter,
  person: PersonId | null,
): Promise<WrittenLink[]> {
  if (!isTicketLetter(letter)) return [];
  const written: WrittenLink[] = [];
  for (const { id, name, person: owner } of letter.links ?? []) {
    const link = person === null || person === owner ? await selectLink(database, id) : undefined;
    if (link === undefined) continue;
    written.push({ name, url: new URL(`/links/${signLink(linkKey, link)}`, publicUrl).href });
  }
  return written;
}
