import { Button, NativeSelect, Table } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useAuditEvents } from '../api/queries.ts';
import type { AuditEvent } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { EventBody } from '../components/EventBody.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { Scroll } from '../components/Scroll.tsx';
import { ProtectionLine } from '../components/ProtectionLine.tsx';
import { Moment } from '../components/Texts.tsx';
import { useActor } from '../components/use-actor.ts';
import { useNameOf } from '../components/use-locale.ts';
import { en } from '../messages/en.ts';

const TYPES = Object.keys(en)
  .filter((key) => key.startsWith('event.'))
  .map((key) => key.slice('event.'.length));

export function AuditPage({ type }: { readonly type: string | undefined }): ReactElement {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const navigate = useNavigate();
  const events = useAuditEvents(type);
  const choose = (chosen: string): void => {
    void navigate({ to: '/audit', search: chosen === '' ? {} : { type: chosen } });
  };
  return (
    <Page title={t('audit.title')} intro={t('audit.intro')}>
      <ProtectionLine />
      <NativeSelect
        label={t('audit.type')}
        maw={360}
        value={type ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: '', label: t('audit.type.all') },
          ...TYPES.map((one) => ({ value: one, label: nameOf('event', one) })),
        ]}
      />
      <Answer query={events}>
        {({ pages }) =>
          pages[0]?.length === 0 ? <Empty text={t('audit.none')} /> : <EventTable events={pages.flat()} />
        }
      </Answer>
      {events.hasNextPage && (
        <div>
          <Button variant="default" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
            {t('common.older')}
          </Button>
        </div>
      )}
    </Page>
  );
}

function EventTable({ events }: { readonly events: readonly AuditEvent[] }) {
  const { t } = useTranslation();
  return (
    <Scroll label={t('audit.title')}>
      <Table miw={820} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('audit.seq')}</Table.Th>
            <Table.Th scope="col">{t('audit.at')}</Table.Th>
            <Table.Th scope="col">{t('audit.actor')}</Table.Th>
            <Table.Th scope="col">{t('audit.event')}</Table.Th>
            <Table.Th scope="col">{t('audit.links')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((event) => (
            <EventRow key={event.seq} event={event} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function EventRow({ event }: { readonly event: AuditEvent }) {
  const { t } = useTranslation();
  const actorOf = useActor();
  const nameOf = useNameOf();
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>{event.seq}</Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Moment at={event.at} seconds />
      </Table.Td>
      <Table.Td style={{ minWidth: '7rem', overflowWrap: 'anywhere' }}>{actorOf(event)}</Table.Td>
      <Table.Td>
        {nameOf('event', event.type)}
        <EventBody body={event.body} />
      </Table.Td>
      <Table.Td>
        {typeof event.session === 'string' && (
          <div>
            <TextLink to="/sessions/$id" params={{ id: event.session }}>
              {t('audit.session')}
            </TextLink>
          </div>
        )}
        {typeof event.ticket === 'string' && (
          <div>
            <TextLink to="/tickets/$id" params={{ id: event.ticket }}>
              {t('audit.ticket')}
            </TextLink>
          </div>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
