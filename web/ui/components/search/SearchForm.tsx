import { Button, Checkbox, Group, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SEARCH_FIELDS, type SearchField } from '../../api/replay.ts';
import { type SearchFilters, searchFilters } from '../../format/search-filters.ts';
import { useNameOf } from '../use-locale.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

interface SearchFormProps {
  readonly filters: SearchFilters;
  readonly persons: readonly Named[];
  readonly targets: readonly Named[];
  readonly onSearch: (filters: SearchFilters) => void;
}

const CHARACTERS_MAX = 100;

type Change = Partial<Record<keyof SearchFilters, string>>;

export function SearchForm({ filters, persons, targets, onSearch }: SearchFormProps) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const [draft, setDraft] = useState<SearchFilters>(filters);
  const change = (part: Change): void => setDraft({ ...draft, ...part });
  const fields = (draft.fields ?? SEARCH_FIELDS.join(',')).split(',');
  const toggle = (field: SearchField, isOn: boolean): void => {
    const chosen = SEARCH_FIELDS.filter((one) => (one === field ? isOn : fields.includes(one)));
    if (chosen.length > 0) change({ fields: chosen.length === SEARCH_FIELDS.length ? '' : chosen.join(',') });
  };
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const asked = searchFilters({ ...draft });
        if (asked.text !== undefined) onSearch(asked);
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t('search.text')}
          description={t('search.text.help')}
          value={draft.text ?? ''}
          onChange={(event) => change({ text: event.currentTarget.value })}
          maxLength={CHARACTERS_MAX}
          required
        />
        <Group gap="lg" role="group" aria-label={t('search.fields')}>
          {SEARCH_FIELDS.map((field) => (
            <Checkbox
              key={field}
              label={nameOf('search.field', field)}
              checked={fields.includes(field)}
              onChange={(event) => toggle(field, event.currentTarget.checked)}
            />
          ))}
        </Group>
        <Narrowing draft={draft} persons={persons} targets={targets} change={change} />
        {draft.session !== undefined && draft.session !== '' && (
          <Checkbox label={t('search.session')} checked onChange={() => change({ session: '' })} />
        )}
        <div>
          <Button type="submit">{t('search.go')}</Button>
        </div>
      </Stack>
    </form>
  );
}

interface NarrowingProps {
  readonly draft: SearchFilters;
  readonly persons: readonly Named[];
  readonly targets: readonly Named[];
  readonly change: (part: Change) => void;
}

/** Whose sessions, where, about whom and when. */
function Narrowing({ draft, persons, targets, change }: NarrowingProps) {
  const { t } = useTranslation();
  const choices = (all: string, named: readonly Named[]) => [
    { value: '', label: all },
    ...named.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
      <NativeSelect
        label={t('sessions.person')}
        value={draft.person ?? ''}
        onChange={(event) => change({ person: event.currentTarget.value })}
        data={choices(t('search.person.all'), persons)}
      />
      <NativeSelect
        label={t('sessions.target')}
        value={draft.target ?? ''}
        onChange={(event) => change({ target: event.currentTarget.value })}
        data={choices(t('search.target.all'), targets)}
      />
      <TextInput
        label={t('search.client')}
        value={draft.client ?? ''}
        onChange={(event) => change({ client: event.currentTarget.value })}
        maxLength={200}
      />
      <TextInput
        label={t('search.ticket')}
        inputMode="numeric"
        pattern="[1-9][0-9]*"
        value={draft.ticket ?? ''}
        onChange={(event) => change({ ticket: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={t('common.from')}
        value={draft.after ?? ''}
        onChange={(event) => change({ after: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={t('common.until')}
        value={draft.before ?? ''}
        onChange={(event) => change({ before: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}
