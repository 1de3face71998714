/**
 * Every audit event there is. docs/reference/audit-events.md is generated from these schemas and their descriptions.
 *
 * An event is written in the transaction of the act it tells of, so there is no act without it and none of it alone.
 */
import { z } from 'zod';
import { ADMINISTRATION_EVENTS } from './administration-events.ts';
import { ENDED, LIFECYCLE_EVENTS } from './lifecycle-events.ts';
import { READING_EVENTS } from './reading-events.ts';
import { RECORDING_EVENTS } from './recording-events.ts';
import { PARCEL_EVENTS } from './parcel-events.ts';
import { PROCESS_EVENTS } from './process-events.ts';
import { TERMINAL_EVENTS } from './terminal-events.ts';
import { SITE_EVENTS } from './site-events.ts';
import { TICKET_EVENTS } from './ticket-events.ts';
import { SIGN_IN_METHODS } from '../policy/index.ts';

const id = z.uuid();
const text = z.string().max(16_384);
const findings = z.array(z.strictObject({ rule: text, class: text, subject: text, assets: z.array(text) }));

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const AUDIT_EVENTS = {
  ...PROCESS_EVENTS,
  'person.signed_in': body('A person signed in to the console.', {
    issuer: text,
    sourceAddress: text,
    assurance: z.enum(['single', 'multi']).optional().describe('Whether the provider asked for a second factor.'),
  }),
  'person.signed_out': body('A person signed out of the console.', {}),
  'person.sign_ins_ended': body('A person ended sign-ins of their own at the console.', { webSessions: z.array(id) }),
  'person.provider_logged_out': body(
    'The identity provider ended a session; what it signed in here ended with it, live sessions too.',
    { issuer: text, persons: z.array(id), webSessions: z.array(id) },
  ),
  'person.deactivated': body('The identity provider deactivated a person; everything of theirs ended.', {
    person: id,
    issuer: text,
    ended: ENDED.optional().describe('Absent in events of earlier releases.'),
  }),
  'person.reactivated': body('The identity provider took a person back.', { person: id, issuer: text }),
  'scim.token_made': body('A token for the SCIM client of an identity provider was made at the command line.', {
    token: id,
    issuer: text,
    label: text,
  }),
  'scim.token_revoked': body('A token of a SCIM client was revoked.', { token: id }),
  'scim.group_changed': body('Who is in a group of the identity provider changed, or its name.', {
    issuer: text,
    group: text,
    persons: z.array(id),
  }),
  'factor.added': body('A person added a second factor of their own.', {
    kind: z.enum(['passkey', 'totp']),
    factor: text,
    label: text,
  }),
  'factor.removed': body('A person removed a second factor of their own.', {
    kind: z.enum(['passkey', 'totp']),
    factor: text,
  }),
  'factor.shown': body('A person showed a second factor.', {
    kind: z.enum(['passkey', 'totp']),
    factor: text,
    where: z.enum(['console', 'ssh']),
  }),
  'factor.refused': body('A second factor did not prove who it was.', {
    kind: z.enum(['passkey', 'totp']),
    where: z.enum(['console', 'ssh']),
    reason: text,
  }),
  'person.provisioned': body('A person was seen for the first time or changed at the identity provider.', {
    person: id,
    name: text,
    roles: z.array(text),
  }),
  'inventory.applied': body('The inventory changed people, systems, owners, assets, targets, accounts or grants.', {
    changes: z.array(z.strictObject({ change: z.enum(['added', 'changed', 'removed', 'revoked']), entry: text })),
  }),
  'person.locked': body('Access of a person was locked; live sessions end.', {
    ...{ person: id, reason: text },
    until: text.nullable().optional(),
  }),
  'person.unlocked': body('A lock was lifted.', { person: id, by: z.enum(['person', 'time']).optional() }),
  ...LIFECYCLE_EVENTS,
  ...TERMINAL_EVENTS,
  'ssh_key.enrolled': body('A signed-in person enrolled an SSH public key.', { fingerprint: text, algorithm: text }),
  'ssh_key.revoked': body('An SSH public key was revoked.', { fingerprint: text }),
  'ssh.sign_in_requested': body(
    'An SSH connection asked for approval in the browser: of anybody, or of the holder of the key it showed.',
    { signIn: id, loginName: text, sourceAddress: text, holder: id.nullable() },
  ),
  'ssh.sign_in_decided': body('The approval in the browser was given or denied.', {
    signIn: id,
    decision: z.enum(['approved', 'denied']),
  }),
  'ssh.sign_in_decision_refused': body("Somebody approved the second factor of a key that is another person's.", {
    signIn: id,
    holder: id,
    decision: z.enum(['approved', 'denied']),
  }),
  'login.requested': body('A `sekisho login` asked for a certificate on its key.', {
    login: id,
    fingerprint: text,
    sourceAddress: text,
  }),
  'login.decided': body('The certificate was approved or denied in the browser.', {
    login: id,
    decision: z.enum(['approved', 'denied']),
  }),
  'login.certificate_issued': body('An approved `sekisho login` fetched its certificate.', {
    login: id,
    serial: text,
    fingerprint: text,
    sourceAddress: text,
    until: text,
  }),
  'login.certificate_revoked': body('A certificate of `sekisho login` was revoked; what it signed in ends.', {
    serial: text,
  }),
  'login.token_issued': body('An approved `sekisho login` fetched its token for the API.', {
    ...{ login: id, token: id, fingerprint: text, sourceAddress: text, until: text },
  }),
  'login.token_revoked': body('A machine gave its token for the API back.', { token: id }),
  ...SITE_EVENTS,
  ...ADMINISTRATION_EVENTS,
  'ssh.signed_in': body('An SSH connection proved who the person is.', {
    connection: id,
    method: z.enum(SIGN_IN_METHODS),
    fingerprint: text.nullable(),
    sourceAddress: text,
    signIn: id.nullable().describe('The approval in the browser it rests on.'),
    securityKey: z
      .strictObject({ flags: z.number().int(), counter: z.number().int() })
      .nullable()
      .describe('What a security key said of its use: flags (1 touched, 4 person verified) and its counter.'),
  }),
  'ssh.sign_in_delayed': body('After failures the answer to a sign-in waited.', {
    connection: id,
    loginName: text,
    sourceAddress: text,
    milliseconds: z.number().int(),
  }),
  'ssh.sign_in_refused': body('An SSH connection did not prove who it is.', {
    connection: id,
    loginName: text,
    sourceAddress: text,
    reason: text,
    fingerprint: text.nullable().optional().describe('Of the key or certificate it showed.'),
    holder: id.nullable().optional().describe('Whose key that is or was; it proves nothing about who tried.'),
  }),
  'ssh.jumped': body('A signed-in connection opened another one inside itself to a target (ProxyJump).', {
    connection: id,
    outer: id,
    loginName: text,
    account: text,
    fingerprint: text,
  }),
  'access.refused': body('A signed-in person was not let in to a target.', {
    connection: id,
    loginName: text,
    reason: text,
    sourceAddress: text,
  }),
  'channel.refused': body('A channel, subsystem or forwarding was refused.', {
    connection: id,
    loginName: text,
    kind: text,
    detail: text,
  }),
  'file.transferred': body('A file passed in a session, or as much of it as `bytes` tells.', {
    protocol: z.enum(['sftp', 'scp', 'rsync', 'git']),
    direction: z.enum(['upload', 'download']),
    path: text,
    bytes: z.number().int(),
    sha256: text.nullable(),
    complete: z.boolean(),
    ranges: text,
  }),
  'file.refused': body('An act on a file was refused before it reached the target.', {
    protocol: z.enum(['sftp', 'scp', 'rsync', 'git']),
    act: text,
    path: text,
    reason: text,
  }),
  'target.dial_failed': body('The target could not be joined; `relay` names the relay host at which it stopped.', {
    target: id,
    code: text,
    detail: text,
    relay: text.optional(),
  }),
  'target.checked': body(
    'An administrator let the doctor sign in as a person at a target and leave; nothing was run.',
    {
      target: id,
      person: id,
      account: text,
      certificateSerial: text,
    },
  ),
  'target.legacy_algorithms': body('A target was joined with algorithms that only an explicit exception allows.', {
    target: id,
    algorithms: z.array(text),
  }),
  'session.opened': body('A session began; its recording was open before.', {
    connection: id,
    target: id,
    account: text,
    kind: text,
    command: text.nullable(),
    sourceAddress: text,
    certificateSerial: text,
  }),
  'session.closed': body('A session ended and its recording is sealed.', {
    reason: text,
    exitStatus: z.number().int().nullable(),
    bytesIn: z.number().int(),
    bytesOut: z.number().int(),
    head: text,
  }),
  'session.end_asked': body('Somebody who answers for the system ended a live session.', { reason: text }),
  'session.paused': body('Somebody who answers for the system paused a live session.', { reason: text }),
  'session.resumed': body('A paused session goes on.', {}),
  'session.messaged': body('Somebody who answers for the system wrote to the person of a live session.', { text }),
  'session.recovered': body('A recording left open by a crash was sealed from the write-ahead log.', {
    reason: text,
    head: text,
  }),
  'output.filtered': body('Control sequences were left out of what a terminal was shown.', {
    dropped: z.array(z.strictObject({ kind: text, bytes: z.number().int(), sequences: z.number().int() })),
  }),
  'output.transfer_cancelled': body('A file transfer offered inside a terminal was cancelled.', { kind: text }),
  'budget.confirm_asked': body('Output waits: the person is asked to confirm near a limit.', {
    ...{ signIn: id, kind: text, window: text, limit: z.number().int(), count: z.number().int() },
  }),
  'budget.confirmed': body('The person confirmed in the browser that they go on.', { signIn: id }),
  'budget.exceeded': body('Output was held back: more would have left than a limit allows.', {
    refusedAct: id.nullable(),
    ...{ kind: text, window: text, limit: z.number().int(), count: z.number().int() },
  }),
  'output.refused': body('Output that was held back was discarded, and shown to nobody.', {
    bytes: z.number().int(),
  }),
  'act.refused': body('The gate refused a command or line before it ran.', {
    refusedAct: id,
    verdict: text,
    text,
    digest: text,
    findings,
  }),
  'program.asked': body('A program the gate does not know was met on a system for the first time.', {
    program: id,
    name: text,
    target: id,
  }),
  'program.accepted': body('An owner who did not ask for it made a program known on a system.', {
    program: id,
    name: text,
    reason: text,
  }),
  'program.declined': body('An owner said that a program stays unknown on a system.', {
    program: id,
    name: text,
    reason: text,
  }),
  'policy.tried': body('Somebody had a command judged by a target’s policy, without running it.', {
    target: id,
    verdict: text,
    digest: text,
  }),
  'copies.protected': body('An act leaves copies of protected things, which are protected there from now on.', {
    target: id,
    copies: z.array(z.strictObject({ asset: text, copy: text })),
    until: text,
  }),
  ...TICKET_EVENTS,
  ...PARCEL_EVENTS,
  ...RECORDING_EVENTS,
  ...READING_EVENTS,
} as const;

export type AuditEventType = keyof typeof AUDIT_EVENTS;

/** One event: who (null = the gateway itself), what, about which session or ticket. */
export type AuditEvent = {
  [Type in AuditEventType]: {
    readonly type: Type;
    readonly actor: string | null;
    readonly session?: string;
    readonly ticket?: string;
    readonly body: z.input<(typeof AUDIT_EVENTS)[Type]>;
  };
}[AuditEventType];
