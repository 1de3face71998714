import { Anchor, Alert, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useHome } from '../api/home.ts';
import { useMe, useSshKeys, useTargets, useTickets } from '../api/queries.ts';
import type { Me, OpenTarget } from '../api/schemas.ts';
import type { TicketState } from '../api/ticket-schemas.ts';
import { AssetList } from '../components/Act.tsx';
import { Answer } from '../components/Answer.tsx';
import { CopyLine } from '../components/CopyLine.tsx';
import { RefusedPart } from '../components/home/Maintainer.tsx';
import { OwnerPart } from '../components/home/Owner.tsx';
import { AdministratorPart, AuditorPart, SecurityPart } from '../components/home/Watchers.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Facts, Page, Part } from '../components/Page.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { TicketTable } from '../components/TicketTable.tsx';
import { useLocale, useNameOf } from '../components/use-locale.ts';

const OPEN: readonly TicketState[] = ['requested', 'asked_back', 'approved', 'in_use', 'review_due'];

export function HomePage(): ReactElement {
  const { t } = useTranslation();
  const me = useMe();
  if (me.data === undefined) return <Text>{t('common.loading')}</Text>;
  return (
    <Page title={t('home.hello', { name: me.data.person.name })}>
      {!me.data.person.roles.includes('owner') && <InboxHint me={me.data} />}
      {me.data.person.roles.includes('maintainer') && <KeyHint />}
      <RoleParts me={me.data} />
    </Page>
  );
}

/** Those who decide and look see that first; what one can reach oneself comes with the role that reaches it. */
function RoleParts({ me }: { readonly me: Me }) {
  const home = useHome();
  const works = me.person.roles.includes('maintainer') || me.person.roles.length === 0;
  return (
    <>
      <Answer query={home}>
        {({ owner, security, auditor, administrator }) => (
          <>
            {owner !== null && <OwnerPart part={owner} />}
            {security !== null && <SecurityPart part={security} />}
            {auditor !== null && <AuditorPart part={auditor} />}
            {administrator !== null && <AdministratorPart part={administrator} />}
          </>
        )}
      </Answer>
      {works && <Targets me={me} />}
      {works && <OpenTickets />}
      {home.data !== undefined && home.data.maintainer !== null && <RefusedPart part={home.data.maintainer} />}
    </>
  );
}

function InboxHint({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  if (me.inboxCount === 0) return null;
  return (
    <Alert
      color="indigo"
      variant="outline"
      bg="var(--sk-sheet)"
      title={t('home.inbox', { count: me.inboxCount, n: me.inboxCount })}
    >
      <TextLink to="/tickets" search={{ box: 'inbox' }}>
        {t('home.inbox.open')}
      </TextLink>
    </Alert>
  );
}

function KeyHint() {
  const { t } = useTranslation();
  const keys = useSshKeys();
  if (keys.data === undefined || keys.data.length > 0) return null;
  return (
    <Alert color="yellow" variant="outline" bg="var(--sk-sheet)" title={t('home.noKey.title')} c="var(--sk-text)">
      <Text size="sm">{t('home.noKey.body')}</Text>
      <TextLink to="/keys">{t('home.noKey.action')}</TextLink>
    </Alert>
  );
}

function Targets({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  const targets = useTargets();
  return (
    <Part title={t('home.targets')}>
      <Answer query={targets}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('home.targets.none')} next={t('home.targets.noneNext')} />
          ) : (
            <Stack>
              {list.map((target) => (
                <TargetCard key={target.loginName} target={target} ssh={me.ssh} />
              ))}
              <Text size="sm" c="dimmed">
                {t('home.hostKey', { fingerprint: '' })}
                <span className="mono">{me.ssh.hostKeyFingerprint}</span>
              </Text>
            </Stack>
          )
        }
      </Answer>
    </Part>
  );
}

function TargetCard({ target, ssh }: { readonly target: OpenTarget; readonly ssh: Me['ssh'] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useNameOf();
  return (
    <Paper withBorder p="md" component="article">
      <Group gap="sm" mb="xs" align="baseline">
        <Title order={3} size="h4">
          {target.systemTitle[locale]}
        </Title>
        <span className="mono">{target.loginName}</span>
        {target.legacyAlgorithms && <Tag tone="bad">{t('home.legacy')}</Tag>}
      </Group>
      <Stack gap="sm">
        {target.legacyAlgorithms && <Text size="sm">{t('home.legacy.meaning')}</Text>}
        <Facts
          rows={[
            [t('home.account'), <span className="mono">{target.account}</span>],
            [t('home.until'), <Moment at={target.expiresAt} />],
            [t('home.actions'), target.actions.map((action) => nameOf('action', action)).join(', ')],
          ]}
        />
        <div>
          <Text fw={600}>{t('home.assets')}</Text>
          {target.assets.length === 0 ? (
            <Text>{t('home.assets.none')}</Text>
          ) : (
            <AssetList assets={target.assets} names={[]} />
          )}
        </div>
        <div>
          {target.url === null ? (
            <>
              <Text fw={600}>{t('home.connect')}</Text>
              <CopyLine line={`ssh -p ${String(ssh.port)} ${target.loginName}@${ssh.host}`} />
            </>
          ) : (
            <Anchor href={target.url} underline="always">
              {t('home.browser.named', { target: target.loginName })}
            </Anchor>
          )}
          {target.actions.includes('shell') && (
            <TextLink
              to="/terminal/$target"
              params={{ target: target.loginName }}
              aria-label={t('home.browser.named', { target: target.loginName })}
            >
              {t('home.browser')}
            </TextLink>
          )}
        </div>
        <Text size="sm" c="dimmed">
          {nameOf('mode', target.mode)}
        </Text>
      </Stack>
    </Paper>
  );
}

function OpenTickets() {
  const { t } = useTranslation();
  const tickets = useTickets('mine');
  return (
    <Part title={t('home.tickets')}>
      <Answer query={tickets}>
        {(list) => {
          const open = list.filter((ticket) => OPEN.includes(ticket.state));
          return open.length === 0 ? (
            <Empty text={t('home.tickets.none')} next={t('home.tickets.noneNext')} />
          ) : (
            <TicketTable tickets={open} caption={t('home.tickets')} />
          );
        }}
      </Answer>
    </Part>
  );
}
