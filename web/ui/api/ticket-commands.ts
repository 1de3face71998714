/** What the pages change of tickets. */
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { useCommand } from './commands.ts';
import type { Destination } from './schemas.ts';
import { Draft, Ticket, type TicketKind } from './ticket-schemas.ts';

const part = encodeURIComponent;
const One = z.object({ ticket: Ticket });
const TOUCHED = ['tickets', 'me'];

export interface ExportRequest {
  readonly refusedActId: string;
  readonly purpose: string;
  readonly client: string;
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly destination: Destination;
  readonly recipient: string;
  readonly legalBasis: string;
  readonly clientInformed: boolean | null;
  readonly deleteBy: string | null;
  readonly scope: 'act' | 'class';
  readonly usesMax: number;
  readonly notBefore: string;
  readonly notAfter: string;
}

export const useRequestExport = () =>
  useCommand(async (input: ExportRequest) => (await call(One, 'POST', '/api/tickets', input)).ticket, ['tickets']);

/** A request of another kind, with what its form says. */
export const useRequestWork = (kind: Exclude<TicketKind, 'export'>) =>
  useCommand(async (input: object) => (await call(One, 'POST', `/api/tickets/${kind}`, input)).ticket, TOUCHED);

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly reason: string;
  readonly actDigest: string;
  /** Less than was asked; what stays as it is, is left out. */
  readonly limits?: LoweredLimits;
}

export interface LoweredLimits {
  readonly rowsMax?: number;
  readonly bytesMax?: number;
  readonly usesMax?: number;
  readonly notAfter?: string;
  readonly lastsSeconds?: number;
}

export const useDecideTicket = (id: string) =>
  useCommand((input: Decision) => call(One, 'POST', `/api/tickets/${part(id)}/decision`, input), TOUCHED);

/** One of several, named as it is decided. */
export const useDecideOne = () =>
  useCommand(
    ({ id, ...input }: Decision & { readonly id: string }) =>
      call(One, 'POST', `/api/tickets/${part(id)}/decision`, input),
    TOUCHED,
  );

export const useWithdrawTicket = (id: string) =>
  useCommand((_: string) => call(One, 'POST', `/api/tickets/${part(id)}/withdraw`, {}), TOUCHED);

export const useFinishEmergency = (id: string) =>
  useCommand((_: string) => call(One, 'POST', `/api/tickets/${part(id)}/finish`, {}), TOUCHED);

export const useRevokeTicket = (id: string) =>
  useCommand((reason: string) => call(One, 'POST', `/api/tickets/${part(id)}/revoke`, { reason }), TOUCHED);

/** What is written into the thread of a ticket. */
export const useWriteMessage = (id: string, kind: 'question' | 'answer' | 'report') =>
  useCommand((text: string) => call(One, 'POST', `/api/tickets/${part(id)}/${kind}`, { text }), TOUCHED);

export const useReviewEmergency = (id: string) =>
  useCommand(
    (input: { readonly finding: 'in_order' | 'deviation'; readonly reason: string }) =>
      call(One, 'POST', `/api/tickets/${part(id)}/review`, input),
    TOUCHED,
  );

const OneDraft = z.object({ draft: Draft });

export const useSaveDraft = () =>
  useCommand(
    async ({
      id,
      ...draft
    }: {
      readonly id: string | undefined;
      readonly kind: TicketKind;
      readonly content: object;
    }) =>
      id === undefined
        ? (await call(OneDraft, 'POST', '/api/tickets/drafts', draft)).draft
        : (await call(OneDraft, 'PATCH', `/api/tickets/drafts/${part(id)}`, draft)).draft,
    ['tickets'],
  );

export const useDiscardDraft = () =>
  useCommand((id: string) => callPlain('DELETE', `/api/tickets/drafts/${part(id)}`), ['tickets']);

export const useChooseSubstitute = () =>
  useCommand(
    (input: { readonly substitute: string; readonly startsAt: string; readonly endsAt: string }) =>
      callPlain('POST', '/api/substitutes', input),
    ['substitutes'],
  );

export const useDismissSubstitute = (id: string) =>
  useCommand((_: string) => callPlain('DELETE', `/api/substitutes/${part(id)}`), ['substitutes']);
