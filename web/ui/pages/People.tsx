import { Group, Stack, Table, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLockPerson, useUnlockPerson } from '../api/commands.ts';
import { useLeave } from '../api/lifecycle.ts';
import { useMe, usePersons } from '../api/queries.ts';
import type { ListedPerson } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Done } from '../components/Done.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { ProtectionLine } from '../components/ProtectionLine.tsx';
import { Scroll } from '../components/Scroll.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { useNameOf } from '../components/use-locale.ts';

export function PeoplePage(): ReactElement {
  const { t } = useTranslation();
  const persons = usePersons();
  const [done, setDone] = useState('');
  return (
    <Page title={t('people.title')}>
      <Stack>
        <ProtectionLine />
        {done !== '' && <Done text={done} />}
        <Answer query={persons}>
          {(list) =>
            list.length === 0 ? <Empty text={t('people.none')} /> : <PersonTable persons={list} onDone={setDone} />
          }
        </Answer>
      </Stack>
    </Page>
  );
}

interface RowsProps {
  readonly onDone: (text: string) => void;
}

function PersonTable({ persons, onDone }: RowsProps & { readonly persons: readonly ListedPerson[] }) {
  const { t } = useTranslation();
  return (
    <Scroll label={t('people.title')}>
      <Table miw={720} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('people.name')}</Table.Th>
            <Table.Th scope="col">{t('people.employer')}</Table.Th>
            <Table.Th scope="col">{t('people.roles')}</Table.Th>
            <Table.Th scope="col">{t('people.access')}</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {persons.map((person) => (
            <PersonRow key={person.id} person={person} onDone={onDone} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function PersonRow({ person, onDone }: RowsProps & { readonly person: ListedPerson }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const self = useMe().data?.person.id === person.id;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {person.name}
        {person.looksLike.length > 0 && (
          <Text size="sm" c="red.9" mt={4}>
            {t('people.looksLike', { names: person.looksLike.join(', ') })}
          </Text>
        )}
      </Table.Th>
      <Table.Td>
        {person.employer}
        {person.contractEndsAt !== null && (
          <Text size="sm" mt={4}>
            {t('people.contractEnds')}: <Moment at={person.contractEndsAt} />
          </Text>
        )}
        {person.sponsor !== null && (
          <Text size="sm" mt={4}>
            {t(person.sponsor.left ? 'people.sponsorLeft' : 'people.sponsor', { name: person.sponsor.name })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{person.roles.map((role) => nameOf('role', role)).join(', ')}</Table.Td>
      <Table.Td>
        <AccessState person={person} />
      </Table.Td>
      <Table.Td>
        {!self && (
          <Group gap="xs">
            {person.locked ? <Unlock person={person} onDone={onDone} /> : <LockOut person={person} onDone={onDone} />}
            {person.deactivatedAt === null && <Leave person={person} onDone={onDone} />}
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function AccessState({ person }: { readonly person: ListedPerson }) {
  const { t } = useTranslation();
  const { lock } = person;
  if (person.deactivatedAt !== null) return <Tag tone="bad">{t('people.deactivated')}</Tag>;
  if (person.companyLocked && !person.locked) return <Tag tone="bad">{t('people.companyLocked')}</Tag>;
  if (!person.locked) return <Tag tone="good">{t('people.open')}</Tag>;
  return (
    <>
      <Tag tone="bad">{t('people.locked')}</Tag>
      {lock !== null && (
        <Text size="sm" mt={4}>
          {lock.reason} ({lock.lockedBy?.name ?? t('locks.commandLine')}, <Moment at={lock.lockedAt} />)
        </Text>
      )}
    </>
  );
}

function LockOut({ person, onDone }: RowsProps & { readonly person: ListedPerson }) {
  const { t } = useTranslation();
  const { name } = person;
  const lock = useLockPerson(person.id);
  return (
    <Confirm
      label={t('people.lock')}
      accessibleName={t('people.lockNamed', { name })}
      title={t('people.lock.title', { name })}
      body={t('people.lock.body')}
      step={lock}
      reasonLabel={t('people.reason')}
      danger
      onDone={() => onDone(t('people.done.locked', { name }))}
    />
  );
}

function Leave({ person, onDone }: RowsProps & { readonly person: ListedPerson }) {
  const { t } = useTranslation();
  const { name } = person;
  const leave = useLeave(person.id);
  return (
    <Confirm
      label={t('people.leave')}
      accessibleName={t('people.leaveNamed', { name })}
      title={t('people.leave.title', { name })}
      body={t('people.leave.body')}
      step={leave}
      reasonLabel={t('people.reason')}
      danger
      onDone={() => onDone(t('people.done.left', { name }))}
    />
  );
}

function Unlock({ person, onDone }: RowsProps & { readonly person: ListedPerson }) {
  const { t } = useTranslation();
  const { name } = person;
  const unlock = useUnlockPerson(person.id);
  return (
    <Confirm
      label={t('people.unlock')}
      accessibleName={t('people.unlockNamed', { name })}
      title={t('people.unlock.title', { name })}
      body={t('people.unlock.body')}
      step={unlock}
      onDone={() => onDone(t('people.done.unlocked', { name }))}
    />
  );
}
