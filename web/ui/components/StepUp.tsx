import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFactors, useShowPasskey, useShowTotp } from '../api/factors.ts';
import { ApiError } from '../api/client.ts';
import { Done } from './Done.tsx';
import { TextLink } from './Links.tsx';
import { useNameOf } from './use-locale.ts';

/** Asks for a second factor where an act was refused for want of one. */
export function StepUp() {
  const { t } = useTranslation();
  const factors = useFactors();
  const passkey = useShowPasskey();
  const totp = useShowTotp();
  const path = useRouterState({ select: (state) => state.location.href });
  if (passkey.isSuccess || totp.isSuccess) return <Done text={t('stepUp.done')} />;
  const { data } = factors;
  if (data === undefined) return null;
  const none = data.passkeys.length === 0 && data.totp === null;
  return (
    <Stack gap="sm" w="100%">
      <Text fw={600}>{t('stepUp.title')}</Text>
      {none && (
        <Text size="sm">
          <TextLink to="/security">{t('stepUp.enrol')}</TextLink>
        </Text>
      )}
      {data.passkeys.length > 0 && (
        <Group>
          <Button size="sm" loading={passkey.isPending} onClick={() => passkey.mutate(undefined)}>
            {t('stepUp.passkey')}
          </Button>
        </Group>
      )}
      {data.totp !== null && <CodeForm label={t('stepUp.totp')} step={totp} />}
      <Refused error={passkey.error} />
      <Text size="sm">
        <a href={`/auth/sign-in?fresh=1&return=${encodeURIComponent(path)}`}>{t('stepUp.provider')}</a>
      </Text>
    </Stack>
  );
}

interface CodeStep {
  readonly mutateAsync: (code: string) => Promise<unknown>;
  readonly isPending: boolean;
  readonly error: unknown;
}

/** One code of an authenticator app. */
export function CodeForm({ label, step }: { readonly label: string; readonly step: CodeStep }) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    event.stopPropagation();
    await step.mutateAsync(code.trim());
    setCode('');
  };
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)} noValidate>
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('security.totp.code')}
          description={t('security.totp.codeHelp')}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={step.isPending} disabled={code.trim() === ''}>
          {label}
        </Button>
      </Group>
      <Refused error={step.error} />
    </form>
  );
}

/** Why a factor was not taken, in one line: a box in a box would be read twice. */
export function Refused({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  if (error === null) return null;
  const code = error instanceof ApiError ? error.code : 'internal';
  const text =
    code === 'passkey_not_shown'
      ? t('security.passkeys.failed')
      : `${nameOf('error', `${code}.message`)} ${nameOf('error', `${code}.next`)}`;
  return (
    <Text size="sm" c="red.9" role="alert" mt="xs">
      {text}
    </Text>
  );
}
