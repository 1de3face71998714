import { useTranslation } from 'react-i18next';
import { useMe } from '../api/queries.ts';
import type { AuditEvent } from '../api/schemas.ts';

interface Known {
  readonly id: string;
  readonly name: string;
}

/** Who did it: by name where the page knows it, else by id; an event without an actor is the gateway's own. */
export function useActor(): (event: AuditEvent, known?: Known) => string {
  const { t } = useTranslation();
  const me = useMe().data?.person;
  return (event, known) => {
    if (event.actor === null) return t('audit.gateway');
    const person = [known, me].find((one) => one?.id === event.actor);
    return event.actorName ?? person?.name ?? event.actor;
  };
}
