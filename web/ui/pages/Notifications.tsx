import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadNotification } from '../api/commands.ts';
import { useNotifications } from '../api/queries.ts';
import type { Notification } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { HowTold } from '../components/HowTold.tsx';
import { Failure } from '../components/Failure.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { useNameOf } from '../components/use-locale.ts';

export function NotificationsPage(): ReactElement {
  const { t } = useTranslation();
  const notifications = useNotifications();
  return (
    <Page title={t('notifications.title')}>
      <Answer query={notifications}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('notifications.none')} />
          ) : (
            <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
              {list.map((one) => (
                <li key={one.id}>
                  <Notice notification={one} />
                </li>
              ))}
            </Stack>
          )
        }
      </Answer>
      <HowTold />
    </Page>
  );
}

function Notice({ notification }: { readonly notification: Notification }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const read = useReadNotification();
  const { ticket, review, number, subject, requesterName, targetName } = textsOf(notification.payload);
  const about = [requesterName, targetName, subject].filter((text) => text !== undefined).join(' · ');
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Text fw={600}>{nameOf('notice', noticeKind(notification))}</Text>
            {notification.readAt === null && <Tag tone="live">{t('notifications.unread')}</Tag>}
          </Group>
          {about !== '' && <Text>{about}</Text>}
          <Text size="sm" c="dimmed">
            <Moment at={notification.createdAt} />
          </Text>
          {notification.kind === 'delivery.dead' && <TextLink to="/deliveries">{t('deliveries.title')}</TextLink>}
          {ticket !== undefined && (
            <TextLink to="/tickets/$id" params={{ id: ticket }}>
              {number === undefined ? t('notifications.ticketPlain') : t('notifications.ticket', { number })}
            </TextLink>
          )}
          {review !== undefined && (
            <TextLink to="/reviews/$id" params={{ id: review }}>
              {t('notifications.review', { number: number ?? '' })}
            </TextLink>
          )}
        </div>
        {notification.readAt === null && (
          <Button
            size="compact-sm"
            variant="default"
            loading={read.isPending}
            onClick={() => read.mutate(notification.id)}
          >
            {t('notifications.markRead')}
          </Button>
        )}
      </Group>
      {read.error !== null && <Failure error={read.error} />}
    </Paper>
  );
}

/** A decided ticket is named by what was decided. */
function noticeKind({ kind, payload }: Notification): string {
  const { state } = textsOf(payload);
  return kind === 'ticket.decided' && state !== undefined ? `ticket.${state}` : kind;
}

function textsOf(payload: Notification['payload']) {
  const text = (name: string): string | undefined => {
    const value = payload[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  return {
    ticket: text('ticket'),
    review: text('review'),
    subject: text('subject'),
    number: text('number'),
    state: text('state'),
    requesterName: text('requesterName'),
    targetName: text('targetName'),
  };
}
