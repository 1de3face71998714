/** What is sent to people outside of the console. */
import { z } from 'zod';
import type { Locale, PersonId } from '../../policy/index.ts';
import { count, personId, ticketId, ticketKind, ticketState } from '../schemas.ts';

/** Whom a reminder is for; only news that has several audiences says it. */
export const AUDIENCES = ['owners', 'requester', 'substitutes', 'second_line'] as const;

export const TICKET_TOPICS = [
  'ticket.requested',
  'ticket.decided',
  'ticket.completed',
  'emergency.started',
  'emergency.overdue',
  'ticket.deviates',
  'ticket.waiting',
] as const;
const NOTICE_TOPICS = [
  'review.due',
  'review.overdue',
  'contract.ending',
  'contract.ended',
  'accounts.found',
  'grant.ending',
] as const;
export const TOPICS = [...TICKET_TOPICS, ...NOTICE_TOPICS] as const;
export type Topic = (typeof TOPICS)[number];

/** A link of one person in a message. */
const link = z.strictObject({ id: z.uuid(), person: personId, name: z.string() });

/** News of a ticket: no text somebody typed is in it, for that may carry what is protected. */
export const TicketLetter = z.strictObject({
  ticket: ticketId,
  number: count,
  state: ticketState,
  requesterName: z.string(),
  targetName: z.string(),
  kind: ticketKind.optional(),
  to: z.enum(AUDIENCES).optional(),
  /** The requester's name looks like somebody else's. */
  lookalike: z.boolean().optional(),
  links: z.array(link).optional(),
});
export type TicketLetter = z.output<typeof TicketLetter>;

/** News of what is no ticket: what it is about, and the access review it is found in. */
const NoticeLetter = z.strictObject({
  subject: z.string(),
  review: z.uuid().optional(),
  number: count.optional(),
});
export type NoticeLetter = z.output<typeof NoticeLetter>;
export const Letter = z.union([TicketLetter, NoticeLetter]);
export type Letter = z.output<typeof Letter>;

export function isTicketLetter(letter: Letter): letter is TicketLetter {
  return 'ticket' in letter;
}

/** Why something was not taken. What the other side said is not kept: it is hostile, and names whom it was for. */
export type DeliveryFault =
  | 'unreachable'
  | 'timed_out'
  | 'tls_refused'
  | 'name_not_found'
  | 'address_refused'
  | 'sign_in_refused'
  | 'refused'
  | 'redirected'
  | 'gone'
  | 'interrupted'
  | 'no_channel';

/** `later`: it is worth another try; `never`: it is not until somebody changes something. */
export type Outcome =
  | { readonly outcome: 'sent' }
  | {
      readonly outcome: 'later' | 'never';
      readonly fault: DeliveryFault;
      /** SMTP reply code or HTTP status. */
      readonly status?: number;
      /** The other side asked to wait so long. */
      readonly afterMs?: number;
    };

export interface Mail {
  /** The same for every try: receivers know a repetition by it. */
  readonly id: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly at: Date;
}

export interface Post {
  readonly id: string;
  readonly body: string;
  readonly at: Date;
}

export type Sender<Message> = (message: Message) => Promise<Outcome>;

export type WebhookKind = 'slack' | 'teams' | 'standard';

/** A room or a program that hears of tickets. */
export interface WebhookChannel {
  readonly name: string;
  readonly kind: WebhookKind;
  readonly locale: Locale;
  /** Undefined: of all. */
  readonly topics: readonly Topic[] | undefined;
  /** Names of systems; undefined: of all. */
  readonly systems: readonly string[] | undefined;
  readonly send: Sender<Post>;
}

export interface DeliverySettings {
  readonly publicUrl: URL;
  /** By whose clock messages tell the time. */
  readonly zone: string;
  /** Signs the links. */
  readonly linkKey: Buffer;
  readonly linkHours: number;
  /** Null: nobody gets mail. */
  readonly mail: { readonly send: Sender<Mail>; readonly mayDecline: boolean } | null;
  readonly webhooks: readonly WebhookChannel[];
}

export const MAIL = 'mail';

export interface Receiver {
  readonly id: PersonId;
  readonly name: string;
  readonly email: string | null;
  readonly locale: Locale;
}
