import { Group, List } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type TicketBox, useDrafts, useMe, useTickets } from '../api/queries.ts';
import { useDiscardDraft } from '../api/ticket-commands.ts';
import type { Draft } from '../api/ticket-schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { BoxTabs } from '../components/BoxTabs.tsx';
import { BulkDecide } from '../components/BulkDecide.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { Substitutes } from '../components/Substitutes.tsx';
import { Moment } from '../components/Texts.tsx';
import { TicketTable } from '../components/TicketTable.tsx';

const BOXES: readonly TicketBox[] = ['mine', 'inbox', 'all'];

export function TicketsPage({ box }: { readonly box: TicketBox }): ReactElement {
  const { t } = useTranslation();
  const tickets = useTickets(box);
  const waiting = useMe().data?.inboxCount ?? 0;
  return (
    <Page title={t('tickets.title')}>
      <Group>
        <TextLink to="/tickets/new">{t('work.new')}</TextLink>
      </Group>
      <BoxTabs label={t('tickets.box')}>
        {BOXES.map((one) => (
          <li key={one}>
            <Link to="/tickets" search={{ box: one }} aria-current={one === box ? 'page' : undefined}>
              {t(`tickets.${one}`)} {one === 'inbox' && waiting > 0 && <span className="count">{waiting}</span>}
            </Link>
          </li>
        ))}
      </BoxTabs>
      <Answer query={tickets}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t(`tickets.none.${box}`)} next={box === 'mine' ? t('home.tickets.noneNext') : ''} />
          ) : (
            <>
              <TicketTable tickets={list} caption={t(`tickets.${box}`)} box={box} />
              {box === 'inbox' && <BulkDecide tickets={list} />}
            </>
          )
        }
      </Answer>
      {box === 'mine' && <Drafts />}
      {box === 'inbox' && <Substitutes />}
    </Page>
  );
}

function Drafts() {
  const { t } = useTranslation();
  const drafts = useDrafts();
  if (drafts.data === undefined || drafts.data.length === 0) return null;
  return (
    <Part title={t('drafts.title')}>
      <List>
        {drafts.data.map((draft) => (
          <One key={draft.id} draft={draft} />
        ))}
      </List>
    </Part>
  );
}

function One({ draft }: { readonly draft: Draft }) {
  const { t } = useTranslation();
  const discard = useDiscardDraft();
  const { purpose } = draft.content;
  const named = typeof purpose === 'string' && purpose !== '' ? purpose.slice(0, 80) : t('drafts.unnamed');
  const label = `${t(`kind.${draft.kind}`)}: ${named}`;
  return (
    <List.Item>
      {draft.kind === 'export' ? (
        label
      ) : (
        <TextLink to="/tickets/new" search={{ kind: draft.kind, draft: draft.id }}>
          {label}
        </TextLink>
      )}{' '}
      <Moment at={draft.updatedAt} />{' '}
      <Confirm
        label={t('drafts.discard')}
        title={t('drafts.discard.title')}
        body={t('drafts.discard.body')}
        step={discard}
        value={draft.id}
      />
    </List.Item>
  );
}
