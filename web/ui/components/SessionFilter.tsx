import { Button, Checkbox, Group, NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSessionFacets } from '../api/queries.ts';
import { SESSION_STATES, SESSION_VERDICTS, type SessionFilters, sessionFilters } from '../format/session-filters.ts';
import { useNameOf, useTitle } from './use-locale.ts';

interface SessionFilterProps {
  readonly filters: SessionFilters;
  readonly onChange: (filters: SessionFilters) => void;
}

/** What the list is narrowed to. Each choice goes into the address at once, so the list can be kept and sent. */
export function SessionFilter({ filters, onChange }: SessionFilterProps) {
  const { t } = useTranslation();
  const facets = useSessionFacets().data;
  const nameOf = useNameOf();
  const titleOf = useTitle();
  const put = (name: keyof SessionFilters, value: string): void =>
    onChange(sessionFilters({ ...filters, [name]: value }));
  const select = (name: keyof SessionFilters, label: string, named: readonly { id: string; name: string }[]) => (
    <NativeSelect
      label={label}
      value={filters[name] ?? ''}
      onChange={(event) => put(name, event.currentTarget.value)}
      data={[
        { value: '', label: t('sessions.filter.any') },
        ...named.map((one) => ({ value: one.id, label: one.name })),
      ]}
    />
  );
  const words = (group: string, codes: readonly string[]) => codes.map((id) => ({ id, name: nameOf(group, id) }));
  const field = (name: 'from' | 'until') => (
    <TextInput
      type="datetime-local"
      label={t(`common.${name}`)}
      value={filters[name] ?? ''}
      onChange={(event) => put(name, event.currentTarget.value)}
    />
  );
  const box = (name: 'refusals' | 'exports') => (
    <Checkbox
      label={t(`sessions.filter.${name}`)}
      checked={filters[name] === '1'}
      onChange={(event) => put(name, event.currentTarget.checked ? '1' : '')}
    />
  );
  return (
    <section aria-label={t('sessions.filter')}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        {select('person', t('sessions.person'), facets?.persons ?? [])}
        {select('target', t('sessions.target'), facets?.targets ?? [])}
        {select(
          'system',
          t('sessions.system'),
          (facets?.systems ?? []).map(({ id, title }) => ({ id, name: titleOf(title) })),
        )}
        {select('state', t('live.state'), words('sessions.state', SESSION_STATES))}
        {select('verdict', t('sessions.verdict'), words('sessions.verdict', SESSION_VERDICTS))}
        {field('from')}
        {field('until')}
      </SimpleGrid>
      <Group mt="sm" gap="lg">
        {box('refusals')}
        {box('exports')}
        {Object.keys(filters).length > 0 && (
          <Button variant="default" size="compact-sm" onClick={() => onChange({})}>
            {t('sessions.filter.clear')}
          </Button>
        )}
      </Group>
    </section>
  );
}
