import { Stack, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type GrantEntry, type TargetEntry, useEndGrant, useTarget } from '../api/estate.ts';
import { useMe } from '../api/queries.ts';
import { Answer } from '../components/Answer.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { ConnectionCheck } from '../components/estate/ConnectionCheck.tsx';
import { PinHostKey } from '../components/estate/PinHostKey.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { Done } from '../components/Done.tsx';
import { TextLink } from '../components/Links.tsx';
import { Facts, Page, Part } from '../components/Page.tsx';
import { Moment } from '../components/Texts.tsx';
import { useNameOf, useTitle } from '../components/use-locale.ts';

/** One server: how it is known and reached, whom it lets in, and what can be tried and changed about that. */
export function TargetPage({ id }: { readonly id: string }): ReactElement {
  const target = useTarget(id);
  return <Answer query={target}>{(found) => <Shown key={found.id} target={found} />}</Answer>;
}

function Shown({ target }: { readonly target: TargetEntry }) {
  const { t } = useTranslation();
  const [done, setDone] = useState('');
  const roles = useMe().data?.person.roles ?? [];
  const mayCheck = !target.isSite && roles.some((role) => role === 'administrator' || role === 'security_officer');
  const mayPin = !target.isSite && target.via === null && roles.includes('administrator');
  return (
    <Page title={`${target.name}%${target.systemName}`}>
      <TextLink to="/systems">{t('target.crumb')}</TextLink>
      {done !== '' && <Done text={done} />}
      <Known target={target} />
      {mayCheck && (
        <Part title={t('target.check')}>
          <ConnectionCheck target={target} />
        </Part>
      )}
      <Part title={t('target.grants')}>
        <Grants target={target} onDone={setDone} />
      </Part>
      <Part title={t('target.accounts')}>
        <Accounts target={target} />
      </Part>
      {mayPin && (
        <Part title={t('target.pin')}>
          <PinHostKey target={target} onDone={setDone} />
        </Part>
      )}
    </Page>
  );
}

function Known({ target }: { readonly target: TargetEntry }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const titleOf = useTitle();
  const { hostCa, hostKey, inspectAs, pinnedAt, pinnedBy, sourceAddress, via } = target;
  const ofHost = (): (readonly [string, ReactElement | string])[] => [
    [t('target.hostKey'), hostKey === null ? t('target.hostKey.none') : <span className="mono">{hostKey}</span>],
    ...(pinnedAt === null || pinnedBy === null
      ? []
      : [[t('target.pinned', { name: pinnedBy }), <Moment key="at" at={pinnedAt} />] as const]),
    ...(hostCa === null
      ? []
      : [
          [
            t('target.hostCa'),
            <span key="ca" className="mono">
              {hostCa}
            </span>,
          ] as const,
        ]),
    [t('target.inspectAs'), inspectAs ?? t('target.inspectAs.none')],
  ];
  return (
    <Facts
      rows={[
        [t('target.system'), titleOf(target.systemTitle)],
        [t('target.address'), <span key="address" className="mono">{`${target.host}:${target.port}`}</span>],
        ...(via === null ? [] : [[t('target.via'), via] as const]),
        [t('target.mode'), nameOf('mode', target.mode)],
        ...(target.isSite ? [] : ofHost()),
        ...(sourceAddress === null ? [] : [[t('target.source'), sourceAddress] as const]),
      ]}
    />
  );
}

interface GrantsProps {
  readonly target: TargetEntry;
  readonly onDone: (text: string) => void;
}

function Grants({ target, onDone }: GrantsProps) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const roles = useMe().data?.person.roles ?? [];
  const mayEnd = target.owned || roles.some((role) => role === 'administrator' || role === 'security_officer');
  if (target.grants.length === 0) return <Text>{t('target.grants.none')}</Text>;
  const columns: readonly Column<GrantEntry>[] = [
    { name: t('target.person'), cell: ({ person }) => person, isRowHeader: true },
    { name: t('target.actions'), cell: ({ actions }) => actions.map((one) => nameOf('action', one)).join(', ') },
    { name: t('target.until'), cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
    ...(mayEnd
      ? [
          {
            name: t('target.end'),
            cell: (grant: GrantEntry) => <End grant={grant} name={target.name} onDone={onDone} />,
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption={t('target.grants')}
      columns={columns}
      rows={target.grants}
      keyOf={({ id }) => id}
      minWidth={640}
    />
  );
}

function End(props: { readonly grant: GrantEntry; readonly name: string; readonly onDone: GrantsProps['onDone'] }) {
  const { t } = useTranslation();
  const { grant, name, onDone } = props;
  const { person } = grant;
  const end = useEndGrant(grant.id);
  return (
    <Confirm
      label={t('target.end')}
      accessibleName={t('target.endNamed', { person, name })}
      title={t('target.end.title', { person, name })}
      body={t('target.end.body')}
      step={end}
      reasonLabel={t('target.end.reason')}
      danger
      onDone={() => onDone(t('target.end.done', { person, name }))}
    />
  );
}

function Accounts({ target: { accounts } }: { readonly target: TargetEntry }) {
  const { t } = useTranslation();
  if (accounts.length === 0) return <Text>{t('target.accounts.none')}</Text>;
  return (
    <Stack gap={4}>
      <Facts
        rows={accounts.map(({ person, account }) => [
          person,
          <span key={account} className="mono">
            {account}
          </span>,
        ])}
      />
    </Stack>
  );
}
