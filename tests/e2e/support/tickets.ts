/** A ticket's way through the console, as the persons of the demo go it. */
import { waitFor } from '../../support/wait-for.ts';
import type { ApiAnswer, TestGateway } from '../../support/gateway.ts';

export interface Ticket {
  readonly id: string;
  readonly number: number;
  readonly state: string;
  readonly actText: string;
  readonly actDigest: string;
  readonly result: {
    readonly outcome: string;
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
    readonly exitStatus: number | null;
    readonly sessionId: string;
  } | null;
  readonly parcel: {
    readonly number: number;
    readonly outcome: string;
    readonly sealed: { readonly files: number; readonly bytes: number; readonly manifestSha256: string } | null;
  } | null;
}

export interface Wish {
  readonly rowsMax?: number;
  readonly bytesMax?: number;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly destination?: 'workstation' | 'vault' | 'page';
  /** The target, where it is not the demo's. */
  readonly loginName?: string;
}

const HOUR_MS = 3_600_000;

/** Runs the command, is refused, and asks for it by the link of the refusal. */
export async function ask(gateway: TestGateway, login: string, command: string, wish: Wish = {}): Promise<Ticket> {
  const { loginName, ...wanted } = wish;
  const refused = await gateway.ssh(login, command, loginName === undefined ? {} : { loginName });
  return askFrom(gateway, login, refused.stderr, wanted);
}

/** Asks for the act whose link stands in `said`. */
export async function askFrom(
  gateway: TestGateway,
  login: string,
  said: string,
  wanted: Omit<Wish, 'loginName'> = {},
): Promise<Ticket> {
  const act = /\/tickets\/new\?act=([0-9a-f-]{36})/.exec(said)?.[1];
  if (act === undefined) throw new Error(`no link in: ${said}`);
  const { json, status } = await (await gateway.person(login)).post('/api/tickets', {
    refusedActId: act,
    purpose: '委託元からの照会への回答',
    client: '株式会社サンプル',
    rowsMax: 10_000,
    bytesMax: 1_000_000,
    notBefore: new Date(),
    notAfter: new Date(Date.now() + HOUR_MS),
    ...wanted,
  });
  if (status !== 201) throw new Error(`not asked: ${JSON.stringify(json)}`);
  return json['ticket'] as Ticket;
}

export async function decide(
  gateway: TestGateway,
  login: string,
  { id, actDigest }: Pick<Ticket, 'id' | 'actDigest'>,
): Promise<ApiAnswer> {
  const body = { decision: 'approve', reason: '件数を確認した', actDigest };
  return (await gateway.person(login)).post(`/api/tickets/${id}/decision`, body);
}

/** Asks, and Tanaka approves. */
export async function approved(gateway: TestGateway, login: string, command: string, wish: Wish = {}): Promise<Ticket> {
  return approve(gateway, await ask(gateway, login, command, wish));
}

/** Tanaka says yes. */
export async function approve(gateway: TestGateway, ticket: Ticket): Promise<Ticket> {
  const { status, json } = await decide(gateway, 'tanaka', ticket);
  if (status !== 200) throw new Error(`not approved: ${JSON.stringify(json)}`);
  return json['ticket'] as Ticket;
}

export async function revoke(gateway: TestGateway, { id }: Pick<Ticket, 'id'>): Promise<void> {
  const { status } = await (await gateway.person('tanaka')).post(`/api/tickets/${id}/revoke`, { reason: '不要' });
  if (status !== 200) throw new Error(`not revoked: ${status}`);
}

export async function look(gateway: TestGateway, { id }: Pick<Ticket, 'id'>): Promise<Ticket> {
  const { json } = await (await gateway.person('tanaka')).get(`/api/tickets/${id}`);
  return json['ticket'] as Ticket;
}

/** The ticket when its one use has ended. */
export function ended(gateway: TestGateway, ticket: Pick<Ticket, 'id'>) {
  return waitFor('the end of the use', async () => {
    const { state, result, parcel } = await look(gateway, ticket);
    return result === null ? undefined : { state, result, parcel };
  });
}
