import { useTranslation } from 'react-i18next';
import type { Home, RefusedLately } from '../../api/home.ts';
import { DataTable } from '../DataTable.tsx';
import { TextLink } from '../Links.tsx';
import { Empty, Part } from '../Page.tsx';
import { Moment, Visible } from '../Texts.tsx';

/** What was refused lately, and the way on from each: the form is filled in from the act. */
export function RefusedPart({ part }: { readonly part: NonNullable<Home['maintainer']> }) {
  const { t } = useTranslation();
  return (
    <Part title={t('home.refused')}>
      {part.refused.length === 0 ? (
        <Empty text={t('home.refused.none')} />
      ) : (
        <DataTable
          caption={t('home.refused')}
          columns={[
            { name: t('home.refused.at'), cell: ({ refusedAt }) => <Moment at={refusedAt} /> },
            { name: t('sessions.target'), cell: ({ target }) => <span className="mono">{target}</span> },
            {
              name: t('sessions.command'),
              cell: ({ text }) => (
                <span className="mono">
                  <Visible text={text.slice(0, 200)} />
                </span>
              ),
            },
            { name: t('home.refused.next'), cell: (act) => <WayOn act={act} /> },
          ]}
          rows={part.refused}
          keyOf={({ id }) => id}
          minWidth={620}
        />
      )}
    </Part>
  );
}

function WayOn({ act }: { readonly act: RefusedLately }) {
  const { t } = useTranslation();
  if (act.ticket !== null && act.ticketNumber !== null) {
    return (
      <TextLink to="/tickets/$id" params={{ id: act.ticket }}>
        {t('tickets.number', { number: act.ticketNumber })}
      </TextLink>
    );
  }
  return (
    <TextLink to="/tickets/new" search={{ act: act.id }}>
      {t('home.refused.ask')}
    </TextLink>
  );
}
