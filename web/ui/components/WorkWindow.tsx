import { Fieldset, NumberInput, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { zoneName } from '../format/dates.ts';
import type { WorkFields, WorkKind, WorkProblem, WorkProblems } from '../format/work-form.ts';
import { useLocale } from './use-locale.ts';

export function useWorkProblem(): (problem: WorkProblem | undefined) => string | undefined {
  const { t } = useTranslation();
  return (problem) => {
    if (problem === undefined) return undefined;
    return problem === 'required' ? t('common.required') : t(`ticketNew.error.${problem}`);
  };
}

interface WindowProps {
  readonly kind: WorkKind;
  readonly fields: WorkFields;
  readonly set: (change: Partial<WorkFields>) => void;
  readonly problems: WorkProblems;
}

/** When: so long from the approval, or at a chosen time; an emergency is always from now. */
export function WorkWindow({ kind, fields, set, problems }: WindowProps) {
  const { t } = useTranslation();
  const problem = useWorkProblem();
  const hours = (
    <NumberInput
      label={t('work.hours')}
      required
      min={1}
      allowDecimal={false}
      value={fields.hours}
      error={problem(problems.hours)}
      onChange={(value) => set({ hours: value })}
    />
  );
  if (kind === 'emergency') return hours;
  return (
    <Fieldset legend={t('ticketNew.window')}>
      <Stack>
        <Radio.Group
          aria-label={t('ticketNew.window')}
          value={fields.window}
          onChange={(chosen) => set({ window: chosen === 'chosen' ? 'chosen' : 'approval' })}
        >
          <Stack gap="xs">
            <Radio value="approval" label={t('work.window.approval')} />
            <Radio value="chosen" label={t('work.window.chosen')} />
          </Stack>
        </Radio.Group>
        {fields.window === 'approval' ? hours : <ChosenTimes fields={fields} set={set} problems={problems} />}
      </Stack>
    </Fieldset>
  );
}

function ChosenTimes({ fields, set, problems }: Omit<WindowProps, 'kind'>) {
  const { t } = useTranslation();
  const locale = useLocale();
  const problem = useWorkProblem();
  const zone = t('ticketNew.zoneHelp', { zone: zoneName(locale, new Date()) });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {(['notBefore', 'notAfter'] as const).map((name) => (
        <TextInput
          key={name}
          type="datetime-local"
          label={t(`ticketNew.${name}`)}
          description={zone}
          required
          value={fields[name]}
          error={problem(problems[name])}
          onChange={(event) => set({ [name]: event.currentTarget.value })}
        />
      ))}
    </SimpleGrid>
  );
}
