/** `sekisho tickets`, `approve`, `reject`: reading and deciding. */
import { createInterface } from 'node:readline/promises';
import type { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import type { Language, RemoteGateway } from './gateway.ts';
import { OneTicket, type Ticket, Tickets, WholeTicket } from './model.ts';
import { line, print, printJson, shown, table } from './show.ts';

export const BOXES = ['mine', 'inbox', 'all'] as const;
export type Box = (typeof BOXES)[number];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Half of what would have to be forged to stand for another act, and still to be read and typed. */
const DIGEST_SHOWN = 16;

export async function listTickets(gateway: RemoteGateway, { box, json }: { box: Box; json: boolean }): Promise<void> {
  const { tickets } = await gateway.get(`/tickets?box=${box}`, Tickets);
  if (json) printJson({ tickets });
  else if (tickets.length === 0) print(message(gateway.language, 'cli.no_tickets'));
  else print(table(tickets.map((ticket) => rowOf(ticket, gateway.language))));
}

export async function showTicket(gateway: RemoteGateway, name: string, json: boolean): Promise<void> {
  const whole = await wholeTicket(gateway, name);
  if (json) printJson(whole);
  else print(ticketText(whole, gateway.language));
}

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly reason: string;
  /** What was read before; left out: it is shown now and asked for on the terminal. */
  readonly digest: string | undefined;
  readonly json: boolean;
}

/**
 * Decides about exactly what was shown: who approves has the whole request before them, or names by its digest what
 * they read before.
 * @returns 0, or 2 when nobody said which act is meant.
 */
export async function decide(gateway: RemoteGateway, name: string, asked: Decision): Promise<number> {
  const { decision, reason, digest, json } = asked;
  const whole = await wholeTicket(gateway, name);
  const { id, number, actDigest } = whole.ticket;
  if (digest === undefined) {
    process.stderr.write(`${ticketText(whole, gateway.language)}\n`);
    if (!(await confirmed(gateway.language, decision, number))) {
      const words = message(gateway.language, 'cli.digest', {
        decision,
        number,
        digest: actDigest.slice(0, DIGEST_SHOWN),
      });
      process.stderr.write(`${words}\n`);
      return 2;
    }
  } else if (digest.length < DIGEST_SHOWN || !actDigest.startsWith(digest.toLowerCase())) {
    throw new GatewayError('ticket_conflict', message(gateway.language, 'cli.digest_wrong'));
  }
  const { ticket } = await gateway.post(`/tickets/${id}/decision`, { decision, reason, actDigest }, OneTicket);
  if (json) printJson({ ticket });
  else print(table([rowOf(ticket, gateway.language)]));
  return 0;
}

async function confirmed(language: Language, decision: Decision['decision'], number: number): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await prompt.question(message(language, `cli.confirm_${decision}`, { number }));
    return typed.trim() === String(number);
  } finally {
    prompt.close();
  }
}

/** By its number or id. @throws {Refused} `not_found`. */
async function wholeTicket(gateway: RemoteGateway, name: string) {
  const id = UUID.test(name) ? name : await idOf(gateway, Number(/^[Tt#]?-?(\d{1,15})$/.exec(name)?.[1] ?? Number.NaN));
  return gateway.get(`/tickets/${id}`, WholeTicket);
}

async function idOf(gateway: RemoteGateway, number: number): Promise<string> {
  const usage = (): GatewayError => new GatewayError('request_invalid', message(gateway.language, 'cli.ticket_name'));
  if (!Number.isSafeInteger(number) || number < 1) throw usage();
  // The list goes down from below a number, so the first of it is the one, if it is there to be seen.
  const { tickets } = await gateway.get(`/tickets?box=all&before=${number + 1}`, Tickets);
  const [first] = tickets;
  if (first?.number !== number)
    throw new GatewayError('not_found', message(gateway.language, 'cli.no_ticket', { number }));
  return first.id;
}

const titlesOf = ({ systems }: Ticket, language: Language): string =>
  systems.map(({ titleEn, titleJa }) => (language === 'ja' ? titleJa : titleEn)).join(', ');

const rowOf = (ticket: Ticket, language: Language): string[] => [
  String(ticket.number),
  message(language, `letter.kind.${ticket.kind}`),
  message(language, `letter.state.${ticket.state}`),
  line(ticket.requester.name),
  line(titlesOf(ticket, language)),
  line(ticket.purpose),
];

/** The whole request, every text of it with what is hidden shown. */
function ticketText({ ticket, insight }: z.output<typeof WholeTicket>, language: Language): string {
  const at = (moment: string): string => new Date(moment).toLocaleString(language);
  const targets = (ticket.targets ?? (ticket.target === undefined ? [] : [ticket.target])).map(({ name }) => name);
  const bounds = [ticket.rowsMax, ticket.bytesMax, ticket.usesMax].filter((bound) => bound !== undefined);
  const similar = insight.similar.map((one) => `${one.number} (${one.state}, ${line(one.requesterName)})`);
  const fields: readonly (readonly [string, string | undefined])[] = [
    [message(language, 'cli.ticket'), rowOf(ticket, language).slice(0, 3).join(' ')],
    [message(language, 'cli.requester'), line(ticket.requester.name)],
    [message(language, 'cli.systems'), [titlesOf(ticket, language), ...targets].map(line).join(' / ')],
    [message(language, 'cli.act'), shown(ticket.actText ?? ticket.workPlan ?? ticket.description ?? '')],
    [message(language, 'cli.purpose'), shown(ticket.purpose)],
    [message(language, 'cli.assets'), ticket.assets?.map(({ name }) => line(name)).join(', ')],
    [message(language, 'cli.bounds'), bounds.map((bound) => String(bound ?? '-')).join(' / ')],
    [
      message(language, 'cli.destination'),
      [ticket.destination, ticket.recipient]
        .filter(Boolean)
        .map((text) => line(text ?? ''))
        .join(' '),
    ],
    [message(language, 'cli.client'), line(ticket.client ?? '')],
    [message(language, 'cli.window'), `${at(ticket.notBefore)} – ${at(ticket.notAfter)}`],
    [message(language, 'cli.risk'), String(insight.risk.score)],
    [message(language, 'cli.similar'), similar.join(', ')],
    ...ticket.approvals.map((one) => [line(one.approver.name), `${one.decision}: ${shown(one.reason)}`] as const),
    [message(language, 'cli.act_digest'), ticket.actDigest],
  ];
  return fields
    .filter(([, text]) => text !== undefined && text !== '')
    .map(([label, text]) => `${label}: ${text ?? ''}`)
    .join('\n');
}
