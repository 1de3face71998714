import { Button, Fieldset, Group, NumberInput, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRequestExport } from '../api/ticket-commands.ts';
import type { RefusedAct } from '../api/schemas.ts';
import type { Ticket } from '../api/ticket-schemas.ts';
import { fromLocalField, toLocalField, zoneName } from '../format/dates.ts';
import { type ExportFields, needsRecipient, problemsOf, wholeNumber } from '../format/export-form.ts';
import { formatBytes } from '../format/numbers.ts';
import { DestinationField, type FieldsProps, ReasonsFields, ScopeFields, useProblemText } from './ExportMore.tsx';
import { Failure } from './Failure.tsx';
import { useLocale } from './use-locale.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface ExportFormProps {
  readonly act: RefusedAct;
  readonly onAsked: (ticket: Ticket) => void;
}

function startFields(act: RefusedAct): ExportFields {
  const now = new Date();
  return {
    purpose: '',
    client: '',
    rowsMax: act.suggested.rowsMax,
    bytesMax: act.suggested.bytesMax,
    destination: act.suggested.destination,
    ...{ recipient: '', legalBasis: '', clientInformed: '', deleteBy: '', scope: 'act', usesMax: 1 },
    notBefore: toLocalField(now),
    notAfter: toLocalField(new Date(now.getTime() + DAY_MS)),
  };
}

/** What the requester adds to the refused act: why, for whom, how much, when. */
export function ExportForm({ act, onAsked }: ExportFormProps) {
  const { t } = useTranslation();
  const request = useRequestExport();
  const [fields, setFields] = useState(() => startFields(act));
  const [tried, setTried] = useState(false);
  const problems = tried ? problemsOf(fields, new Date()) : {};
  const set = (change: Partial<ExportFields>): void => setFields((before) => ({ ...before, ...change }));
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setTried(true);
    const form = event.currentTarget;
    const asked = toRequest(act.id, fields);
    if (asked === undefined) {
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    onAsked(await request.mutateAsync(asked));
  };
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)} noValidate>
      <Stack maw={720}>
        <WhyFields fields={fields} set={set} problems={problems} />
        <AmountFields fields={fields} set={set} problems={problems} />
        <DestinationField fields={fields} set={set} problems={problems} />
        <ReasonsFields fields={fields} set={set} problems={problems} />
        <ScopeFields fields={fields} set={set} problems={problems} />
        <WindowFields fields={fields} set={set} problems={problems} />
        {request.error !== null && <Failure error={request.error} />}
        <Group>
          <Button type="submit" loading={request.isPending}>
            {t('ticketNew.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function toRequest(refusedActId: string, fields: ExportFields) {
  if (Object.keys(problemsOf(fields, new Date())).length > 0) return undefined;
  const rowsMax = wholeNumber(fields.rowsMax);
  const bytesMax = wholeNumber(fields.bytesMax);
  const from = fromLocalField(fields.notBefore);
  const until = fromLocalField(fields.notAfter);
  if (rowsMax === undefined || bytesMax === undefined || from === undefined || until === undefined) return undefined;
  return {
    refusedActId,
    purpose: fields.purpose.trim(),
    client: fields.client.trim(),
    rowsMax,
    bytesMax,
    destination: fields.destination,
    recipient: needsRecipient(fields) ? fields.recipient.trim() : '',
    legalBasis: fields.legalBasis.trim(),
    clientInformed: fields.clientInformed === '' ? null : fields.clientInformed === 'yes',
    deleteBy: fromLocalField(fields.deleteBy)?.toISOString() ?? null,
    scope: fields.scope,
    usesMax: wholeNumber(fields.usesMax) ?? 1,
    notBefore: from.toISOString(),
    notAfter: until.toISOString(),
  };
}

function WhyFields({ fields, set, problems }: FieldsProps) {
  const { t } = useTranslation();
  const problem = useProblemText();
  return (
    <>
      <Textarea
        label={t('ticketNew.purpose')}
        description={t('ticketNew.purposeHelp')}
        required
        autosize
        minRows={3}
        maxLength={2_000}
        value={fields.purpose}
        error={problem(problems.purpose)}
        onChange={(event) => set({ purpose: event.currentTarget.value })}
      />
      <TextInput
        label={t('ticketNew.client')}
        description={t('ticketNew.clientHelp')}
        maxLength={200}
        value={fields.client}
        onChange={(event) => set({ client: event.currentTarget.value })}
      />
    </>
  );
}

function AmountFields({ fields, set, problems }: FieldsProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const problem = useProblemText();
  const number = { required: true, min: 1, allowDecimal: false, allowNegative: false, thousandSeparator: ',' } as const;
  const size = formatBytes(wholeNumber(fields.bytesMax) ?? 0, locale);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NumberInput
        {...number}
        label={t('ticketNew.rowsMax')}
        description={t('ticketNew.rowsHelp')}
        value={fields.rowsMax}
        error={problem(problems.rowsMax)}
        onChange={(rowsMax) => set({ rowsMax })}
      />
      <NumberInput
        {...number}
        label={t('ticketNew.bytesMax')}
        description={t('ticketNew.bytesHelp', { size })}
        value={fields.bytesMax}
        error={problem(problems.bytesMax)}
        onChange={(bytesMax) => set({ bytesMax })}
      />
    </SimpleGrid>
  );
}

function WindowFields({ fields, set, problems }: FieldsProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const problem = useProblemText();
  const zone = t('ticketNew.zoneHelp', { zone: zoneName(locale, new Date()) });
  return (
    <Fieldset legend={t('ticketNew.window')}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          type="datetime-local"
          label={t('ticketNew.notBefore')}
          description={zone}
          required
          value={fields.notBefore}
          error={problem(problems.notBefore)}
          onChange={(event) => set({ notBefore: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={t('ticketNew.notAfter')}
          description={zone}
          required
          value={fields.notAfter}
          error={problem(problems.notAfter)}
          onChange={(event) => set({ notAfter: event.currentTarget.value })}
        />
      </SimpleGrid>
    </Fieldset>
  );
}
