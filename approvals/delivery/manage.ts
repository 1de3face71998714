/** What an administrator sees of messages, and what they do about those that were given up. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { Person, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { ApprovalsDeps } from '../model.ts';
import { MAIL } from './model.ts';
import type { PlanDeps } from './plan.ts';
import {
  type ChannelTally,
  type ListedDelivery,
  reviveDead,
  selectDeliveries,
  selectTallies,
  selectWantsMail,
  upsertWantsMail,
} from './queries.ts';

const DAY_MS = 86_400_000;

export interface DeliveryOverview {
  readonly channels: readonly (ChannelTally & { readonly configured: boolean })[];
  readonly dead: readonly ListedDelivery[];
  /** Those that were tried and are to be tried again. */
  readonly retrying: readonly ListedDelivery[];
  readonly mayResend: boolean;
}

/** @throws {GatewayError} `not_permitted`: for administrators and security officers. */
export async function deliveryOverview(deps: PlanDeps, { person }: Principal): Promise<DeliveryOverview> {
  if (!isKeeper(person) && !person.roles.includes('security_officer')) throw new GatewayError('not_permitted');
  const { database, clock, delivery } = deps;
  const tallies = await selectTallies(database, new Date(clock.now().getTime() - DAY_MS));
  const names = [
    ...(delivery === undefined || delivery.mail === null ? [] : [MAIL]),
    ...(delivery?.webhooks ?? []).map(({ name }) => name),
  ];
  const unknown = names.filter((name) => !tallies.some(({ channel }) => channel === name));
  const none = { waiting: 0, sent: 0, dead: 0, lastSentAt: null };
  const channels = [...tallies, ...unknown.map((channel) => ({ channel, ...none }))];
  return {
    channels: channels.map((one) => ({ ...one, configured: names.includes(one.channel) })),
    dead: await selectDeliveries(database, 'dead', LIMITS.pageRowsMax),
    retrying: await selectDeliveries(database, 'waiting', LIMITS.pageRowsMax),
    mayResend: isKeeper(person),
  };
}

/**
 * Dead letters are sent again: one by its id, or all of a channel. @throws {GatewayError} `not_permitted`, `not_found`.
 */
export async function resendDead(
  { database, clock }: ApprovalsDeps,
  { person }: Principal,
  which: { readonly id: string } | { readonly channel: string },
): Promise<void> {
  if (!isKeeper(person)) throw new GatewayError('not_permitted');
  const id = 'id' in which ? which.id : null;
  const channel = 'channel' in which ? which.channel : null;
  await database.inTransaction(async (tx) => {
    const revived = await reviveDead(tx, { id, channel, tries: LIMITS.deliveryTriesMax, now: clock.now() });
    const [first] = revived;
    if (first === undefined) throw new GatewayError('not_found');
    const body = { channel: first.channel, deliveries: revived.map((one) => one.id) };
    await appendAuditEvent(tx, clock, { type: 'delivery.resent', actor: person.id, body });
  });
}

export interface NotificationSettings {
  /** Whether this person is sent mail that may be switched off. */
  readonly mail: boolean;
  /** Where mail goes; null: nobody knows an address of theirs. */
  readonly address: string | null;
  /** Whether the gateway sends mail at all. */
  readonly mailOffered: boolean;
  /** Whether the policy leaves the choice. */
  readonly mayDecline: boolean;
}

export async function notificationSettings(deps: PlanDeps, person: Person): Promise<NotificationSettings> {
  const mail = deps.delivery?.mail ?? null;
  const mayDecline = mail?.mayDecline ?? false;
  const wants = await selectWantsMail(deps.database, person.id);
  return { mail: wants || !mayDecline, address: person.email, mailOffered: mail !== null, mayDecline };
}

/** @throws {GatewayError} `not_permitted`: the policy leaves no choice. */
export async function switchMail(deps: PlanDeps, person: Person, mail: boolean): Promise<NotificationSettings> {
  const { database, clock, delivery } = deps;
  if (delivery?.mail?.mayDecline !== true) throw new GatewayError('not_permitted');
  await database.inTransaction(async (tx) => {
    await upsertWantsMail(tx, person.id, mail, clock.now());
    await appendAuditEvent(tx, clock, { type: 'notifications.mail_switched', actor: person.id, body: { mail } });
  });
  return notificationSettings(deps, person);
}

function isKeeper(person: Person): boolean {
  return person.roles.includes('administrator');
}
