import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type TargetCheck, type TargetEntry, useCheckTarget } from '../../api/estate.ts';
import { Failure } from '../Failure.tsx';
import { Facts } from '../Page.tsx';
import { Tag, type Tone } from '../StateBadge.tsx';
import { Visible } from '../Texts.tsx';
import { useNameOf } from '../use-locale.ts';

const TONES: Readonly<Record<TargetCheck['outcome'], Tone>> = {
  known: 'good',
  other: 'bad',
  failed: 'bad',
  behind: 'quiet',
};

/** Has the gateway go the road to the server now, and lays what it saw beside what is pinned. */
export function ConnectionCheck({ target }: { readonly target: TargetEntry }): ReactElement {
  const { t } = useTranslation();
  const check = useCheckTarget(target.id);
  return (
    <Stack>
      <Text size="sm" maw={760}>
        {t('target.check.intro')}
      </Text>
      <Group>
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate(undefined)}>
          {t('target.check')}
        </Button>
      </Group>
      {check.error !== null && <Failure error={check.error} />}
      {check.data !== undefined && <Result check={check.data} pinned={target.hostKey} />}
    </Stack>
  );
}

/** What a server says of itself is shown with nothing in it hidden: it may be anybody's. */
function Result({ check, pinned }: { readonly check: TargetCheck; readonly pinned: string | null }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const { code, detail, ident, legacy, outcome, shown, signIn } = check;
  const rows: (readonly [string, ReactElement | string])[] = [];
  if (ident !== null) rows.push([t('target.check.ident'), <Visible key="ident" text={ident} />]);
  if (shown !== null) {
    rows.push([
      t('target.check.shown'),
      <span key="shown" className="mono">{`${shown.algorithm} ${shown.fingerprint}`}</span>,
    ]);
    rows.push([
      t('target.hostKey'),
      <span key="pinned" className="mono">
        {pinned ?? t('target.hostKey.none')}
      </span>,
    ]);
  }
  if (legacy.length > 0) rows.push([t('target.check.legacy'), legacy.join(', ')]);
  if (code !== null) rows.push([t('target.check.why'), nameOf('error', `${code}.message`)]);
  if (detail !== null) rows.push([t('target.check.detail'), <Visible key="detail" text={detail} />]);
  if (outcome === 'known') rows.push([t('target.check.signIn'), <SignIn key="in" signIn={signIn} />]);
  return (
    <Stack role="status" gap="sm" align="flex-start">
      <Tag tone={TONES[outcome]}>{t(`target.check.${outcome}`)}</Tag>
      <Facts rows={rows} />
    </Stack>
  );
}

function SignIn({ signIn }: { readonly signIn: string | null }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  if (signIn === null) return <>{t('target.check.signIn.none')}</>;
  return <>{signIn === 'entered' ? t('target.check.signIn.entered') : nameOf('error', `${signIn}.message`)}</>;
}
