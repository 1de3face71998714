/** How people are told outside of the console: the keys of `notifications`. */
import { z } from 'zod';
import { LIMITS, parseNetwork, Secret } from '../foundation/index.ts';
import { path, urlOf } from './fields.ts';

const SMTP_PORTS = { starttls: 587, implicit: 465, none: 25 } as const;
const LINK_HOURS = 72;
const TOPICS = [
  'ticket.requested',
  'ticket.decided',
  'ticket.completed',
  'ticket.deviates',
  'ticket.waiting',
  'emergency.started',
  'emergency.overdue',
] as const;

const mailAddress = z
  .string()
  .regex(/^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/, 'must be a mail address')
  .max(254);

const mail = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an IP address')
      .describe('Mail server that takes our mail (SMTP submission).'),
    port: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Its port. Default `587`; `465` with `implicit`, `25` with `none`.'),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .optional()
      .describe(
        '`starttls`, the default: TLS is required before anything is sent. `implicit`: TLS from the first byte. `none`: readable on the way; in production for a server on this machine alone.',
      ),
    ca_file: path
      .optional()
      .describe('PEM file of the authorities its certificate may come from. Default: the usual ones.'),
    from: mailAddress.describe('Address that mail comes from.'),
    from_name: z.string().min(1).max(100).optional().describe('Name beside it. Default `Sekisho`.'),
    user: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('User name at the mail server. None by default: it asks for none.'),
    password: z.string().min(1).max(1_024).optional().describe('Password of that user. Environment: `SMTP_PASSWORD`.'),
    persons_may_decline: z
      .boolean()
      .optional()
      .describe(
        'Whether people may switch off mail that is not urgent. Emergencies, deviations, escalations and overdue reviews are always sent. Default `true`.',
      ),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    path: ['password'],
    message: 'user and password belong together',
  })
  .describe('Mail to people, each in their own language. Without it nobody gets mail.');

const webhook = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'lower-case letters, digits and hyphens, 31 at most')
      .refine((name) => name !== 'mail', 'is taken by mail')
      .describe('What lists and audit events call it; a message keeps its channel by this name.'),
    kind: z
      .enum(['slack', 'teams', 'standard'])
      .describe(
        '`slack`: an incoming webhook of Slack. `teams`: an incoming webhook of Teams (workflow). `standard`: a program of your own, signed as Standard Webhooks say.',
      ),
    url: urlOf('https:').describe('Its address. Of Slack and Teams it is a secret.'),
    secrets: z
      .array(z.string().min(1).max(128))
      .min(1)
      .max(4)
      .optional()
      .describe(
        'Only with `standard`, and needed there: keys of the signature, `whsec_` and base64 of 24 to 64 bytes. Several sign side by side while the receiver changes from one to the next.',
      ),
    ca_file: path
      .optional()
      .describe('PEM file of the authorities its certificate may come from. Default: the usual ones.'),
    language: z.enum(['en', 'ja']).optional().describe('Language of its messages. Default `ja`.'),
    topics: z.array(z.enum(TOPICS)).min(1).optional().describe('What it hears of. Default: everything about tickets.'),
    systems: z.array(z.string().min(1).max(63)).min(1).optional().describe('Of which systems, by name. Default: all.'),
  })
  .refine(({ kind, secrets }) => (kind === 'standard') === (secrets !== undefined), {
    path: ['secrets'],
    message: 'belong to `standard`, and to nothing else',
  });

export const NotificationsSchema = z
  .strictObject({
    mail: mail.optional(),
    webhooks: z
      .array(webhook)
      .max(LIMITS.webhooksMax)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'each has a name of its own')
      .optional()
      .describe('Rooms and programs that hear of tickets. None by default.'),
    allowed_networks: z
      .array(z.string().refine((text) => parseNetwork(text) !== undefined, { message: 'must be an address or a CIDR' }))
      .max(200)
      .optional()
      .describe(
        'CIDRs inside your own network that webhooks may lead to. None by default: then only addresses of the open internet are asked.',
      ),
    link_hours: z
      .number()
      .int()
      .min(1)
      .max(LIMITS.linkHoursMax)
      .optional()
      .describe('Hours for which a link in a message opens its ticket. Default `72`.'),
  })
  .describe('How people are told outside of the console.');

/** Paths are absolute. */
export interface NotificationsConfig {
  readonly mail: {
    readonly host: string;
    readonly port: number;
    readonly tls: 'starttls' | 'implicit' | 'none';
    readonly caFile: string | null;
    readonly from: { readonly name: string; readonly address: string };
    readonly auth: { readonly user: string; readonly password: Secret<string> } | null;
    readonly mayDecline: boolean;
  } | null;
  readonly webhooks: readonly {
    readonly name: string;
    readonly kind: 'slack' | 'teams' | 'standard';
    readonly url: Secret<string>;
    readonly secrets: readonly Secret<string>[];
    readonly caFile: string | null;
    readonly locale: 'en' | 'ja';
    readonly topics: readonly (typeof TOPICS)[number][] | null;
    readonly systems: readonly string[] | null;
  }[];
  readonly allowedNetworks: readonly string[];
  readonly linkHours: number;
}

type File = z.output<typeof NotificationsSchema>;

export function completeNotifications(file: File = {}, absolute: (file: string) => string): NotificationsConfig {
  const place = (name: string | undefined): string | null => (name === undefined ? null : absolute(name));
  return {
    mail: file.mail === undefined ? null : completeMail(file.mail, place),
    webhooks: (file.webhooks ?? []).map(({ name, kind, url, secrets, ca_file: ca, language, topics, systems }) => ({
      ...{ name, kind, url: new Secret(url), secrets: (secrets ?? []).map((secret) => new Secret(secret)) },
      ...{ caFile: place(ca), locale: language ?? 'ja', topics: topics ?? null, systems: systems ?? null },
    })),
    allowedNetworks: file.allowed_networks ?? [],
    linkHours: file.link_hours ?? LINK_HOURS,
  };
}

function completeMail(
  file: NonNullable<File['mail']>,
  place: (name: string | undefined) => string | null,
): NotificationsConfig['mail'] {
  const { host, tls = 'starttls', from, user, password } = file;
  return {
    ...{ host, tls, port: file.port ?? SMTP_PORTS[tls], caFile: place(file.ca_file) },
    from: { name: file.from_name ?? 'Sekisho', address: from },
    auth: user === undefined || password === undefined ? null : { user, password: new Secret(password) },
    mayDecline: file.persons_may_decline ?? true,
  };
}
