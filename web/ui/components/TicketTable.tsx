import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Ticket } from '../api/ticket-schemas.ts';
import { visibleText } from '../format/visible.ts';
import { TextLink } from './Links.tsx';
import { Scroll } from './Scroll.tsx';
import { TicketStateTag } from './StateBadge.tsx';
import { Moment } from './Texts.tsx';

/** Tickets as rows; the command is cut short here and shown whole on its own page. */
export function TicketTable({ tickets, caption }: { readonly tickets: readonly Ticket[]; readonly caption: string }) {
  const { t } = useTranslation();
  return (
    <Scroll label={caption}>
      <Table miw={680} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('audit.ticket')}</Table.Th>
            <Table.Th scope="col">{t('tickets.state')}</Table.Th>
            <Table.Th scope="col">{t('tickets.what')}</Table.Th>
            <Table.Th scope="col">{t('tickets.requester')}</Table.Th>
            <Table.Th scope="col">{t('tickets.asked')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tickets.map((ticket) => (
            <Table.Tr key={ticket.id}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <TextLink to="/tickets/$id" params={{ id: ticket.id }}>
                  {t('tickets.number', { number: ticket.number })}
                </TextLink>
              </Table.Td>
              <Table.Td>
                <TicketStateTag state={ticket.state} />
              </Table.Td>
              <Table.Td>
                {t(`kind.${ticket.kind}`)}
                <br />
                <span className={ticket.kind === 'export' ? 'mono ordered' : 'ordered'}>
                  {shortened(visibleText(ticket.kind === 'export' ? ticket.actText : ticket.purpose))}
                </span>
                <br />
                {whereOf(ticket)}
              </Table.Td>
              <Table.Td>{ticket.requester.name}</Table.Td>
              <Table.Td>
                <Moment at={ticket.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length > 80 ? `${characters.slice(0, 80).join('')}…` : text;
}

function whereOf(ticket: Ticket): string {
  if (ticket.kind === 'export') return ticket.target.name;
  if (ticket.kind === 'transfer') return '';
  return ticket.targets.map(({ name }) => name).join(', ');
}
