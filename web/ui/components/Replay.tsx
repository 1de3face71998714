import { Alert, Button, Group, Loader, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchText, isNotYours } from '../api/client.ts';
import { Failure } from './Failure.tsx';

const Player = lazy(() => import('./Player.tsx').then(({ Player: component }) => ({ default: component })));

const SPEEDS = ['0.5', '1', '2', '4', '8'];

/** The recording is asked for only when somebody asks to see it: looking is an event of its own. */
export function Replay({ sessionId }: { readonly sessionId: string }) {
  const { t } = useTranslation();
  const recording = useMutation({
    mutationFn: () => fetchText(`/api/sessions/${encodeURIComponent(sessionId)}/recording.cast`),
  });
  if (recording.data !== undefined) return <Playing cast={recording.data} />;
  if (isNotYours(recording.error)) return <RecordingClosed />;
  return (
    <Stack align="flex-start">
      <Text>{t('session.replay.note')}</Text>
      {recording.error !== null && <Failure error={recording.error} />}
      <Button loading={recording.isPending} onClick={() => recording.mutate()}>
        {t('session.replay.start')}
      </Button>
    </Stack>
  );
}

/** Says plainly who may see recordings when the gateway did not let this person. */
export function RecordingClosed() {
  const { t } = useTranslation();
  return (
    <Alert color="gray" variant="outline" bg="white" c="black" role="status">
      <Text>{t('session.replay.refused')}</Text>
      <Text mt="xs">{t('session.replay.refusedNext')}</Text>
    </Alert>
  );
}

function Playing({ cast }: { readonly cast: string }) {
  const { t } = useTranslation();
  const [speed, setSpeed] = useState('1');
  return (
    <Stack gap="sm">
      <Group>
        <NativeSelect
          label={t('session.speed')}
          value={speed}
          onChange={(event) => setSpeed(event.currentTarget.value)}
          data={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
        />
      </Group>
      <Suspense fallback={<Loader aria-label={t('common.loading')} />}>
        <Player cast={cast} speed={Number(speed)} label={t('session.replay.label')} />
      </Suspense>
    </Stack>
  );
}
