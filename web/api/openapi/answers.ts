/** What many answers are made of, as JSON. What a route answers may have more: clients ignore what they do not know. */
import { z } from 'zod';
import { GRANT_ACTIONS, ROLES, TARGET_MODES } from '../../../policy/index.ts';

export const id = z.uuid();
/** ISO 8601, UTC. */
export const when = z.iso.datetime();
export const whenOrNull = when.nullable();
export const text = z.string();
export const count = z.int().nonnegative();
export const titles = z.object({ en: text, ja: text }).meta({ id: 'Titles' });
export const named = z.object({ id, name: text }).meta({ id: 'Named' });
export const titledTarget = z
  .object({ id, name: text, systemTitleEn: text, systemTitleJa: text })
  .meta({ id: 'TitledTarget' });

export const Asset = z
  .object({ kind: z.enum(['table', 'path']), name: text, dataClass: text, recordCount: count.nullable() })
  .meta({ id: 'Asset' });

const Finding = z
  .object({ rule: text, class: text, span: z.tuple([count, count]), subject: text, assets: z.array(text) })
  .meta({ id: 'Finding' });
export const Judgement = z
  .object({
    verdict: z.enum(['allow', 'ask', 'needs_ticket', 'deny']),
    findings: z.array(Finding),
    commands: z.array(z.array(text)),
    digest: text,
  })
  .meta({ id: 'Judgement' });

export const Destination = z.enum(['workstation', 'vault', 'system', 'outside', 'page']);

export const Protection = z
  .object({ mode: z.enum(['prevented', 'detected']), detail: text })
  .meta({ id: 'Protection', description: 'How recordings are kept from being changed or removed.' });

export const Me = z
  .object({
    person: z.object({
      ...{ id, name: text, employer: text, email: text.nullable() },
      locale: z.enum(['en', 'ja']),
      roles: z.array(z.enum(ROLES)),
    }),
    ssh: z.object({ host: text, port: count, hostKeyFingerprint: text }),
    mode: z.enum(['demo', 'production']),
    inboxCount: count,
    notificationCount: count,
  })
  .meta({ id: 'Me' });

export const OpenTarget = z
  .object({
    name: text,
    loginName: text,
    systemTitle: titles,
    account: text,
    actions: z.array(z.enum(GRANT_ACTIONS)),
    expiresAt: when,
    mode: z.enum(TARGET_MODES),
    assets: z.array(Asset),
    url: text.nullable(),
  })
  .meta({ id: 'OpenTarget' });

export const SshKey = z
  .object({
    ...{ fingerprint: text, algorithm: text, label: text },
    ...{ enrolledAt: when, expiresAt: whenOrNull, lastUsedAt: whenOrNull },
  })
  .meta({ id: 'SshKey' });

export const Certificate = z
  .object({ serial: text, fingerprint: text, sourceAddress: text, issuedAt: when, expiresAt: when })
  .meta({ id: 'Certificate' });

export const Notification = z
  .object({ id, kind: text, payload: z.record(text, z.unknown()), createdAt: when, readAt: whenOrNull })
  .meta({ id: 'Notification' });

export const AuditEvent = z
  .object({
    ...{ seq: count, at: when, type: text, actor: id.nullable(), actorName: text.nullish() },
    body: z.record(text, z.unknown()),
  })
  .meta({ id: 'AuditEvent' });
