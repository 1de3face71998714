import { Button, Group, Paper, Radio, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReviewEmergency, useWriteMessage } from '../api/ticket-commands.ts';
import type { May, Ticket } from '../api/ticket-schemas.ts';
import { Failure } from './Failure.tsx';
import { Part } from './Page.tsx';
import { Moment, Visible } from './Texts.tsx';

/** Questions, answers and work reports, oldest first, and the fields to add one. */
export function TicketThread({ ticket, may }: { readonly ticket: Ticket; readonly may: May }) {
  const { t } = useTranslation();
  const { messages } = ticket;
  if (messages.length === 0 && !may.askBack && !may.answer && !may.report) return null;
  return (
    <Part title={t('thread.title')}>
      <Stack>
        {messages.map((message) => (
          <Paper key={message.writtenAt + message.kind} withBorder p="sm">
            <Text fw={600}>{t(`thread.${message.kind}`, { name: message.author.name })}</Text>
            <Text style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
              <Visible text={message.text} />
            </Text>
            <Text size="sm" c="dimmed">
              <Moment at={message.writtenAt} seconds />
            </Text>
          </Paper>
        ))}
        {may.askBack && <Write ticket={ticket} kind="question" />}
        {may.answer && <Write ticket={ticket} kind="answer" />}
        {may.report && <Write ticket={ticket} kind="report" />}
      </Stack>
    </Part>
  );
}

function Write({ ticket, kind }: { readonly ticket: Ticket; readonly kind: 'question' | 'answer' | 'report' }) {
  const { t } = useTranslation();
  const write = useWriteMessage(ticket.id, kind);
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const missing = text.trim() === '';
  const send = async (): Promise<void> => {
    setTried(true);
    if (missing) return;
    await write.mutateAsync(text.trim());
    setText('');
    setTried(false);
  };
  return (
    <Stack maw={720} gap="xs">
      <Textarea
        label={t(`thread.write.${kind}`)}
        description={t(`thread.help.${kind}`)}
        autosize
        minRows={2}
        maxLength={10_000}
        value={text}
        error={tried && missing ? t('common.required') : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {write.error !== null && <Failure error={write.error} />}
      <Group>
        <Button variant="default" loading={write.isPending} onClick={() => void send().catch(() => undefined)}>
          {t(`thread.send.${kind}`)}
        </Button>
      </Group>
    </Stack>
  );
}

/** The review of an emergency after the fact. */
export function ReviewForm({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation();
  const review = useReviewEmergency(ticket.id);
  const [finding, setFinding] = useState<'in_order' | 'deviation' | ''>('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const send = (): void => {
    setTried(true);
    if (finding !== '' && reason.trim() !== '') review.mutate({ finding, reason: reason.trim() });
  };
  return (
    <Part title={t('review.title')}>
      <Stack maw={720}>
        <Radio.Group
          label={t('review.finding')}
          required
          value={finding}
          error={tried && finding === '' ? t('common.required') : undefined}
          onChange={(chosen) => setFinding(chosen === 'in_order' ? 'in_order' : 'deviation')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="in_order" label={t('review.in_order')} />
            <Radio value="deviation" label={t('review.deviation')} />
          </Stack>
        </Radio.Group>
        <Textarea
          label={t('ticket.reason')}
          required
          autosize
          minRows={2}
          maxLength={2_000}
          value={reason}
          error={tried && reason.trim() === '' ? t('common.required') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {review.error !== null && <Failure error={review.error} />}
        <Group>
          <Button loading={review.isPending} onClick={send}>
            {t('review.send')}
          </Button>
        </Group>
      </Stack>
    </Part>
  );
}
