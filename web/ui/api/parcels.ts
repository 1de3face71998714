/** Parcels of the relay: what the pages read and change of them. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call, callPlain } from './client.ts';
import { useCommand } from './commands.ts';
import { moment, strings } from './schemas.ts';

export const ParcelState = z.enum([
  'filling',
  'sealed',
  'scanning',
  'held',
  'released',
  'picked_up',
  'expired',
  'revoked',
  'destroyed',
  'discarded',
]);
export type ParcelState = z.infer<typeof ParcelState>;

const side = z.object({ name: z.string(), titleEn: z.string(), titleJa: z.string() });
export type Side = z.infer<typeof side>;

const listed = {
  number: z.number(),
  state: ParcelState,
  ticket: z.object({ id: z.string(), number: z.number() }),
  from: z.nullable(side),
  to: z.nullable(side),
  files: z.number(),
  bytes: z.number(),
  rows: z.nullable(z.number()),
  people: z.nullable(z.number()),
  keepUntil: moment,
};
const ListedParcel = z.object(listed);
export type ListedParcel = z.infer<typeof ListedParcel>;

const Parcel = z.object({
  ...listed,
  requester: z.string(),
  differences: z.array(z.object({ kind: z.string(), promised: z.string(), found: z.string() })),
  types: z.nullable(strings),
  scanner: z.nullable(z.string()),
  mayDecide: z.boolean(),
  mayDownload: z.boolean(),
  shownFiles: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
  moves: z.array(z.object({ type: z.string(), at: moment, by: z.nullable(z.string()) })),
});
export type Parcel = z.infer<typeof Parcel>;

const Route = z.object({
  from: side,
  to: side,
  parcels: z.number(),
  bytes: z.number(),
  people: z.number(),
  since: moment,
  last: moment,
  ticketNumber: z.number(),
});
export type Route = z.infer<typeof Route>;

export const useParcels = (before: number | undefined) =>
  useQuery({
    queryKey: ['parcels', before ?? 0],
    queryFn: async () => {
      const page = before === undefined ? '' : `?before=${before}`;
      return (await call(z.object({ parcels: z.array(ListedParcel) }), 'GET', `/api/parcels${page}`)).parcels;
    },
    refetchInterval: 15_000,
  });

export const useRoutes = () =>
  useQuery({
    queryKey: ['parcels', 'routes'],
    queryFn: async () => (await call(z.object({ routes: z.array(Route) }), 'GET', '/api/parcels/routes')).routes,
  });

export const useParcel = (number: number) =>
  useQuery({
    queryKey: ['parcels', 'one', number],
    queryFn: async () => (await call(z.object({ parcel: Parcel }), 'GET', `/api/parcels/${number}`)).parcel,
    refetchInterval: 15_000,
  });

/** Begins it and hands the address of the bytes to the browser, which keeps what comes as a file. */
export const useDownloadParcel = (number: number) =>
  useCommand(
    async (_: string) => {
      const path = `/api/parcels/${number}/download`;
      const { download } = await call(z.object({ download: z.uuid() }), 'POST', path, {});
      window.location.assign(`${path}/${download}`);
    },
    ['parcels'],
  );

export const useDecideParcel = (number: number, decision: 'release' | 'revoke') =>
  useCommand(
    (reason: string) => callPlain('POST', `/api/parcels/${number}/decision`, { decision, reason }),
    ['parcels', 'tickets'],
  );
