import { Button, Group, List, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Review, useReviews, useStartReview } from '../api/lifecycle.ts';
import { Answer } from '../components/Answer.tsx';
import { Failure } from '../components/Failure.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { fromLocalField } from '../format/dates.ts';

export function ReviewsPage(): ReactElement {
  const { t } = useTranslation();
  const reviews = useReviews();
  return (
    <Page title={t('reviews.title')} intro={t('reviews.intro')}>
      <Answer query={reviews}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('reviews.none')} />
          ) : (
            <List spacing="sm">
              {list.map((review) => (
                <List.Item key={review.id}>
                  <OneReview review={review} />
                </List.Item>
              ))}
            </List>
          )
        }
      </Answer>
      <Start />
    </Page>
  );
}

function OneReview({ review }: { readonly review: Review }) {
  const { t } = useTranslation();
  const { number, subject, open, items } = review;
  return (
    <Group gap="sm">
      <TextLink to="/reviews/$id" params={{ id: review.id }}>
        {t('reviews.one', { number, scope: t(`reviews.scope.${review.scope}`), subject })}
      </TextLink>
      {review.signedAt === null ? (
        <Tag tone={open > 0 ? 'wait' : 'good'}>{t('reviews.progress', { done: items - open, items })}</Tag>
      ) : (
        <Tag tone="quiet">{t('reviews.signed')}</Tag>
      )}
      <span>
        {t('reviews.due')} <Moment at={review.dueAt} />
      </span>
    </Group>
  );
}

function Start() {
  const { t } = useTranslation();
  const start = useStartReview();
  const [fields, setFields] = useState({ scope: 'system' as Review['scope'], subject: '', due: '' });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof fields>): void => setFields((before) => ({ ...before, ...change }));
  const due = fromLocalField(fields.due);
  const missing = (wrong: boolean): string | undefined => (tried && wrong ? t('common.required') : undefined);
  const send = (): void => {
    setTried(true);
    if (fields.subject.trim() === '' || due === undefined) return;
    start.mutate(
      { scope: fields.scope, subject: fields.subject.trim(), dueAt: due.toISOString() },
      { onSuccess: () => setTried(false) },
    );
  };
  return (
    <Part title={t('reviews.start')}>
      <Stack maw={720}>
        <NativeSelect
          label={t('reviews.scope')}
          data={(['system', 'company'] as const).map((value) => ({ value, label: t(`reviews.scope.${value}`) }))}
          value={fields.scope}
          onChange={(event) => set({ scope: event.currentTarget.value === 'company' ? 'company' : 'system' })}
        />
        <TextInput
          label={t('reviews.subject')}
          required
          maxLength={200}
          value={fields.subject}
          error={missing(fields.subject.trim() === '')}
          onChange={(event) => set({ subject: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={t('reviews.due')}
          required
          value={fields.due}
          error={missing(due === undefined)}
          onChange={(event) => set({ due: event.currentTarget.value })}
        />
        {start.error !== null && <Failure error={start.error} />}
        <Group>
          <Button loading={start.isPending} onClick={send}>
            {t('reviews.start')}
          </Button>
        </Group>
      </Stack>
    </Part>
  );
}
