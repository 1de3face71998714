import { Group, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Parcel, useDecideParcel, useDownloadParcel, useParcel } from '../api/parcels.ts';
import { Answer } from '../components/Answer.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { TextLink } from '../components/Links.tsx';
import { Facts, Page, Part } from '../components/Page.tsx';
import { useTitleOf } from '../components/RouteMap.tsx';
import { Moment, Visible } from '../components/Texts.tsx';
import { useLocale, useNameOf } from '../components/use-locale.ts';
import { formatBytesExactly, formatCount } from '../format/numbers.ts';
import { ParcelStateTag } from './Relay.tsx';

/** One parcel: what it carries beside what was promised, its way, and what owners decide. */
export function ParcelPage({ number }: { readonly number: number }) {
  const { t } = useTranslation();
  const parcel = useParcel(number);
  return (
    <Page title={t('relay.parcel', { number })}>
      <Answer query={parcel}>
        {(found) => (
          <Stack gap="lg">
            <Summary parcel={found} />
            {found.differences.length > 0 && <Differences parcel={found} />}
            {found.mayDecide && ['sealed', 'scanning', 'held', 'released'].includes(found.state) && (
              <Decide parcel={found} />
            )}
            {found.mayDownload && <Download parcel={found} />}
            <Files parcel={found} />
            <Journey parcel={found} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Summary({ parcel }: { readonly parcel: Parcel }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const titleOf = useTitleOf();
  const { bytes, files, from, keepUntil, people, requester, rows, scanner, state, ticket, to, types } = parcel;
  const counted =
    rows === null || people === null
      ? t('relay.notCounted')
      : t('relay.counts', { rows: formatCount(rows, locale), people: formatCount(people, locale) });
  const size = { files: formatCount(files, locale), bytes: formatBytesExactly(bytes, locale) };
  return (
    <Part title={t('relay.origin')}>
      <Facts
        rows={[
          [t('relay.column.state'), <ParcelStateTag key="state" state={state} />],
          [t('relay.column.from'), titleOf(from)],
          [t('relay.column.to'), titleOf(to)],
          [
            t('relay.column.ticket'),
            <TextLink key="ticket" to="/tickets/$id" params={{ id: ticket.id }}>
              {t('relay.origin.ticket', { number: ticket.number, name: requester })}
            </TextLink>,
          ],
          [t('relay.column.contents'), `${t('relay.contents', size)}, ${counted}`],
          [t('relay.types'), types === null ? '–' : types.join(', ')],
          [t('relay.scanner'), scanner ?? '–'],
          [t('relay.column.keepUntil'), <Moment key="keep" at={keepUntil} />],
        ]}
      />
    </Part>
  );
}

function Differences({ parcel }: { readonly parcel: Parcel }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const columns: readonly Column<Parcel['differences'][number]>[] = [
    { name: t('relay.difference.kind'), cell: ({ kind }) => nameOf('relay.difference', kind) },
    {
      name: t('relay.difference.promised'),
      cell: ({ promised }) => <Visible text={promised === '' ? '–' : promised} />,
    },
    { name: t('relay.difference.found'), cell: ({ found }) => <Visible text={found} /> },
  ];
  return (
    <Part title={t('relay.differences')}>
      <DataTable
        caption={t('relay.differences')}
        columns={columns}
        rows={parcel.differences}
        keyOf={({ kind, promised, found }) => `${kind} ${promised} ${found}`}
        minWidth={560}
      />
    </Part>
  );
}

function Decide({ parcel: { differences, number, state } }: { readonly parcel: Parcel }) {
  const { t } = useTranslation();
  const release = useDecideParcel(number, 'release');
  const revoke = useDecideParcel(number, 'revoke');
  const isBad = differences.some(({ kind }) => kind === 'malware');
  const asked = { body: t('relay.decide.intro'), reasonLabel: t('relay.decide.reason') };
  return (
    <Part title={t('relay.decide')}>
      <Text mb="sm">{isBad ? t('relay.decide.malware') : t('relay.decide.intro')}</Text>
      <Group>
        {state === 'held' && !isBad && (
          <Confirm label={t('relay.decide.release')} title={t('relay.decide.release')} {...asked} step={release} />
        )}
        <Confirm label={t('relay.decide.revoke')} title={t('relay.decide.revoke')} {...asked} step={revoke} danger />
      </Group>
      {(release.isSuccess || revoke.isSuccess) && <Text mt="sm">{t('relay.decided')}</Text>}
    </Part>
  );
}

function Download({ parcel: { number, state } }: { readonly parcel: Parcel }) {
  const { t } = useTranslation();
  const download = useDownloadParcel(number);
  const isOver = ['picked_up', 'destroyed', 'expired', 'revoked', 'discarded'].includes(state);
  return (
    <Part title={t('relay.download')}>
      <Text mb="sm">
        {state === 'released' ? t('relay.download.intro') : t(isOver ? 'relay.download.over' : 'relay.download.notYet')}
      </Text>
      {state === 'released' && (
        <Confirm
          label={t('relay.download.take')}
          title={t('relay.download.take')}
          body={t('relay.download.once')}
          step={download}
        />
      )}
      {download.isSuccess && <Text mt="sm">{t('relay.download.begun')}</Text>}
    </Part>
  );
}

function Files({ parcel }: { readonly parcel: Parcel }) {
  const { t } = useTranslation();
  const locale = useLocale();
  // Two files of a parcel may have one path.
  const rows = parcel.shownFiles.map((file, at) => ({ ...file, at }));
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { name: t('relay.column.file'), cell: ({ path }) => <Visible text={path} /> },
    { name: t('relay.column.bytes'), cell: ({ bytes }) => formatBytesExactly(bytes, locale) },
    { name: t('relay.column.sha256'), cell: ({ sha256 }) => <code>{sha256}</code> },
  ];
  return (
    <Part title={t('relay.files')}>
      <DataTable caption={t('relay.files')} columns={columns} rows={rows} keyOf={({ at }) => at} minWidth={720} />
    </Part>
  );
}

function Journey({ parcel }: { readonly parcel: Parcel }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  return (
    <Part title={t('relay.journey')}>
      <List type="ordered" spacing="xs">
        {parcel.moves.map(({ at, by, type }, index) => (
          <List.Item key={`${index} ${type}`}>
            <Moment at={at} seconds /> {nameOf('event', type)}
            {by !== null && ` (${by})`}
          </List.Item>
        ))}
      </List>
    </Part>
  );
}
