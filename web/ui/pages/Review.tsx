import { Button, Checkbox, Group, NativeSelect, Paper, Stack, Text, Textarea } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Action, type ReviewItem, useDecideItem, useReview, useSignReview } from '../api/lifecycle.ts';
import { Answer } from '../components/Answer.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Failure } from '../components/Failure.tsx';
import { Facts, Page } from '../components/Page.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { useNameOf } from '../components/use-locale.ts';

export function ReviewPage({ id }: { readonly id: string }): ReactElement {
  const { t } = useTranslation();
  const review = useReview(id);
  const sign = useSignReview(id);
  return (
    <Page title={t('review.title')} intro={t('review.intro')}>
      <Answer query={review}>
        {({ review: one, items, maySign }) => (
          <Stack>
            <Facts
              rows={[
                [t('reviews.scope'), `${t(`reviews.scope.${one.scope}`)} ${one.subject}`],
                [t('review.startedBy'), one.startedBy.name],
                [t('reviews.due'), <Moment key="due" at={one.dueAt} />],
                [t('review.open'), String(one.open)],
                ...(one.signedBy === null ? [] : [[t('review.signedBy'), one.signedBy.name] as const]),
                ...(one.evidenceSha256 === null ? [] : [[t('review.sha256'), one.evidenceSha256] as const]),
              ]}
            />
            <Group>
              <Button
                component="a"
                variant="default"
                href={`/api/reviews/${encodeURIComponent(id)}/review.csv`}
                download
              >
                {t('review.csv')}
              </Button>
              {maySign && (
                <Confirm
                  label={t('review.sign')}
                  title={t('review.sign.title')}
                  body={t('review.sign.body')}
                  step={sign}
                />
              )}
            </Group>
            <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
              {items.map((item) => (
                <li key={item.id}>
                  <Item review={id} item={item} />
                </li>
              ))}
            </Stack>
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Item({ review, item }: { readonly review: string; readonly item: ReviewItem }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const { snapshot } = item;
  const what =
    item.role === null ? `${snapshot.target ?? ''} (${snapshot.actions.join(', ')})` : nameOf('role', item.role);
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group gap="xs">
          <Text fw={600}>
            {snapshot.person} · {what}
          </Text>
          {item.flags.map((flag) => (
            <Tag key={flag} tone="bad">
              {nameOf('reviewFlag', flag)}
            </Tag>
          ))}
        </Group>
        <Text size="sm">
          {[snapshot.employer, snapshot.system ?? ''].filter((text) => text !== '').join(' · ')}
          {snapshot.lastUsedAt !== null && (
            <>
              {' '}
              {t('review.lastUsed')} <Moment at={snapshot.lastUsedAt} />
            </>
          )}
        </Text>
        {item.decisions.map((one) => (
          <Text size="sm" key={one.at + one.decision}>
            {nameOf('reviewDecision', one.decision)}: {one.reason} ({one.by ?? t('review.gateway')},{' '}
            <Moment at={one.at} />)
          </Text>
        ))}
        {item.mayDecide && <Decide review={review} item={item} about={`${snapshot.person} · ${what}`} />}
      </Stack>
    </Paper>
  );
}

const DECISIONS = ['keep', 'reduce', 'remove', 'ask'] as const;

function Decide({
  review,
  item,
  about,
}: {
  readonly review: string;
  readonly item: ReviewItem;
  readonly about: string;
}) {
  const { t } = useTranslation();
  const decide = useDecideItem(review, item.id);
  const offered = DECISIONS.filter(
    (one) => one !== 'reduce' || (item.role === null && item.snapshot.actions.length > 1),
  );
  const [decision, setDecision] = useState<(typeof DECISIONS)[number]>('keep');
  const [actions, setActions] = useState<readonly Action[]>(item.snapshot.actions);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const send = (): void => {
    setTried(true);
    if (reason.trim() === '') return;
    decide.mutate({ decision, reason: reason.trim(), ...(decision === 'reduce' ? { actions } : {}) });
  };
  const toggle = (action: Action): void =>
    setActions((before) => item.snapshot.actions.filter((one) => before.includes(one) !== (one === action)));
  return (
    <Stack gap="xs" maw={720} role="group" aria-label={about}>
      <NativeSelect
        label={t('review.decision')}
        data={offered.map((value) => ({ value, label: t(`reviewDecision.${value}`) }))}
        value={decision}
        onChange={(event) => setDecision(offered.find((one) => one === event.currentTarget.value) ?? 'keep')}
      />
      {decision === 'reduce' && (
        <Group>
          {item.snapshot.actions.map((action) => (
            <Checkbox key={action} label={action} checked={actions.includes(action)} onChange={() => toggle(action)} />
          ))}
        </Group>
      )}
      <Textarea
        label={t('locks.reason')}
        required
        autosize
        minRows={1}
        maxLength={2_000}
        value={reason}
        error={tried && reason.trim() === '' ? t('common.required') : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {decide.error !== null && <Failure error={decide.error} />}
      <Group>
        <Button variant="default" loading={decide.isPending} onClick={send}>
          {t('review.decide')}
        </Button>
      </Group>
    </Stack>
  );
}
