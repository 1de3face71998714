import { Button, Group, List, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LockKind, type StandingLock, useLiftLock, useLocks, usePlaceLock } from '../api/lifecycle.ts';
import { fromLocalField } from '../format/dates.ts';
import { Answer } from '../components/Answer.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Done } from '../components/Done.tsx';
import { Failure } from '../components/Failure.tsx';
import { Page } from '../components/Page.tsx';
import { Moment } from '../components/Texts.tsx';

/** Everything that is locked and concerns the viewer, and the form to lock more, where they may. */
export function LocksPage() {
  const { t } = useTranslation();
  const locks = useLocks();
  const [done, setDone] = useState('');
  return (
    <Page title={t('locks.title')}>
      <Text mb="sm">{t('locks.intro')}</Text>
      {done !== '' && <Done text={done} />}
      <Answer query={locks}>
        {({ kinds, locks: list }) => (
          <Stack>
            {list.length === 0 && <Text>{t('locks.none')}</Text>}
            <List>
              {list.map((lock) => (
                <List.Item key={lock.id}>
                  <OneLock lock={lock} onDone={setDone} />
                </List.Item>
              ))}
            </List>
            {kinds.length > 0 && <Place kinds={kinds} onDone={setDone} />}
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function OneLock({ lock, onDone }: { readonly lock: StandingLock; readonly onDone: (text: string) => void }) {
  const { t } = useTranslation();
  const lift = useLiftLock(lock.id);
  const name = `${t(`lock.${lock.kind}`)} ${lock.label}`;
  return (
    <Group gap="sm" align="center">
      <Text>
        <strong>{name}</strong>: {lock.reason} ({lock.lockedBy?.name ?? t('locks.commandLine')},{' '}
        <Moment at={lock.lockedAt} />
        {lock.until !== null && (
          <>
            , {t('locks.untilShort')} <Moment at={lock.until} />
          </>
        )}
        )
      </Text>
      {lock.mayLift && (
        <Confirm
          label={t('locks.lift')}
          accessibleName={t('locks.liftNamed', { name })}
          title={t('locks.lift.title', { name })}
          body={t('locks.lift.body')}
          step={lift}
          onDone={() => onDone(t('locks.done.lifted', { name }))}
        />
      )}
    </Group>
  );
}

function Place({ kinds, onDone }: { readonly kinds: readonly LockKind[]; readonly onDone: (text: string) => void }) {
  const { t } = useTranslation();
  const place = usePlaceLock();
  const empty = { kind: kinds[0] ?? 'ticket', subject: '', reason: '', until: '' };
  const [fields, setFields] = useState(empty);
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof fields>): void => setFields((before) => ({ ...before, ...change }));
  const missing = (text: string): string | undefined =>
    tried && text.trim() === '' ? t('common.required') : undefined;
  const send = (): void => {
    setTried(true);
    const { kind, subject, reason } = fields;
    if (subject.trim() === '' || reason.trim() === '') return;
    const until = fromLocalField(fields.until)?.toISOString() ?? null;
    place.mutate(
      { kind, subject: subject.trim(), reason: reason.trim(), until },
      {
        onSuccess: () => {
          onDone(t('locks.done.placed', { name: `${t(`lock.${kind}`)} ${subject.trim()}` }));
          setFields({ ...empty, kind });
          setTried(false);
        },
      },
    );
  };
  return (
    <Stack maw={720}>
      <NativeSelect
        label={t('locks.kind')}
        data={kinds.map((kind) => ({ value: kind, label: t(`lock.${kind}`) }))}
        value={fields.kind}
        onChange={(event) => set({ kind: kinds.find((kind) => kind === event.currentTarget.value) ?? fields.kind })}
      />
      <TextInput
        label={t(`locks.subject.${fields.kind}`)}
        required
        maxLength={200}
        value={fields.subject}
        error={missing(fields.subject)}
        onChange={(event) => set({ subject: event.currentTarget.value })}
      />
      <Textarea
        label={t('locks.reason')}
        required
        autosize
        minRows={2}
        maxLength={2_000}
        value={fields.reason}
        error={missing(fields.reason)}
        onChange={(event) => set({ reason: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={t('locks.until')}
        value={fields.until}
        onChange={(event) => set({ until: event.currentTarget.value })}
      />
      {place.error !== null && <Failure error={place.error} />}
      <Group>
        <Button color="red" loading={place.isPending} onClick={send}>
          {t('locks.place')}
        </Button>
      </Group>
    </Stack>
  );
}
