/**
 * What the gateway and its workers say to each other over the channel between them. Nobody else can write to it. Both
 * ends check the shape all the same: after an update of the program the two may be of different releases.
 */
import { z } from 'zod';
import { LeafSchema } from '../../evidence/index.ts';
import { IntentDraftSchema } from '../../recorder/index.ts';
import type { Socket } from 'node:net';
import type { TerminalSeat } from '../../gateway/index.ts';
import type { BastionConfig } from '../bastion.ts';

/** Raised with every change here: a worker of another protocol refuses to start, and the gateway is started anew. */
const PROTOCOL = 4;

/** An IPv6 network in its longest spelling. */
const SOURCE_LENGTH_MAX = 64;

const id = z.int().nonnegative();
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** A WebSocket handshake whose origin, sign-in and opener were checked; the socket comes beside it. */
const HandshakeSchema = z.strictObject({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});

export interface HandedOver {
  readonly handshake: z.infer<typeof HandshakeSchema>;
  readonly head: Uint8Array;
  readonly socket: Socket;
}

/** What came of an attempt to sign in, told to all who serve: guesses spread over them are counted together. */
const AttemptSchema = z.strictObject({
  type: z.literal('attempt'),
  source: z.string().max(SOURCE_LENGTH_MAX),
  person: z.uuid().nullable(),
  failed: z.boolean(),
});

const StartSchema = z.strictObject({
  type: z.literal('start'),
  protocol: z.literal(PROTOCOL),
  slot: z.int().positive(),
  workerId: z.uuid(),
  gatewayId: z.uuid(),
  dataDirectory: z.string(),
  databaseUrl: z.string(),
  poolSize: z.int().positive(),
  /** To whom the keys of parcels are wrapped. */
  vaultRecipients: z.array(z.string()).min(1),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  /** Complete and checked by who sends it. */
  config: z.custom<BastionConfig>((value) => typeof value === 'object' && value !== null),
});

export const ToWorkerSchema = z.discriminatedUnion('type', [
  StartSchema,
  /** With the socket itself; `head` is what was read of it. */
  z.strictObject({ type: z.literal('connection'), id, sourceAddress: z.string(), head: bytes.nullable() }),
  /** The same of a new terminal in the browser, and of one whose browser came back. */
  z.strictObject({
    type: z.literal('terminal'),
    seat: z.custom<TerminalSeat>((value) => typeof value === 'object' && value !== null && 'person' in value),
    ...{ handshake: HandshakeSchema, head: bytes },
  }),
  z.strictObject({
    type: z.literal('terminal_back'),
    ...{ terminal: z.uuid(), since: z.int().nonnegative().nullable() },
    ...{ handshake: HandshakeSchema, head: bytes },
  }),
  z.strictObject({ type: z.literal('leaf_appended'), id, index: z.int().nonnegative(), hash: bytes }),
  z.strictObject({ type: z.literal('intent_accepted'), id, index: z.int().nonnegative() }),
  /** The leaf, or the intent of an export, of this id. */
  z.strictObject({
    type: z.literal('call_refused'),
    id,
    code: z.enum(['recording_unavailable', 'witness_unreachable']),
    message: z.string(),
  }),
  /** The newest checkpoint that the witnesses accepted, and since when a newer one waits for them. */
  z.strictObject({
    type: z.literal('witnesses'),
    accepted: z.strictObject({ size: z.int().nonnegative(), root: bytes }).nullable(),
    lateSince: z.date().nullable(),
  }),
  AttemptSchema,
  /** No more connections will come: finish those there are, then end. */
  z.strictObject({ type: z.literal('drain') }),
  /** End the sessions, told and sealed, then end. */
  z.strictObject({ type: z.literal('stop') }),
]);

export const FromWorkerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('start_refused'), message: z.string() }),
  z.strictObject({ type: z.literal('signed_in'), id }),
  z.strictObject({ type: z.literal('closed'), id }),
  z.strictObject({ type: z.literal('terminal_over'), terminal: z.uuid() }),
  z.strictObject({ type: z.literal('leaf'), id, leaf: LeafSchema }),
  z.strictObject({ type: z.literal('intent'), id, draft: IntentDraftSchema }),
  AttemptSchema,
  z.strictObject({ type: z.literal('status'), residentBytes: z.int().nonnegative() }),
]);

export type Start = Omit<z.infer<typeof StartSchema>, 'type' | 'protocol'>;
export type ToWorker = z.infer<typeof ToWorkerSchema>;
export type WitnessesTold = Extract<ToWorker, { type: 'witnesses' }>;
export type AttemptTold = z.infer<typeof AttemptSchema>;
export type FromWorker = z.infer<typeof FromWorkerSchema>;

export function startMessage(start: Start): ToWorker {
  return { type: 'start', protocol: PROTOCOL, ...start };
}

/** How often a worker says that it is well. */
export const STATUS_MS = 5_000;
