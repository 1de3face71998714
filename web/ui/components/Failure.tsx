import { Alert, Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { isMessageKey } from '../i18n.ts';
import { StepUp } from './StepUp.tsx';
import { useNameOf } from './use-locale.ts';

/** A refusal or failure in the person's language: what it is, what to do next, and the operator's reference. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const failure = error instanceof ApiError ? error : new ApiError('unexpected_answer', 0, String(error));
  const code = isMessageKey(`error.${failure.code}.message`) ? failure.code : 'internal';
  return (
    <Alert
      color="red"
      variant="outline"
      role="alert"
      title={nameOf('error', `${code}.message`)}
      bg="var(--sk-sheet)"
      c="var(--sk-text)"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          <strong>{t('common.whatNext')}</strong> {nameOf('error', `${code}.next`)}
        </Text>
        {code === 'request_invalid' && failure.message !== '' && (
          <Text size="sm" className="mono">
            {failure.message}
          </Text>
        )}
        {code === 'step_up_required' && <StepUp />}
        {failure.reference !== undefined && (
          <Text size="sm">{t('common.reference', { reference: failure.reference })}</Text>
        )}
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
