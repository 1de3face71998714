import { Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useChoices, useDrafts, useRefusedAct } from '../api/queries.ts';
import type { RefusedAct } from '../api/schemas.ts';
import { Act } from '../components/Act.tsx';
import { Answer } from '../components/Answer.tsx';
import { ExportForm } from '../components/ExportForm.tsx';
import { TextLink } from '../components/Links.tsx';
import { Facts, Page, Part } from '../components/Page.tsx';
import { Moment } from '../components/Texts.tsx';
import { useLocale } from '../components/use-locale.ts';
import { WorkForm } from '../components/WorkForm.tsx';
import type { WorkKind } from '../format/work-form.ts';

const KINDS: readonly WorkKind[] = ['access', 'transfer', 'emergency'];

export function TicketNewPage(props: {
  readonly act: string | undefined;
  readonly kind: WorkKind | undefined;
  readonly draft: string | undefined;
}): ReactElement {
  const { t } = useTranslation();
  const { act, kind, draft } = props;
  if (act !== undefined) {
    return (
      <Page title={t('ticketNew.title')} intro={t('ticketNew.intro')}>
        <AskFor id={act} />
      </Page>
    );
  }
  if (kind === undefined) return <ChooseKind />;
  return (
    <Page title={t(`work.title.${kind}`)} intro={t(`work.intro.${kind}`)}>
      <AskForWork key={`${kind} ${draft ?? ''}`} kind={kind} draft={draft} />
    </Page>
  );
}

function ChooseKind() {
  const { t } = useTranslation();
  return (
    <Page title={t('work.new')}>
      <Stack>
        {KINDS.map((kind) => (
          <Part key={kind} title={t(`work.title.${kind}`)}>
            <Text mb="xs">{t(`work.intro.${kind}`)}</Text>
            <TextLink to="/tickets/new" search={{ kind }}>
              {t(`work.open.${kind}`)}
            </TextLink>
          </Part>
        ))}
        <Part title={t('ticketNew.title')}>
          <Text>{t('ticketNew.noActBody')}</Text>
        </Part>
      </Stack>
    </Page>
  );
}

function AskForWork({ kind, draft }: { readonly kind: WorkKind; readonly draft: string | undefined }) {
  const choices = useChoices();
  const drafts = useDrafts();
  const navigate = useNavigate();
  return (
    <Answer query={choices}>
      {(open) => (
        <Answer query={drafts}>
          {(list) => (
            <WorkForm
              {...{ kind, choices: open }}
              draft={list.find(({ id }) => id === draft)}
              onAsked={(ticket) => void navigate({ to: '/tickets/$id', params: { id: ticket.id } })}
            />
          )}
        </Answer>
      )}
    </Answer>
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
