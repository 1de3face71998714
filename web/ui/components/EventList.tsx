import { List, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AuditEvent } from '../api/schemas.ts';
import { EventBody } from './EventBody.tsx';
import { Moment } from './Texts.tsx';
import { useActor } from './use-actor.ts';
import { useNameOf } from './use-locale.ts';

interface EventListProps {
  readonly events: readonly AuditEvent[];
  /** Whose session it is. */
  readonly person: { readonly id: string; readonly name: string };
}

/** The events of one session, in the order they happened. */
export function EventList({ events, person }: EventListProps) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const actorOf = useActor();
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
            <Moment at={event.at} seconds /> · {actorOf(event, person)} · {t('audit.seq')} {event.seq}
          </Text>
          <EventBody body={event.body} />
        </List.Item>
      ))}
    </List>
  );
}
