import { Anchor, Badge, Button, Group, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import { call } from '../../api/client.ts';
import { Answer } from '../Answer.tsx';
import { Empty } from '../Page.tsx';
import { Scroll } from '../Scroll.tsx';
import { Moment, Visible } from '../Texts.tsx';
import { useNameOf } from '../use-locale.ts';

const Exchange = z.object({
  at: z.string(),
  n: z.number(),
  method: z.string(),
  url: z.string(),
  status: z.nullable(z.number()),
  outcome: z.string(),
  kind: z.string(),
  title: z.string(),
  found: z.array(z.string()),
  rows: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  millis: z.number(),
  sha256: z.nullable(z.string()),
});
type Exchange = z.infer<typeof Exchange>;
const TrailPart = z.object({ exchanges: z.array(Exchange), next: z.nullable(z.number()) });

/** Each look is noted: it is asked for by a button, as a replay is. */
export function HttpTrail({ sessionId }: { readonly sessionId: string }): ReactElement {
  const { t } = useTranslation();
  const [isOpen, open] = useState(false);
  const base = `/api/sessions/${encodeURIComponent(sessionId)}/trail`;
  const query = useInfiniteQuery({
    queryKey: ['trail', sessionId],
    enabled: isOpen,
    initialPageParam: 0,
    queryFn: ({ pageParam }) => call(TrailPart, 'GET', `${base}?after=${String(pageParam)}`),
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    retry: false,
  });
  if (!isOpen) return <Button onClick={() => open(true)}>{t('trail.open')}</Button>;
  return (
    <Answer query={query}>
      {({ pages }) => (
        <>
          <Exchanges exchanges={pages.flatMap(({ exchanges }) => exchanges)} />
          <Group mt="sm">
            {query.hasNextPage ? <Button onClick={() => void query.fetchNextPage()}>{t('trail.more')}</Button> : null}
            <Anchor href={`${base}.har`}>{t('trail.har')}</Anchor>
          </Group>
        </>
      )}
    </Answer>
  );
}

function Exchanges({ exchanges }: { readonly exchanges: readonly Exchange[] }) {
  const { t } = useTranslation();
  if (exchanges.length === 0) return <Empty text={t('trail.none')} />;
  return (
    <Scroll label={t('trail.title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('trail.at')}</Table.Th>
            <Table.Th scope="col">{t('trail.request')}</Table.Th>
            <Table.Th scope="col">{t('trail.answer')}</Table.Th>
            <Table.Th scope="col">{t('trail.rows')}</Table.Th>
            <Table.Th scope="col">{t('trail.bytes')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {exchanges.map((exchange) => (
            <ExchangeRow key={exchange.n} exchange={exchange} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function ExchangeRow({ exchange }: { readonly exchange: Exchange }) {
  const nameOf = useNameOf();
  const { at, bytesOut, found, kind, method, outcome, rows, sha256, status, title, url } = exchange;
  return (
    <Table.Tr>
      <Table.Td>
        <Moment at={at} seconds />
      </Table.Td>
      <Table.Td>
        {title === '' ? null : <Text fw={600}>{title}</Text>}
        <span className="mono">
          <Visible text={`${method} ${url}`} />
        </span>
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <span>{status ?? '–'}</span>
          {outcome === 'passed' ? null : (
            <Badge color={outcome === 'refused' || outcome === 'cut' ? 'red' : 'blue'} tt="none">
              {nameOf('trail.outcome', outcome)}
            </Badge>
          )}
          <Text size="sm">{[kind, ...found].join(' ')}</Text>
        </Group>
      </Table.Td>
      <Table.Td>{rows}</Table.Td>
      <Table.Td title={sha256 ?? undefined}>{bytesOut.toLocaleString()}</Table.Td>
    </Table.Tr>
  );
}
