import { Checkbox, Fieldset, NumberInput, Radio, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Destination } from '../api/schemas.ts';
import { type ExportFields, type FieldProblem, needsRecipient } from '../format/export-form.ts';

export interface FieldsProps {
  readonly fields: ExportFields;
  readonly set: (change: Partial<ExportFields>) => void;
  readonly problems: Partial<Record<keyof ExportFields, FieldProblem>>;
}

export function useProblemText(): (problem: FieldProblem | undefined) => string | undefined {
  const { t } = useTranslation();
  return (problem) => {
    if (problem === undefined) return undefined;
    return problem === 'required' ? t('common.required') : t(`ticketNew.error.${problem}`);
  };
}

export function DestinationField({ fields, set, problems }: FieldsProps) {
  const { t } = useTranslation();
  const problem = useProblemText();
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t('ticketNew.destination')}
        description={t('ticketNew.destinationHelp')}
        value={fields.destination}
        onChange={(chosen) =>
          set({ destination: Destination.options.find((one) => one === chosen) ?? fields.destination })
        }
      >
        <Stack gap="xs" mt="xs">
          {(['vault', 'system', 'outside', 'page', 'workstation'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`ticketNew.destination.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {needsRecipient(fields) && (
        <TextInput
          label={t('ticketNew.recipient')}
          required
          maxLength={500}
          value={fields.recipient}
          error={problem(problems.recipient)}
          onChange={(event) => set({ recipient: event.currentTarget.value })}
        />
      )}
    </Stack>
  );
}

/** On what ground it may leave, and what becomes of it. */
export function ReasonsFields({ fields, set, problems }: FieldsProps) {
  const { t } = useTranslation();
  const problem = useProblemText();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput
        label={t('ticketNew.legalBasis')}
        description={t('ticketNew.legalBasisHelp')}
        maxLength={500}
        value={fields.legalBasis}
        onChange={(event) => set({ legalBasis: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={t('ticketNew.deleteBy')}
        description={t('ticketNew.deleteByHelp')}
        value={fields.deleteBy}
        error={problem(problems.deleteBy)}
        onChange={(event) => set({ deleteBy: event.currentTarget.value })}
      />
      <Radio.Group
        label={t('ticketNew.clientInformed')}
        value={fields.clientInformed}
        onChange={(chosen) => set({ clientInformed: chosen === 'yes' ? 'yes' : 'no' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="yes" label={t('common.yes')} />
          <Radio value="no" label={t('common.no')} />
        </Stack>
      </Radio.Group>
    </SimpleGrid>
  );
}

/** Once or several times, and whether acts that differ in constants alone are meant too. */
export function ScopeFields({ fields, set, problems }: FieldsProps) {
  const { t } = useTranslation();
  const problem = useProblemText();
  return (
    <Fieldset legend={t('ticketNew.scope')}>
      <Stack>
        <NumberInput
          label={t('ticketNew.usesMax')}
          description={t('ticketNew.usesHelp')}
          {...{ required: true, min: 1, max: 100, allowDecimal: false, allowNegative: false }}
          value={fields.usesMax}
          error={problem(problems.usesMax)}
          onChange={(usesMax) => set({ usesMax })}
        />
        <Checkbox
          label={t('ticketNew.class')}
          description={t('ticketNew.classHelp')}
          checked={fields.scope === 'class'}
          onChange={(event) => set({ scope: event.currentTarget.checked ? 'class' : 'act' })}
        />
      </Stack>
    </Fieldset>
  );
}
