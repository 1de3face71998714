/**
 * The answers of the gateway's JSON API as this page understands them. Unknown fields are dropped, not refused: a page
 * that is a little older than the gateway still shows what it knows.
 */
import * as z from 'zod/mini';
import { VERDICTS } from '../../../evidence/verdicts.ts';

// The faster compiled parsers need `new Function`, which the content policy forbids.
z.config({ jitless: true });

export const titles = z.object({ en: z.string(), ja: z.string() });
export const moment = z.string();
export const strings = z.array(z.string());

export const Role = z.enum(['maintainer', 'owner', 'auditor', 'security_officer', 'administrator']);
export type Role = z.infer<typeof Role>;

const Person = z.object({
  id: z.string(),
  name: z.string(),
  employer: z.string(),
  email: z.nullable(z.string()),
  locale: z.enum(['en', 'ja']),
  roles: z.array(Role),
});

/** How recordings are kept from being changed or removed. */
export const Protection = z.object({
  mode: z.enum(['prevented', 'detected']),
  detail: z.enum(['files_read_only', 'files_immutable', 'object_lock', 'object_lock_unconfirmed', 'object_versions']),
  days: z.optional(z.number()),
  waitingBytes: z.optional(z.number()),
});
export type Protection = z.infer<typeof Protection>;

export const Me = z.object({
  person: Person,
  ssh: z.object({ host: z.string(), port: z.number(), hostKeyFingerprint: z.string() }),
  mode: z.enum(['demo', 'production']),
  witnessDelay: z.nullish(z.object({ since: moment, minutesLeft: z.number() })),
  inboxCount: z.number(),
  notificationCount: z.number(),
});
export type Me = z.infer<typeof Me>;

export const Asset = z.object({
  kind: z.enum(['table', 'path']),
  name: z.string(),
  dataClass: z.string(),
  recordCount: z.nullable(z.number()),
  copyOf: z.optional(z.string()),
});
export type Asset = z.infer<typeof Asset>;

export const OpenTarget = z.object({
  name: z.string(),
  loginName: z.string(),
  systemTitle: titles,
  account: z.string(),
  legacyAlgorithms: z.boolean(),
  actions: z.array(z.enum(['shell', 'exec', 'upload', 'download', 'develop', 'web'])),
  expiresAt: moment,
  mode: z.enum(['exec-only', 'guarded-line', 'guarded-shell', 'guarded-pty', 'guarded-web', 'recorded']),
  assets: z.array(Asset),
  /** Of a site: where it is opened. */
  url: z.nullable(z.string()),
});
export type OpenTarget = z.infer<typeof OpenTarget>;

export const SshKey = z.object({
  fingerprint: z.string(),
  algorithm: z.string(),
  label: z.string(),
  enrolledAt: moment,
  expiresAt: z.nullable(moment),
  lastUsedAt: z.nullable(moment),
});
export type SshKey = z.infer<typeof SshKey>;

export const SignIn = z.object({
  code: z.string(),
  loginName: z.string(),
  sourceAddress: z.string(),
  state: z.enum(['pending', 'approved', 'denied', 'expired']),
  expiresAt: moment,
  /** `budget`: somebody who is signed in confirms that they go on near a limit. */
  purpose: z.enum(['sign_in', 'budget', 'session']),
  /** The pairs of words of which the terminal shows one; null: none is asked for. */
  choices: z.nullable(z.array(z.object({ words: z.tuple([z.number(), z.number()]), en: z.string(), ja: z.string() }))),
});

const Finding = z.object({
  rule: z.string(),
  class: z.string(),
  span: z.tuple([z.number(), z.number()]),
  subject: z.string(),
  assets: strings,
  /** Why it matters, by its rule; not everywhere. */
  why: z.optional(z.nullable(titles)),
});
export type Finding = z.infer<typeof Finding>;

export const Judgement = z.object({
  verdict: z.enum(['allow', 'ask', 'needs_ticket', 'deny']),
  findings: z.array(Finding),
  commands: z.array(strings),
  objects: z._default(strings, []),
  digest: z.string(),
});
export type Judgement = z.infer<typeof Judgement>;

export const Login = z.object({
  code: z.string(),
  state: z.enum(['pending', 'approved', 'denied', 'expired', 'issued']),
  fingerprint: z.string(),
  sourceAddress: z.string(),
  expiresAt: moment,
});
export type Login = z.infer<typeof Login>;

export const Certificate = z.object({
  serial: z.string(),
  fingerprint: z.string(),
  sourceAddress: z.string(),
  issuedAt: moment,
  expiresAt: moment,
  lastUsedAt: z.nullable(moment),
});
export type Certificate = z.infer<typeof Certificate>;

export const Destination = z.enum(['workstation', 'vault', 'system', 'outside', 'page']);
export type Destination = z.infer<typeof Destination>;

export const RefusedAct = z.object({
  id: z.string(),
  text: z.string(),
  target: z.object({ name: z.string(), systemTitle: titles }),
  judgement: Judgement,
  refusedAt: moment,
  suggested: z.object({ rowsMax: z.number(), bytesMax: z.number(), destination: Destination }),
  assets: z.array(Asset),
});
export type RefusedAct = z.infer<typeof RefusedAct>;

export const Session = z.object({
  id: z.string(),
  person: z.object({ id: z.string(), name: z.string() }),
  target: z.object({ name: z.string() }),
  system: z.object({ id: z.string(), title: titles }),
  account: z.string(),
  kind: z.enum(['shell', 'exec', 'files', 'web']),
  command: z.nullable(z.string()),
  sourceAddress: z.string(),
  openedAt: moment,
  closedAt: z.nullable(moment),
  closeReason: z.nullable(z.string()),
  exitStatus: z.nullable(z.number()),
  sealed: z.boolean(),
  refusals: z.number(),
  exports: z.number(),
  verdict: z.nullable(z.string()),
});
export type Session = z.infer<typeof Session>;

export const ControlVerb = z.enum(['end', 'pause', 'resume', 'message']);
export type ControlVerb = z.infer<typeof ControlVerb>;

/** One that goes on, with what the viewer may do to it now. */
export const LiveSession = z.object({
  id: z.string(),
  person: z.object({ id: z.string(), name: z.string() }),
  target: z.object({ name: z.string() }),
  account: z.string(),
  kind: z.enum(['shell', 'exec', 'files', 'web']),
  command: z.nullable(z.string()),
  openedAt: moment,
  pausedAt: z.nullable(moment),
  lastInputAt: z.nullable(moment),
  ending: z.boolean(),
  verbs: z.array(ControlVerb),
});
export type LiveSession = z.infer<typeof LiveSession>;

export const AuditEvent = z.object({
  seq: z.number(),
  at: moment,
  type: z.string(),
  actor: z.nullable(z.string()),
  actorName: z.nullish(z.string()),
  session: z.nullish(z.string()),
  ticket: z.nullish(z.string()),
  body: z.record(z.string(), z.unknown()),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

export const VerifyReport = z.object({
  verdict: z.enum(VERDICTS),
  frames: z.number(),
  bytes: z.number(),
  findings: z.array(
    z.object({
      severity: z.enum(['tampered', 'missing', 'unwitnessed', 'notice']),
      code: z.string(),
      where: z.string(),
      detail: z.string(),
    }),
  ),
});
export type VerifyReport = z.infer<typeof VerifyReport>;

export const Notification = z.object({
  id: z.string(),
  kind: z.string(),
  payload: z.record(z.string(), z.unknown()),
  createdAt: moment,
  readAt: z.nullable(moment),
});
export type Notification = z.infer<typeof Notification>;

export const ListedPerson = z.object({
  id: z.string(),
  name: z.string(),
  employer: z.string(),
  email: z.nullable(z.string()),
  roles: z.array(Role),
  locked: z.boolean(),
  companyLocked: z.boolean(),
  contractEndsAt: z.nullable(moment),
  deactivatedAt: z.nullable(moment),
  /** Who vouches for them; `left`: not here any more. */
  sponsor: z.nullable(z.object({ name: z.string(), left: z.boolean() })),
  /** Who else has a name that looks the same. */
  looksLike: strings,
  lock: z.nullable(
    z.object({ reason: z.string(), lockedAt: moment, lockedBy: z.nullable(z.object({ name: z.string() })) }),
  ),
});
export type ListedPerson = z.infer<typeof ListedPerson>;

export const Failure = z.object({
  error: z.object({ code: z.string(), message: z.string(), reference: z.optional(z.string()) }),
});
