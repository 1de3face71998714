import { Button, Group, Modal, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type TargetSecret, useRotateSecret, useSetSecret, useTargetSecrets } from '../api/secrets.ts';
import { Answer } from './Answer.tsx';
import { Confirm } from './Confirm.tsx';
import { type Column, DataTable } from './DataTable.tsx';
import { Done } from './Done.tsx';
import { Failure } from './Failure.tsx';
import { Tag } from './StateBadge.tsx';
import { Moment } from './Texts.tsx';

/** The secrets of accounts on servers without certificates: whether one is kept, and the form that replaces it. */
export function TargetSecrets() {
  const { t } = useTranslation();
  const secrets = useTargetSecrets();
  const [done, setDone] = useState('');
  return (
    <Stack component="section" aria-labelledby="kept-secrets">
      <Title order={2} id="kept-secrets" size="h3">
        {t('secrets.title')}
      </Title>
      <Text>{t('secrets.intro')}</Text>
      {done !== '' && <Done text={done} />}
      <Answer query={secrets}>
        {(list) =>
          list.length === 0 ? <Text c="dimmed">{t('secrets.none')}</Text> : <SecretTable list={list} onDone={setDone} />
        }
      </Answer>
    </Stack>
  );
}

interface Row {
  readonly secret: TargetSecret;
  readonly onDone: (text: string) => void;
}

function SecretTable({ list, onDone }: { readonly list: readonly TargetSecret[]; readonly onDone: Row['onDone'] }) {
  const { t } = useTranslation();
  const columns: readonly Column<TargetSecret>[] = [
    { name: t('secrets.column.target'), cell: ({ target, system }) => `${target}%${system}`, isRowHeader: true },
    { name: t('secrets.column.person'), cell: ({ person }) => person },
    { name: t('secrets.column.account'), cell: ({ account }) => <Text ff="monospace">{account}</Text> },
    { name: t('secrets.column.state'), cell: (secret) => <State secret={secret} /> },
    {
      name: t('secrets.column.act'),
      cell: (secret) => (
        <Group gap="xs">
          <SetSecret secret={secret} onDone={onDone} />
          {secret.rotates && secret.setAt !== null && <Rotate secret={secret} onDone={onDone} />}
        </Group>
      ),
    },
  ];
  return (
    <DataTable
      caption={t('secrets.title')}
      columns={columns}
      rows={list}
      keyOf={({ targetId, personId }) => `${targetId} ${personId}`}
      minWidth={760}
    />
  );
}

function State({ secret: { setAt, setBy, rotationAsked, rotationFailedAt } }: { readonly secret: TargetSecret }) {
  const { t } = useTranslation();
  if (setAt === null) return <Tag tone="bad">{t('secrets.missing')}</Tag>;
  return (
    <Stack gap={4}>
      <Text size="sm">
        <Moment at={setAt} /> {setBy === null ? t('secrets.byGateway') : t('secrets.setBy', { by: setBy })}
      </Text>
      {rotationFailedAt !== null && <Tag tone="bad">{t('secrets.failed')}</Tag>}
      {rotationAsked && rotationFailedAt === null && <Tag tone="wait">{t('secrets.asked')}</Tag>}
    </Stack>
  );
}

function Rotate({ secret, onDone }: Row) {
  const { t } = useTranslation();
  const rotate = useRotateSecret(secret);
  const { account, person, target } = secret;
  return (
    <Confirm
      label={t('secrets.rotate')}
      accessibleName={t('secrets.rotateNamed', { account, target })}
      title={t('secrets.rotateTitle', { account, target })}
      body={t('secrets.rotateBody', { person })}
      step={rotate}
      onDone={() => onDone(t('secrets.done.asked', { account, target }))}
    />
  );
}

function SetSecret({ secret, onDone }: Row) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const { account, target } = secret;
  return (
    <>
      <Button variant="default" onClick={open} aria-label={t('secrets.setNamed', { account, target })}>
        {t('secrets.set')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('secrets.setTitle', { account, target })} centered>
        <SecretForm secret={secret} close={close} onDone={() => onDone(t('secrets.done.set', { account, target }))} />
      </Modal>
    </>
  );
}

function SecretForm({ secret, close, onDone }: { secret: TargetSecret; close: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const set = useSetSecret(secret);
  const [text, setText] = useState('');
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    await set.mutateAsync(text);
    close();
    onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)} noValidate>
      <Stack>
        <Text>{t('secrets.setBody')}</Text>
        <PasswordInput
          label={t('secrets.field')}
          required
          autoComplete="off"
          maxLength={512}
          value={text}
          // The field never shows what was typed: whoever stands behind the administrator is not told.
          visible={false}
          rightSection={null}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {set.error !== null && <Failure error={set.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={set.isPending} disabled={text === ''}>
            {t('secrets.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
