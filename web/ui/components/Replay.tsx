import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isNotYours } from '../api/client.ts';
import { useReplay } from '../api/replay.ts';
import { Failure } from './Failure.tsx';

const ReplayView = lazy(() => import('./replay/ReplayView.tsx').then((parts) => ({ default: parts.ReplayView })));

interface ReplayProps {
  readonly sessionId: string;
  /** Milliseconds since the beginning to begin at: who comes from a search comes for that moment. */
  readonly at: number | undefined;
}

/** The recording is asked for only when somebody asks to see it: looking is an event of its own. */
export function Replay({ sessionId, at }: ReplayProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(at !== undefined);
  const replay = useReplay(sessionId, wanted);
  if (replay.data?.state === 'ready') {
    return (
      <Suspense fallback={<Loader aria-label={t('common.loading')} />}>
        <ReplayView replay={replay.data} at={at ?? 0} />
      </Suspense>
    );
  }
  if (isNotYours(replay.error)) return <RecordingClosed />;
  return (
    <Stack align="flex-start">
      <Text>{t('session.replay.note')}</Text>
      {replay.error !== null && <Failure error={replay.error} onRetry={() => void replay.refetch()} />}
      {replay.data?.state === 'building' ? (
        <Group role="status" gap="sm">
          <Loader size="sm" aria-hidden />
          <Text>{t('session.replay.building')}</Text>
        </Group>
      ) : (
        <Button loading={replay.isFetching} onClick={() => setWanted(true)}>
          {t('session.replay.start')}
        </Button>
      )}
    </Stack>
  );
}

/** Says plainly who may see recordings when the gateway did not let this person. */
export function RecordingClosed() {
  const { t } = useTranslation();
  return (
    <Alert color="gray" variant="outline" bg="var(--sk-sheet)" c="var(--sk-text)" role="status">
      <Text>{t('session.replay.refused')}</Text>
      <Text mt="xs">{t('session.replay.refusedNext')}</Text>
    </Alert>
  );
}
