import { useTranslation } from 'react-i18next';
import type { TicketBox } from '../api/queries.ts';
import type { Ticket } from '../api/ticket-schemas.ts';
import { visibleText } from '../format/visible.ts';
import { DataTable } from './DataTable.tsx';
import { TextLink } from './Links.tsx';
import { TicketStateTag } from './StateBadge.tsx';
import { Moment } from './Texts.tsx';

interface TicketTableProps {
  readonly tickets: readonly Ticket[];
  readonly caption: string;
  /** The list that may be taken along as a file. */
  readonly box?: TicketBox;
}

/** Tickets as rows; the command is cut short here and shown whole on its own page. */
export function TicketTable({ tickets, caption, box }: TicketTableProps) {
  const { t } = useTranslation();
  return (
    <DataTable
      caption={caption}
      columns={[
        {
          name: t('audit.ticket'),
          cell: ({ id, number }) => (
            <TextLink to="/tickets/$id" params={{ id }} style={{ whiteSpace: 'nowrap' }}>
              {t('tickets.number', { number })}
            </TextLink>
          ),
        },
        { name: t('tickets.state'), cell: ({ state }) => <TicketStateTag state={state} /> },
        { name: t('tickets.what'), cell: (ticket) => <What ticket={ticket} /> },
        { name: t('tickets.requester'), cell: ({ requester }) => requester.name },
        { name: t('tickets.asked'), cell: ({ createdAt }) => <Moment at={createdAt} /> },
      ]}
      rows={tickets}
      keyOf={({ id }) => id}
      minWidth={680}
      {...(box === undefined
        ? {}
        : { exported: { path: '/api/exports/tickets', search: new URLSearchParams({ box }) } })}
    />
  );
}

function What({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation();
  const isExport = ticket.kind === 'export';
  return (
    <>
      {t(`kind.${ticket.kind}`)}
      <br />
      <span className={isExport ? 'mono ordered' : 'ordered'}>
        {shortened(visibleText(isExport ? ticket.actText : ticket.purpose))}
      </span>
      <br />
      {whereOf(ticket)}
    </>
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
