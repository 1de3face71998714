/** What comes in over HTTP is parsed here, strictly, and nowhere else. */
import type { Request } from 'express';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import type { PersonId, RefusedActId, SessionId, SystemId, TargetId, TicketId } from '../../policy/index.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isUuid = (value: unknown): boolean => typeof value === 'string' && UUID.test(value);

/** What the description of the API says of an id. */
const ID = { type: 'string', format: 'uuid' } as const;

export const uuid = z.string().regex(UUID, 'must be an id');
export const ticketId = z.custom<TicketId>(isUuid, 'must be an id').meta(ID);
export const sessionId = z.custom<SessionId>(isUuid, 'must be an id').meta(ID);
export const personId = z.custom<PersonId>(isUuid, 'must be an id').meta(ID);
export const systemId = z.custom<SystemId>(isUuid, 'must be an id').meta(ID);
export const targetId = z.custom<TargetId>(isUuid, 'must be an id').meta(ID);
export const refusedActId = z.custom<RefusedActId>(isUuid, 'must be an id').meta(ID);

/** A moment as ISO 8601 with its offset. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** Text a person typed; the rooms below check what it may hold. NUL is refused by the database. */
export const typed = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .refine((text) => !text.includes('\0'), 'must not contain NUL');

export const params = <Output>(schema: z.ZodType<Output>, request: Request): Output => read(schema, request.params);
export const query = <Output>(schema: z.ZodType<Output>, request: Request): Output => read(schema, request.query);

/** The JSON body; a request without one has an empty one. */
export function body<Output>(schema: z.ZodType<Output>, request: Request): Output {
  const given: unknown = request.body;
  return read(schema, given ?? {});
}

/** @throws {GatewayError} `request_invalid` naming each field, never its value: a value may be a secret. */
function read<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 10).map((issue) => {
    const names = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 10).map((key) => key.slice(0, 60)) : [];
    const path = issue.path.map(String).join('.');
    return `${path === '' ? names.join(', ') || 'request' : path}: ${issue.message.slice(0, 200)}`;
  });
  throw new GatewayError('request_invalid', faults.join(' '));
}
