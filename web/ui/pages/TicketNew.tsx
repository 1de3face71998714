import { Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefusedAct } from '../api/queries.ts';
import type { RefusedAct } from '../api/schemas.ts';
import { Act } from '../components/Act.tsx';
import { Answer } from '../components/Answer.tsx';
import { ExportForm } from '../components/ExportForm.tsx';
import { Empty, Facts, Page, Part } from '../components/Page.tsx';
import { Moment } from '../components/Texts.tsx';
import { useLocale } from '../components/use-locale.ts';

export function TicketNewPage({ act }: { readonly act: string | undefined }): ReactElement {
  const { t } = useTranslation();
  if (act === undefined) {
    return (
      <Page title={t('ticketNew.title')}>
        <Empty text={t('ticketNew.noAct')} next={t('ticketNew.noActBody')} />
      </Page>
    );
  }
  return (
    <Page title={t('ticketNew.title')} intro={t('ticketNew.intro')}>
      <AskFor id={act} />
    </Page>
  );
}

function AskFor({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const act = useRefusedAct(id);
  const navigate = useNavigate();
  return (
    <Answer query={act}>
      {(refused) => (
        <Stack gap="lg">
          <Part title={t('act.exact')}>
            <Refused act={refused} />
          </Part>
          <Part title={t('gate.why.title')}>
            <Text>{t(`gate.next.${nextOf(refused)}`)}</Text>
          </Part>
          <Part title={t('ticket.request')}>
            <ExportForm
              act={refused}
              onAsked={(ticket) => void navigate({ to: '/tickets/$id', params: { id: ticket.id } })}
            />
          </Part>
        </Stack>
      )}
    </Answer>
  );
}

/** A freeze at a limit is no verdict about the command: it may run again, on a ticket's budget. */
function nextOf({ judgement }: RefusedAct) {
  return judgement.findings.some(({ rule }) => rule === 'meter.hard-limit')
    ? 'limit'
    : judgement.verdict === 'allow'
      ? 'needs_ticket'
      : judgement.verdict;
}

function Refused({ act }: { readonly act: RefusedAct }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Stack>
      <Facts
        rows={[
          [t('ticket.target'), <span className="mono">{act.target.name}</span>],
          [t('ticket.system'), act.target.systemTitle[locale]],
          [t('ticketNew.refusedAt'), <Moment at={act.refusedAt} />],
        ]}
      />
      <Act text={act.text} judgement={act.judgement} assets={act.assets} />
    </Stack>
  );
}
