import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type TicketBox, useMe, useTickets } from '../api/queries.ts';
import { Answer } from '../components/Answer.tsx';
import { BoxTabs } from '../components/BoxTabs.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { TicketTable } from '../components/TicketTable.tsx';

const BOXES: readonly TicketBox[] = ['mine', 'inbox', 'all'];

export function TicketsPage({ box }: { readonly box: TicketBox }): ReactElement {
  const { t } = useTranslation();
  const tickets = useTickets(box);
  const waiting = useMe().data?.inboxCount ?? 0;
  return (
    <Page title={t('tickets.title')}>
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
            <TicketTable tickets={list} caption={t(`tickets.${box}`)} />
          )
        }
      </Answer>
    </Page>
  );
}
