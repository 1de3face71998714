import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type FindingCode, FINDINGS } from '../../../evidence/verdicts.ts';
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

const SIGNS: Readonly<Record<VerifyReport['verdict'], string>> = {
  VERIFIED: '✓',
  'VERIFIED-UNWITNESSED': '?',
  TAMPERED: '✕',
  INCOMPLETE: '!',
};

/** Shown one by one; a broken log has thousands, and they all say the same. */
const FINDINGS_MAX = 50;

const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(FINDINGS, code);

function FindingText({ finding }: { readonly finding: VerifyReport['findings'][number] }) {
  const { t } = useTranslation();
  const { severity, code, where, detail } = finding;
  // A gateway that is newer than this page may find what the page has no words for.
  const words = isFindingCode(code) ? t(`evidence.finding.${code}`) : code;
  return (
    <Text size="sm">
      <strong>{t(`evidence.severity.${severity}`)}</strong> {words}{' '}
      <span className="mono">
        <Visible text={detail === '' ? where : `${where} (${detail})`} />
      </span>
    </Text>
  );
}

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
      {report.findings.length > 0 && (
        <ul aria-label={t('verify.findings')} style={{ margin: '0.5rem 0 0', paddingInlineStart: '1.2rem' }}>
          {report.findings.slice(0, FINDINGS_MAX).map((finding) => (
            <li key={`${finding.code} ${finding.where} ${finding.detail}`}>
              <FindingText finding={finding} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
