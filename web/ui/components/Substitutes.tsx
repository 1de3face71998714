import { Button, Group, List, NativeSelect, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useSubstitutes } from '../api/queries.ts';
import { useChooseSubstitute, useDismissSubstitute } from '../api/ticket-commands.ts';
import { fromLocalField } from '../format/dates.ts';
import { Answer } from './Answer.tsx';
import { Confirm } from './Confirm.tsx';
import { Failure } from './Failure.tsx';
import { Part } from './Page.tsx';
import { Moment } from './Texts.tsx';

/** Whom an owner chose to act for them, and for whom they act. */
export function Substitutes() {
  const { t } = useTranslation();
  const me = useMe().data?.person;
  const substitutes = useSubstitutes();
  if (me?.roles.includes('owner') !== true) return null;
  return (
    <Part title={t('substitutes.title')}>
      <Text mb="sm">{t('substitutes.intro')}</Text>
      <Answer query={substitutes}>
        {({ substitutes: list, owners }) => (
          <Stack>
            {list.length === 0 && <Text>{t('substitutes.none')}</Text>}
            <List>
              {list.map((one) => (
                <List.Item key={one.id}>
                  {t('substitutes.one', { owner: one.owner.name, substitute: one.substitute.name })}{' '}
                  <Moment at={one.startsAt} /> – <Moment at={one.endsAt} />{' '}
                  {one.owner.id === me.id && <Dismiss id={one.id} />}
                </List.Item>
              ))}
            </List>
            <Choose owners={owners} />
          </Stack>
        )}
      </Answer>
    </Part>
  );
}

function Dismiss({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const dismiss = useDismissSubstitute(id);
  return (
    <Confirm
      label={t('substitutes.dismiss')}
      title={t('substitutes.dismiss.title')}
      body={t('substitutes.dismiss.body')}
      step={dismiss}
    />
  );
}

function Choose({ owners }: { readonly owners: readonly { readonly id: string; readonly name: string }[] }) {
  const { t } = useTranslation();
  const choose = useChooseSubstitute();
  const [fields, setFields] = useState({ substitute: '', from: '', until: '' });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof fields>): void => setFields((before) => ({ ...before, ...change }));
  const from = fromLocalField(fields.from);
  const until = fromLocalField(fields.until);
  const missing = (wrong: boolean): string | undefined => (tried && wrong ? t('common.required') : undefined);
  const send = (): void => {
    setTried(true);
    if (fields.substitute === '' || from === undefined || until === undefined) return;
    choose.mutate({ substitute: fields.substitute, startsAt: from.toISOString(), endsAt: until.toISOString() });
  };
  return (
    <Stack maw={720}>
      <NativeSelect
        label={t('substitutes.who')}
        required
        data={[{ value: '', label: t('work.choose') }, ...owners.map(({ id, name }) => ({ value: id, label: name }))]}
        value={fields.substitute}
        error={missing(fields.substitute === '')}
        onChange={(event) => set({ substitute: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          type="datetime-local"
          label={t('common.from')}
          required
          value={fields.from}
          error={missing(from === undefined)}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={t('common.until')}
          required
          value={fields.until}
          error={missing(until === undefined)}
          onChange={(event) => set({ until: event.currentTarget.value })}
        />
      </SimpleGrid>
      {choose.error !== null && <Failure error={choose.error} />}
      <Group>
        <Button variant="default" loading={choose.isPending} onClick={send}>
          {t('substitutes.choose')}
        </Button>
      </Group>
    </Stack>
  );
}
