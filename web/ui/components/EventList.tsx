import { List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AuditEvent } from '../api/schemas.ts';
import { EventBody } from './EventBody.tsx';
import { Moment } from './Texts.tsx';
import { useNameOf } from './use-locale.ts';

/** The events of one session, in the order they happened. */
export function EventList({ events }: { readonly events: readonly AuditEvent[] }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const ordered = [...events].sort((one, other) => one.seq - other.seq);
  return (
    <List
      listStyleType="none"
      spacing="md"
      styles={{ itemWrapper: { display: 'block' }, itemLabel: { display: 'block' } }}
    >
      {ordered.map((event) => (
        <List.Item key={event.seq}>
          <Text fw={600}>{nameOf('event', event.type)}</Text>
          <Text size="sm" c="dimmed">
            <Moment at={event.at} seconds /> · {t('audit.seq')} {event.seq}
          </Text>
          <EventBody body={event.body} />
        </List.Item>
      ))}
    </List>
  );
}
