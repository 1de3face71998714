import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type AccountReport, useAccountReports, useLookAtAccounts } from '../api/accounts.ts';
import { useMe } from '../api/queries.ts';
import { Answer } from '../components/Answer.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { Done } from '../components/Done.tsx';
import { Failure } from '../components/Failure.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { TargetSecrets } from '../components/TargetSecrets.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { useNameOf } from '../components/use-locale.ts';

/** Accounts on servers that nobody is known for, that are shared, or that nobody uses any more. */
export function AccountsPage(): ReactElement {
  const { t } = useTranslation();
  const reports = useAccountReports();
  return (
    <Page title={t('accounts.title')} intro={t('accounts.intro')}>
      <Stack>
        <LookNow />
        <Answer query={reports}>
          {(list) => (list.length === 0 ? <Empty text={t('accounts.none')} /> : <ReportTable reports={list} />)}
        </Answer>
        <KeptSecrets />
      </Stack>
    </Page>
  );
}

/** Only who may set them is asked for them. */
function KeptSecrets() {
  const me = useMe();
  return me.data?.person.roles.includes('administrator') === true ? <TargetSecrets /> : null;
}

function LookNow() {
  const { t } = useTranslation();
  const me = useMe();
  const look = useLookAtAccounts();
  const may = me.data?.person.roles.some((role) => role === 'security_officer' || role === 'administrator');
  if (may !== true) return null;
  return (
    <>
      {look.isSuccess && <Done text={t('accounts.asked')} />}
      <Group>
        <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
          {t('accounts.now')}
        </Button>
      </Group>
      {look.error !== null && <Failure error={look.error} />}
    </>
  );
}

function ReportTable({ reports }: { readonly reports: readonly AccountReport[] }) {
  const { t } = useTranslation();
  const columns: readonly Column<AccountReport>[] = [
    { name: t('accounts.column.target'), cell: ({ target, system }) => `${target}%${system}`, isRowHeader: true },
    { name: t('accounts.column.looked'), cell: ({ madeAt }) => (madeAt === null ? '–' : <Moment at={madeAt} />) },
    { name: t('accounts.column.found'), cell: (report) => <Found report={report} /> },
  ];
  return (
    <DataTable
      caption={t('accounts.title')}
      columns={columns}
      rows={reports}
      keyOf={({ targetId }) => targetId}
      minWidth={640}
    />
  );
}

function Found({ report }: { readonly report: AccountReport }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const { code, findings, inspectAs, madeAt, accounts } = report;
  if (inspectAs === null) return <Text c="dimmed">{t('accounts.notLooked')}</Text>;
  if (madeAt === null) return <Text c="dimmed">{t('accounts.waiting')}</Text>;
  if (code !== null) return <Tag tone="wait">{t('accounts.unread', { code })}</Tag>;
  if (findings.length === 0) return <Tag tone="good">{t('accounts.clean', { n: accounts })}</Tag>;
  return (
    <Stack gap={4}>
      {findings.map(({ kind, account, about }) => (
        <Group key={`${kind} ${account}`} gap="xs">
          <Tag tone={kind === 'dormant' || kind === 'missing' ? 'wait' : 'bad'}>{nameOf('accountFinding', kind)}</Tag>
          <Text ff="monospace">{account}</Text>
          {about !== '' && <Text size="sm">{about}</Text>}
        </Group>
      ))}
    </Stack>
  );
}
