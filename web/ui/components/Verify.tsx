import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isNotYours } from '../api/client.ts';
import { useVerify } from '../api/commands.ts';
import type { VerifyReport } from '../api/schemas.ts';
import { formatCount } from '../format/numbers.ts';
import { Failure } from './Failure.tsx';
import { RecordingClosed } from './Replay.tsx';
import { Visible } from './Texts.tsx';
import { useLocale } from './use-locale.ts';

/** Asks the gateway to recompute the recording, and says the answer so that it cannot be misread. */
export function Verify({ sessionId }: { readonly sessionId: string }) {
  const { t } = useTranslation();
  const verify = useVerify(sessionId);
  return (
    <Stack align="stretch">
      <div>
        <Button variant="default" disabled={verify.isPending} onClick={() => verify.mutate(undefined)}>
          {t('verify.button')}
        </Button>
      </div>
      <div aria-live="assertive">
        {verify.isPending && (
          <Group gap="sm">
            <Loader size="sm" aria-hidden />
            <Text>{t('verify.running')}</Text>
          </Group>
        )}
        {verify.isSuccess && <Verdict report={verify.data} />}
        {verify.isError && (isNotYours(verify.error) ? <RecordingClosed /> : <Failure error={verify.error} />)}
      </div>
    </Stack>
  );
}

const SIGNS: Readonly<Record<VerifyReport['verdict'], string>> = { VERIFIED: '✓', TAMPERED: '✕', INCOMPLETE: '!' };

function Verdict({ report }: { readonly report: VerifyReport }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const counts = { frames: formatCount(report.frames, locale), bytes: formatCount(report.bytes, locale) };
  return (
    <div className="verdict" data-verdict={report.verdict}>
      <p className="verdict-word" style={{ margin: 0 }}>
        <span aria-hidden>{SIGNS[report.verdict]}</span> {t(`verify.${report.verdict}`)}
      </p>
      <Text>{t(`verify.${report.verdict}.meaning`, counts)}</Text>
      {report.at !== null && (
        <Text fw={600} mt="xs">
          {t('verify.at', { at: formatCount(report.at, locale) })}
        </Text>
      )}
      {report.detail !== '' && (
        <Text size="sm" mt="xs">
          {t('verify.detail')}{' '}
          <span className="mono">
            <Visible text={report.detail} />
          </span>
        </Text>
      )}
    </div>
  );
}
