import { Button, Group, Stack, Table } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ListedParcel, type ParcelState, useParcels, useRoutes } from '../api/parcels.ts';
import { Answer } from '../components/Answer.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { RouteMap, useTitleOf } from '../components/RouteMap.tsx';
import { Scroll } from '../components/Scroll.tsx';
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
  const columns = ['parcel', 'state', 'from', 'to', 'ticket', 'contents', 'keepUntil'] as const;
  return (
    <Scroll label={t('relay.parcels')}>
      <Table miw={860}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column} scope="col">
                {t(`relay.column.${column}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {parcels.map((parcel) => (
            <Row key={parcel.number} parcel={parcel} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Row({ parcel }: { readonly parcel: ListedParcel }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const titleOf = useTitleOf();
  const { bytes, files, from, keepUntil, number, state, ticket, to } = parcel;
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/relay/$number" params={{ number: String(number) }}>
          P-{number}
        </TextLink>
      </Table.Td>
      <Table.Td>
        <ParcelStateTag state={state} />
      </Table.Td>
      <Table.Td>{titleOf(from)}</Table.Td>
      <Table.Td>{titleOf(to)}</Table.Td>
      <Table.Td>
        <TextLink to="/tickets/$id" params={{ id: ticket.id }}>
          T-{ticket.number}
        </TextLink>
      </Table.Td>
      <Table.Td>
        {t('relay.contents', { files: formatCount(files, locale), bytes: formatBytesExactly(bytes, locale) })}
      </Table.Td>
      <Table.Td>
        <Moment at={keepUntil} />
      </Table.Td>
    </Table.Tr>
  );
}

function Map() {
  const { t } = useTranslation();
  const locale = useLocale();
  const titleOf = useTitleOf();
  const routes = useRoutes();
  const columns = ['from', 'to', 'parcels', 'bytes', 'people', 'since', 'last', 'ticket'] as const;
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
              <Scroll label={t('relay.map')}>
                <Table miw={860}>
                  <Table.Thead>
                    <Table.Tr>
                      {columns.map((column) => (
                        <Table.Th key={column} scope="col">
                          {t(`relay.column.${column}`)}
                        </Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {list.map((route) => (
                      <Table.Tr key={`${route.from.name} ${route.to.name}`}>
                        <Table.Td>{titleOf(route.from)}</Table.Td>
                        <Table.Td>{titleOf(route.to)}</Table.Td>
                        <Table.Td>{formatCount(route.parcels, locale)}</Table.Td>
                        <Table.Td>{formatBytesExactly(route.bytes, locale)}</Table.Td>
                        <Table.Td>{formatCount(route.people, locale)}</Table.Td>
                        <Table.Td>
                          <Moment at={route.since} />
                        </Table.Td>
                        <Table.Td>
                          <Moment at={route.last} />
                        </Table.Td>
                        <Table.Td>T-{route.ticketNumber}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Scroll>
            </Stack>
          )
        }
      </Answer>
    </Part>
  );
}
