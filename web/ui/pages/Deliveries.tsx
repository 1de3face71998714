import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Channel,
  type Delivery,
  type Overview,
  useDeliveries,
  useSendAgain,
  useSendChannelAgain,
} from '../api/deliveries.ts';
import { Answer } from '../components/Answer.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { Done } from '../components/Done.tsx';
import { Failure } from '../components/Failure.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { Scroll } from '../components/Scroll.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { useNameOf } from '../components/use-locale.ts';

/** What became of messages that leave the console; what nobody took waits here. */
export function DeliveriesPage(): ReactElement {
  const { t } = useTranslation();
  const deliveries = useDeliveries();
  const [done, setDone] = useState(false);
  return (
    <Page title={t('deliveries.title')} intro={t('deliveries.intro')}>
      {done && <Done text={t('deliveries.done')} />}
      <Answer query={deliveries}>
        {(overview) => (
          <>
            <Part title={t('deliveries.channels')}>
              <Channels overview={overview} onDone={() => setDone(true)} />
            </Part>
            <Part title={t('deliveries.dead')}>
              <Letters list={overview.dead} mayResend={overview.mayResend} onDone={() => setDone(true)} />
            </Part>
            <Part title={t('deliveries.retrying')}>
              <Letters list={overview.retrying} />
            </Part>
          </>
        )}
      </Answer>
    </Page>
  );
}

function Channels({ overview, onDone }: { readonly overview: Overview; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const columns = useChannelColumns();
  const { channels, mayResend } = overview;
  if (channels.length === 0) {
    return <Empty text={t('deliveries.channels.none')} next={t('deliveries.channels.none.next')} />;
  }
  const failing = mayResend ? channels.filter(({ dead }) => dead > 0) : [];
  return (
    <Stack>
      <DataTable
        caption={t('deliveries.channels')}
        columns={columns}
        rows={channels}
        keyOf={({ channel }) => channel}
        minWidth={560}
      />
      {failing.map((channel) => (
        <AgainAll key={channel.channel} channel={channel} onDone={onDone} />
      ))}
    </Stack>
  );
}

function useChannelColumns(): readonly Column<Channel>[] {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  return [
    {
      name: t('deliveries.channel'),
      cell: ({ channel, configured }) => (
        <>
          {nameOf(channel)} {!configured && <Tag tone="wait">{t('deliveries.channel.unknown')}</Tag>}
        </>
      ),
      isRowHeader: true,
    },
    { name: t('deliveries.waiting'), cell: ({ waiting }) => waiting },
    { name: t('deliveries.sentToday'), cell: ({ sent }) => sent },
    {
      name: t('deliveries.lastSent'),
      cell: ({ lastSentAt }) => (lastSentAt === null ? t('deliveries.never') : <Moment at={lastSentAt} />),
    },
    { name: t('deliveries.dead'), cell: ({ dead }) => (dead > 0 ? <Tag tone="bad">{String(dead)}</Tag> : dead) },
  ];
}

function AgainAll({ channel, onDone }: { readonly channel: Channel; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const nameOf = useChannelName();
  const again = useSendChannelAgain();
  return (
    <Group gap="sm">
      <Button
        variant="default"
        loading={again.isPending}
        onClick={() => again.mutate(channel.channel, { onSuccess: onDone })}
      >
        {t('deliveries.againAll', { channel: nameOf(channel.channel), n: channel.dead })}
      </Button>
      {again.error !== null && <Failure error={again.error} />}
    </Group>
  );
}

/** Dead letters, or with `onDone` left out what is tried again by itself. */
function Letters({
  list,
  mayResend = false,
  onDone,
}: {
  readonly list: readonly Delivery[];
  readonly mayResend?: boolean;
  readonly onDone?: () => void;
}) {
  const { t } = useTranslation();
  const isDead = onDone !== undefined;
  if (list.length === 0) return <Text>{t(isDead ? 'deliveries.dead.none' : 'deliveries.retrying.none')}</Text>;
  return (
    <Scroll label={t(isDead ? 'deliveries.dead' : 'deliveries.retrying')}>
      <Table miw={640}>
        <Table.Thead>
          <Table.Tr>
            {(['to', 'news', 'why', 'tries'] as const).map((column) => (
              <Table.Th key={column} scope="col">
                {t(`deliveries.${column}`)}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t(isDead ? 'deliveries.when' : 'deliveries.next')}</Table.Th>
            {mayResend && <Table.Td />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((letter) => (
            <LetterRow key={letter.id} letter={letter} mayResend={mayResend} onDone={onDone} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function LetterRow({
  letter,
  mayResend,
  onDone,
}: {
  readonly letter: Delivery;
  readonly mayResend: boolean;
  readonly onDone: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const channelName = useChannelName();
  const again = useSendAgain();
  const { number, error, status } = letter;
  const to = letter.person === null ? channelName(letter.channel) : `${letter.person} (${channelName(letter.channel)})`;
  const ticket = number === null ? '' : ` ${t('deliveries.ticket', { number })}`;
  const news = `${nameOf('notice', letter.topic)}${ticket}`;
  return (
    <Table.Tr>
      <Table.Td>{to}</Table.Td>
      <Table.Td>{news}</Table.Td>
      <Table.Td>{`${error === null ? '' : nameOf('fault', error)}${status === null ? '' : ` (${status})`}`}</Table.Td>
      <Table.Td>{letter.attempts}</Table.Td>
      <Table.Td>
        <Moment at={letter.endedAt ?? letter.nextAt} />
      </Table.Td>
      {mayResend && (
        <Table.Td>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('deliveries.againNamed', { news, to })}
            loading={again.isPending}
            onClick={() => again.mutate(letter.id, { onSuccess: () => onDone?.() })}
          >
            {t('deliveries.again')}
          </Button>
          {again.error !== null && <Failure error={again.error} />}
        </Table.Td>
      )}
    </Table.Tr>
  );
}

/** Mail is called in words, a room or program as the configuration calls it. */
function useChannelName(): (channel: string) => string {
  const { t } = useTranslation();
  return (channel) => (channel === 'mail' ? t('deliveries.channel.mail') : channel);
}
