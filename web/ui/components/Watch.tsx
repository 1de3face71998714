import { Button, Loader, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { isNotYours } from '../api/client.ts';
import { useWatch } from '../api/live.ts';
import { useLiveSessions } from '../api/queries.ts';
import { Failure } from './Failure.tsx';
import { LiveActions } from './LiveSessions.tsx';
import { RecordingClosed } from './Replay.tsx';

const LiveView = lazy(() => import('./replay/LiveView.tsx'));

/** A session that goes on: watched only when somebody asks to, for watching is an event of its own. */
export function Watch({ sessionId }: { readonly sessionId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const watch = useWatch(sessionId);
  const live = useLiveSessions().data?.find(({ id }) => id === sessionId);
  return (
    <Stack>
      {live !== undefined && <LiveActions session={live} />}
      {watch.data !== undefined && (
        <Suspense fallback={<Loader aria-label={t('common.loading')} />}>
          <LiveView
            sessionId={sessionId}
            view={watch.data}
            onEnded={() => void client.invalidateQueries({ queryKey: ['sessions'] })}
          />
        </Suspense>
      )}
      {watch.data === undefined && !isNotYours(watch.error) && (
        <Stack align="flex-start">
          <Text>{t('watch.note')}</Text>
          {watch.error !== null && <Failure error={watch.error} />}
          <Button loading={watch.isPending} onClick={() => watch.mutate()}>
            {t('watch.start')}
          </Button>
        </Stack>
      )}
      {isNotYours(watch.error) && <RecordingClosed />}
    </Stack>
  );
}
