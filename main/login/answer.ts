/**
 * What the gateway answers to `sekisho login`, believed in nothing it does not prove: each word that becomes part of a
 * file ssh reads has a pattern that leaves no room for a second line, a quote, an option or a control character.
 */
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const loginName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}(%[a-z0-9][a-z0-9-]{0,62})?$/);
/** A host name or address. Never a leading hyphen: ssh would read it as an option. */
const host = z.string().regex(/^[A-Za-z0-9:]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9:])?$/);
const account = z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/);
const keyLine = z.string().regex(/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{16,6000}={0,2}$/);
const certificateLine = z.string().regex(/^ssh-ed25519-cert-v01@openssh\.com [A-Za-z0-9+/]{16,24000}={0,2}$/);
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** Shown on the terminal: nothing in it may move the cursor or reorder the line. */
const shown = z
  .string()
  .max(200)
  .transform((text) => text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD'));

const Asked = z.object({
  code: z.string().regex(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
  url: z.string().regex(/^[\x21-\x7e]{1,500}$/),
  pollToken: z.string().regex(/^[A-Za-z0-9_-]{20,100}$/),
  expiresAt: moment,
});
export type Asked = z.infer<typeof Asked>;

const Target = z.object({ name, systemName: name, loginName, account });

const Issued = z.object({
  state: z.literal('issued'),
  /** Null for who works on no target. */
  certificate: certificateLine.nullable(),
  serial: z
    .string()
    .regex(/^[1-9]\d{0,18}$/)
    .nullable(),
  token: z.string().regex(/^sekisho_[A-Za-z0-9_-]{43}$/),
  expiresAt: moment,
  person: z.object({ id: z.uuid(), name: shown }),
  gateway: z.object({ host, port: z.int().min(1).max(65_535), hostKey: keyLine, hostCa: keyLine.nullable() }),
  targets: z.array(Target).max(LIMITS.loginTargetsMax),
});
export type Issued = z.infer<typeof Issued>;

const Waiting = z.object({ state: z.enum(['pending', 'denied', 'expired']) });
const Decided = z.discriminatedUnion('state', [Issued, Waiting]);
export type Decided = z.infer<typeof Decided>;

/** The link has to lead to the gateway that was named, or a hostile answer would send people to a page of its own. */
export function readAsked(json: unknown, origin: string): Asked {
  const asked = read(Asked, json);
  if (!URL.canParse(asked.url) || new URL(asked.url).origin !== origin) {
    throw new GatewayError('login_answer_refused', `The link in the answer does not lead to ${origin}.`);
  }
  return asked;
}

export function readDecided(json: unknown): Decided {
  return read(Decided, json);
}

/** @throws {GatewayError} `login_answer_refused` naming each field, never its value. */
function read<Output>(schema: z.ZodType<Output>, json: unknown): Output {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.map(String).join('.') || 'the whole'))];
  throw new GatewayError('login_answer_refused', `The answer cannot be used: ${fields.slice(0, 5).join(', ')}.`);
}
