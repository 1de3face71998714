/** Tables of the console as files, made here and not in the page, so that taking one along is always an event. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { listTickets } from '../../approvals/index.ts';
import { CSV_BEGIN, csvRow, LIMITS } from '../../foundation/index.ts';
import { appendAuditEvent, listAuditEvents } from '../../recorder/index.ts';
import { AuditQuery, withActorNames } from './audit-events.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { mayRead, requireReader } from './permissions.ts';
import { selectSessions, type VisibleSession } from './queries.ts';
import { params, query } from './request.ts';
import { Narrowing, narrowingOf } from './sessions.ts';

type Cell = string | number | boolean | Date | null;
type Row = Readonly<Record<string, Cell>>;
type Table = 'sessions' | 'tickets' | 'audit-events';

export const Format = z.strictObject({ format: z.enum(['csv', 'json']) });
export const SessionsQuery = Narrowing.extend({ box: z.enum(['mine', 'all']).default('mine') });
export const TicketsQuery = z.strictObject({ box: z.enum(['mine', 'inbox', 'all']).default('mine') });

/** One row more than may be taken tells that there were more. */
const ROWS = LIMITS.tableExportRowsMax;

export function tableExportRoutes(deps: WebApiDeps): Router {
  const { database } = deps;
  const router = Router();

  router.get('/exports/sessions.:format', async (request, response) => {
    const { person } = principalOf(request);
    const { box, ...narrowed } = query(SessionsQuery, request);
    const found = await selectSessions(database, {
      ...{ viewer: person.id, seesEvery: mayRead(person, 'everySession'), box, limit: ROWS + 1 },
      narrowing: narrowingOf(narrowed),
    });
    await send(deps, { request, response, table: 'sessions', rows: found.map(sessionRow) });
  });

  router.get('/exports/tickets.:format', async (request, response) => {
    const { box } = query(TicketsQuery, request);
    const tickets = await listTickets(deps, principalOf(request), { box, limit: ROWS + 1 });
    await send(deps, { request, response, table: 'tickets', rows: tickets.map(ticketRow) });
  });

  router.get('/exports/audit-events.:format', async (request, response) => {
    requireReader(principalOf(request).person, 'auditEvents');
    const { type } = query(AuditQuery.omit({ before: true }), request);
    const rows: Row[] = [];
    for (let before: number | undefined; rows.length <= ROWS; ) {
      const page = await listAuditEvents(database, {
        ...(type === undefined ? {} : { types: [type] }),
        ...(before === undefined ? {} : { before }),
        limit: LIMITS.pageRowsMax,
      });
      rows.push(...(await withActorNames(database, page)).map(eventRow));
      before = page.at(-1)?.seq;
      if (before === undefined) break;
    }
    await send(deps, { request, response, table: 'audit-events', rows });
  });

  return router;
}

interface Sent {
  readonly request: Request;
  readonly response: Response;
  readonly table: Table;
  readonly rows: readonly Row[];
}

/** Noted before the first byte: nobody takes a table along unseen. */
async function send(deps: WebApiDeps, { request, response, table, rows: found }: Sent): Promise<void> {
  const { format } = params(Format, request);
  const rows = found.slice(0, ROWS);
  const complete = found.length <= ROWS;
  const filters = z.record(z.string(), z.string()).parse(request.query);
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'table.exported',
    actor: principalOf(request).person.id,
    body: { table, format, filters, rows: rows.length, allRows: complete },
  });
  response.attachment(`${table}.${format}`);
  response.set('x-sekisho-complete', String(complete));
  if (format === 'json') {
    response.json({ table, filters, complete, rows });
    return;
  }
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => csvRow(names.map((name) => textOf(row[name] ?? null))));
  const last = complete ? [] : [csvRow([`Only the first ${ROWS} rows. 先頭の ${ROWS} 行のみ。`])];
  response.type('text/csv; charset=utf-8').send(CSV_BEGIN + [csvRow(names), ...lines, ...last].join(''));
}

function textOf(cell: Cell): string {
  if (cell === null) return '';
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

/** What the list shows: of what was on the screen nothing, and of a command only for whom may see it there. */
function sessionRow({ session }: VisibleSession): Row {
  const { person, target, system, lastInputAt: _, pausedAt: __, ...rest } = session;
  return { ...rest, person: person.name, target: target.name, system: system.title.en };
}

type Ticket = Awaited<ReturnType<typeof listTickets>>[number];

function ticketRow(ticket: Ticket): Row {
  const { number, kind, state, requester, purpose, createdAt, updatedAt } = ticket;
  const isExport = ticket.kind === 'export';
  return {
    ...{ number, kind, state, requester: requester.name, purpose, createdAt, updatedAt },
    act: isExport ? ticket.actText : null,
    target: isExport ? ticket.target.name : null,
    client: isExport ? ticket.client : null,
    rowsMax: isExport ? ticket.rowsMax : null,
    rows: isExport ? (ticket.result?.rows ?? null) : null,
    bytes: isExport ? (ticket.result?.bytes ?? null) : null,
    outcome: isExport ? (ticket.result?.outcome ?? null) : null,
  };
}

type NamedEvent = Awaited<ReturnType<typeof withActorNames>>[number];

function eventRow({ seq, at, type, actor, actorName, session, ticket, body }: NamedEvent): Row {
  return { seq, at, type, actor, actorName, session, ticket, body: JSON.stringify(body) };
}
