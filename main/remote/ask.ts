/** `sekisho request`: asking for work, an export that was refused, or emergency work. */
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import type { RemoteGateway } from './gateway.ts';
import { Choices, OneTicket, RefusedAct } from './model.ts';
import { line, print, printJson } from './show.ts';

const HOUR_SECONDS = 3_600;
/** The id of a refused act, alone or in the link of the refusal. */
const ACT = /(?:^|[?&]act=)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:$|&)/;

export interface Asked {
  readonly words: readonly string[];
  readonly purpose: string | undefined;
  readonly plan: string | undefined;
  readonly client: string | undefined;
  readonly rows: string | undefined;
  readonly bytes: string | undefined;
  readonly destination: string | undefined;
  readonly recipient: string | undefined;
  readonly hours: string | undefined;
  readonly json: boolean;
}

export async function request(gateway: RemoteGateway, asked: Asked): Promise<void> {
  const [kind, ...words] = asked.words;
  const body = await bodyOf(gateway, kind, words, asked);
  const path = kind === 'export' ? '/tickets' : `/tickets/${String(kind)}`;
  const { ticket } = await gateway.post(path, body, OneTicket);
  if (asked.json) printJson({ ticket });
  else {
    const url = new URL(`/tickets/${ticket.id}`, gateway.origin).href;
    print(message(gateway.language, 'cli.requested', { number: ticket.number, url, purpose: line(ticket.purpose) }));
  }
}

function bodyOf(
  gateway: RemoteGateway,
  kind: string | undefined,
  words: readonly string[],
  asked: Asked,
): Promise<object> {
  if (kind === 'access') return accessBody(gateway, words, asked);
  if (kind === 'export') return exportBody(gateway, words, asked);
  if (kind === 'emergency') return emergencyBody(gateway, words, asked);
  throw usage(gateway, 'cli.request_kind');
}

async function accessBody(gateway: RemoteGateway, words: readonly string[], asked: Asked): Promise<object> {
  const { purpose, plan, hours } = asked;
  if (purpose === undefined || plan === undefined) throw usage(gateway, 'cli.request_access');
  const lastsSeconds = hoursOf(gateway, hours ?? '1') * HOUR_SECONDS;
  return { targets: await targetsOf(gateway, words), purpose, workPlan: plan, lastsSeconds };
}

async function emergencyBody(gateway: RemoteGateway, words: readonly string[], asked: Asked): Promise<object> {
  if (asked.purpose === undefined) throw usage(gateway, 'cli.request_emergency');
  return {
    targets: await targetsOf(gateway, words),
    reason: asked.purpose,
    hours: hoursOf(gateway, asked.hours ?? '1'),
  };
}

/** Bounds and destination that are left out are those suggested for the act. */
async function exportBody(gateway: RemoteGateway, words: readonly string[], asked: Asked): Promise<object> {
  const { purpose, client, recipient } = asked;
  const refusedActId = words.length === 1 ? ACT.exec(words[0] ?? '')?.[1] : undefined;
  if (refusedActId === undefined || purpose === undefined || client === undefined) {
    throw usage(gateway, 'cli.request_export');
  }
  const { suggested } = (await gateway.get(`/refused-acts/${refusedActId}`, RefusedAct)).refusedAct;
  return {
    ...{ refusedActId, purpose, client },
    rowsMax: asked.rows === undefined ? suggested.rowsMax : countOf(gateway, asked.rows),
    bytesMax: asked.bytes === undefined ? suggested.bytesMax : countOf(gateway, asked.bytes),
    destination: asked.destination ?? suggested.destination,
    lastsSeconds: hoursOf(gateway, asked.hours ?? '1') * HOUR_SECONDS,
    ...(recipient === undefined ? {} : { recipient }),
  };
}

/** By name, as they stand in `sekisho targets`. */
async function targetsOf(gateway: RemoteGateway, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) throw usage(gateway, 'cli.request_targets');
  const { targets } = await gateway.get('/tickets/choices', Choices);
  return names.map((name) => {
    const found = targets.filter((target) => target.name === name || target.id === name);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only.id;
    throw new GatewayError('not_found', message(gateway.language, 'cli.no_target', { name: line(name) }));
  });
}

const hoursOf = (gateway: RemoteGateway, text: string): number => countOf(gateway, text);

function countOf(gateway: RemoteGateway, text: string): number {
  const read = z.coerce.number().int().positive().safeParse(text);
  if (!read.success) throw usage(gateway, 'cli.number');
  return read.data;
}

const usage = (gateway: RemoteGateway, key: Parameters<typeof message>[1]): GatewayError =>
  new GatewayError('request_invalid', message(gateway.language, key));
