import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ListedParcel, type ParcelState, type Route, useParcels, useRoutes } from '../api/parcels.ts';
import { Answer } from '../components/Answer.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { RouteMap, useTitleOf } from '../components/RouteMap.tsx';
import { Tag, type Tone } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { useLocale } from '../components/use-locale.ts';
import { formatBytesExactly, formatCount } from '../format/numbers.ts';

const TONES: Readonly<Record<ParcelState, Tone>> = {
  filling: 'live',
  sealed: 'wait',
  scanning: 'wait',
  held: 'bad',
  released: 'good',
  picked_up: 'quiet',
  expired: 'quiet',
  revoked: 'bad',
  destroyed: 'quiet',
  discarded: 'quiet',
};
const PAGE_ROWS = 50;

/** 中継GW: parcels, newest first, and who sends what to whom. */
export function RelayPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('relay.title')} intro={t('relay.intro')}>
      <Parcels />
      <Map />
    </Page>
  );
}

export function ParcelStateTag({ state }: { readonly state: ParcelState }) {
  const { t } = useTranslation();
  return <Tag tone={TONES[state]}>{t(`relay.state.${state}`)}</Tag>;
}

function Parcels() {
  const { t } = useTranslation();
  const [before, setBefore] = useState<number>();
  const parcels = useParcels(before);
  return (
    <Part title={t('relay.parcels')}>
      <Answer query={parcels}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('relay.none')} />
          ) : (
            <Stack>
              <ParcelTable parcels={list} />
              {list.length === PAGE_ROWS && (
                <Group>
                  <Button variant="default" onClick={() => setBefore(list.at(-1)?.number)}>
                    {t('relay.more')}
                  </Button>
                </Group>
              )}
            </Stack>
          )
        }
      </Answer>
    </Part>
  );
}

function ParcelTable({ parcels }: { readonly parcels: readonly ListedParcel[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const titleOf = useTitleOf();
  const columns: readonly Column<ListedParcel>[] = [
    { name: t('relay.column.parcel'), cell: ({ number }) => <ParcelLink number={number} /> },
    { name: t('relay.column.state'), cell: ({ state }) => <ParcelStateTag state={state} /> },
    { name: t('relay.column.from'), cell: ({ from }) => titleOf(from) },
    { name: t('relay.column.to'), cell: ({ to }) => titleOf(to) },
    { name: t('relay.column.ticket'), cell: ({ ticket }) => <TicketLink ticket={ticket} /> },
    {
      name: t('relay.column.contents'),
      cell: ({ bytes, files }) =>
        t('relay.contents', { files: formatCount(files, locale), bytes: formatBytesExactly(bytes, locale) }),
    },
    { name: t('relay.column.keepUntil'), cell: ({ keepUntil }) => <Moment at={keepUntil} /> },
  ];
  return (
    <DataTable
      caption={t('relay.parcels')}
      columns={columns}
      rows={parcels}
      keyOf={({ number }) => number}
      minWidth={860}
    />
  );
}

function ParcelLink({ number }: { readonly number: number }) {
  return (
    <TextLink to="/relay/$number" params={{ number: String(number) }}>
      P-{number}
    </TextLink>
  );
}

function TicketLink({ ticket }: Pick<ListedParcel, 'ticket'>) {
  return (
    <TextLink to="/tickets/$id" params={{ id: ticket.id }}>
      T-{ticket.number}
    </TextLink>
  );
}

function Map() {
  const { t } = useTranslation();
  const routes = useRoutes();
  return (
    <Part title={t('relay.map')}>
      <p>{t('relay.map.intro')}</p>
      <Answer query={routes}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('relay.map.none')} />
          ) : (
            <Stack>
              <RouteMap routes={list} />
              <RouteTable routes={list} />
            </Stack>
          )
        }
      </Answer>
    </Part>
  );
}

function RouteTable({ routes }: { readonly routes: readonly Route[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const titleOf = useTitleOf();
  const columns: readonly Column<Route>[] = [
    { name: t('relay.column.from'), cell: ({ from }) => titleOf(from) },
    { name: t('relay.column.to'), cell: ({ to }) => titleOf(to) },
    { name: t('relay.column.parcels'), cell: ({ parcels }) => formatCount(parcels, locale) },
    { name: t('relay.column.bytes'), cell: ({ bytes }) => formatBytesExactly(bytes, locale) },
    { name: t('relay.column.people'), cell: ({ people }) => formatCount(people, locale) },
    { name: t('relay.column.since'), cell: ({ since }) => <Moment at={since} /> },
    { name: t('relay.column.last'), cell: ({ last }) => <Moment at={last} /> },
    { name: t('relay.column.ticket'), cell: ({ ticketNumber }) => `T-${ticketNumber}` },
  ];
  return (
    <DataTable
      caption={t('relay.map')}
      columns={columns}
      rows={routes}
      keyOf={({ from, to }) => `${from.name} ${to.name}`}
      minWidth={860}
    />
  );
}
