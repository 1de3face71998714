import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ReadyReplay, useKeystrokes } from '../../api/replay.ts';
import { Failure } from '../Failure.tsx';
import { Empty } from '../Page.tsx';
import { Lines } from './Transcript.tsx';

/** Passwords may be among them, so who reads them says why first. */
export function Keystrokes(props: { readonly replay: ReadyReplay; readonly onJump: (at: number) => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const keystrokes = useKeystrokes(props.replay.sessionId);
  if (keystrokes.data !== undefined) {
    return keystrokes.data.length === 0 ? (
      <Empty text={t('replay.keystrokes.none')} />
    ) : (
      <Lines lines={keystrokes.data} onJump={props.onJump} />
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== '') keystrokes.mutate(reason);
      }}
    >
      <Stack gap="sm" align="stretch" maw={640}>
        <Text>{t('replay.keystrokes.note')}</Text>
        <Textarea
          label={t('replay.keystrokes.reason')}
          required
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          autosize
          minRows={2}
          maxLength={2_000}
        />
        {keystrokes.error !== null && <Failure error={keystrokes.error} />}
        <div>
          <Button type="submit" loading={keystrokes.isPending} disabled={reason.trim() === ''}>
            {t('replay.keystrokes.show')}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
