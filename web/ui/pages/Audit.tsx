import { NativeSelect } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useAuditEvents } from '../api/queries.ts';
import type { AuditEvent } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { EventBody } from '../components/EventBody.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { ProtectionLine } from '../components/ProtectionLine.tsx';
import { Moment } from '../components/Texts.tsx';
import { useActor } from '../components/use-actor.ts';
import { useNameOf } from '../components/use-locale.ts';
import { messageKeys } from '../i18n.ts';

const EVENT = 'event.';

export function AuditPage({ type }: { readonly type: string | undefined }): ReactElement {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const navigate = useNavigate();
  const events = useAuditEvents(type);
  const columns = useColumns();
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
          ...messageKeys()
            .filter((key) => key.startsWith(EVENT))
            .map((key) => key.slice(EVENT.length))
            .map((one) => ({ value: one, label: nameOf('event', one) })),
        ]}
      />
      <Answer query={events}>
        {({ pages }) =>
          pages[0]?.length === 0 ? (
            <Empty text={t('audit.none')} />
          ) : (
            <DataTable
              caption={t('audit.title')}
              columns={columns}
              rows={pages.flat()}
              keyOf={({ seq }) => seq}
              minWidth={820}
              more={events}
              exported={{
                path: '/api/exports/audit-events',
                search: new URLSearchParams(type === undefined ? {} : { type }),
              }}
            />
          )
        }
      </Answer>
    </Page>
  );
}

function useColumns(): readonly Column<AuditEvent>[] {
  const { t } = useTranslation();
  const actorOf = useActor();
  const nameOf = useNameOf();
  return [
    { name: t('audit.seq'), cell: ({ seq }) => seq },
    { name: t('audit.at'), cell: ({ at }) => <Moment at={at} seconds /> },
    { name: t('audit.actor'), cell: (event) => actorOf(event) },
    {
      name: t('audit.event'),
      cell: ({ type, body }) => (
        <>
          {nameOf('event', type)}
          <EventBody body={body} />
        </>
      ),
    },
    { name: t('audit.links'), cell: (event) => <Ways event={event} /> },
  ];
}

function Ways({ event }: { readonly event: AuditEvent }) {
  const { t } = useTranslation();
  return (
    <>
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
    </>
  );
}
