import { Alert, Button, Checkbox, Group, NativeSelect, NumberInput, Stack, Text, Textarea } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDiscardDraft, useRequestWork, useSaveDraft } from '../api/ticket-commands.ts';
import type { Choices, Ticket } from '../api/ticket-schemas.ts';
import { toLocalField } from '../format/dates.ts';
import { toWorkRequest, type WorkFields, type WorkKind, type WorkProblems, workProblems } from '../format/work-form.ts';
import { Failure } from './Failure.tsx';
import { useLocale } from './use-locale.ts';
import { useWorkProblem, WorkWindow } from './WorkWindow.tsx';

const HOUR_MS = 3_600_000;

interface WorkFormProps {
  readonly kind: WorkKind;
  readonly choices: Choices;
  readonly draft: { readonly id: string; readonly content: Readonly<Record<string, unknown>> } | undefined;
  readonly onAsked: (ticket: Ticket) => void;
}

function startFields(content: Readonly<Record<string, unknown>> = {}): WorkFields {
  const now = new Date();
  const text = (name: string, otherwise = ''): string => {
    const value = content[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
  };
  const { targets } = content;
  return {
    targets: Array.isArray(targets) ? targets.filter((one) => typeof one === 'string') : [],
    ...{ from: text('from'), to: text('to'), purpose: text('purpose'), plan: text('plan'), parcel: text('parcel') },
    window: content['window'] === 'chosen' ? 'chosen' : 'approval',
    notBefore: text('notBefore', toLocalField(now)),
    notAfter: text('notAfter', toLocalField(new Date(now.getTime() + 4 * HOUR_MS))),
    hours: text('hours', '4'),
  };
}

/** Asks for work or a transfer, or says that it is an emergency. */
export function WorkForm({ kind, choices, draft, onAsked }: WorkFormProps) {
  const { t } = useTranslation();
  const request = useRequestWork(kind);
  const save = useSaveDraft();
  const discard = useDiscardDraft();
  const [fields, setFields] = useState(() => startFields(draft?.content));
  const [tried, setTried] = useState(false);
  const [draftId, setDraftId] = useState(draft?.id);
  const problems = tried ? workProblems(kind, fields) : {};
  const set = (change: Partial<WorkFields>): void => setFields((before) => ({ ...before, ...change }));
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setTried(true);
    const form = event.currentTarget;
    const asked = toWorkRequest(kind, fields);
    if (asked === undefined) {
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    const ticket = await request.mutateAsync(asked);
    if (draftId !== undefined) await discard.mutateAsync(draftId);
    onAsked(ticket);
  };
  const keep = async (): Promise<void> => {
    setDraftId((await save.mutateAsync({ id: draftId, kind, content: fields })).id);
  };
  const parts = { kind, choices, fields, set, problems };
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)} noValidate>
      <Stack maw={720}>
        {kind === 'emergency' && (
          <Alert color="red" variant="outline" bg="var(--sk-sheet)" c="var(--sk-text)">
            <Text fw={600}>{t('work.emergency.loud')}</Text>
          </Alert>
        )}
        {kind === 'transfer' ? <SidesFields {...parts} /> : <TargetsField {...parts} />}
        <TextFields {...parts} />
        <WorkWindow kind={kind} fields={fields} set={set} problems={problems} />
        {request.error !== null && <Failure error={request.error} />}
        {save.error !== null && <Failure error={save.error} />}
        <Group>
          <Button type="submit" color={kind === 'emergency' ? 'red' : 'indigo'} loading={request.isPending}>
            {t(`work.submit.${kind}`)}
          </Button>
          {kind !== 'emergency' && (
            <Button variant="default" loading={save.isPending} onClick={() => void keep().catch(() => undefined)}>
              {t('work.saveDraft')}
            </Button>
          )}
          {save.isSuccess && <Text role="status">{t('common.saved')}</Text>}
        </Group>
      </Stack>
    </form>
  );
}

interface PartProps {
  readonly kind: WorkKind;
  readonly choices: Choices;
  readonly fields: WorkFields;
  readonly set: (change: Partial<WorkFields>) => void;
  readonly problems: WorkProblems;
}

function TargetsField({ kind, choices, fields, set, problems }: PartProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const problem = useWorkProblem();
  const open = choices.targets.filter(({ granted }) => granted || kind === 'emergency');
  if (open.length === 0) return <Text>{t('work.targets.none')}</Text>;
  return (
    <Checkbox.Group
      label={t('work.targets')}
      required
      value={[...fields.targets]}
      error={problem(problems.targets)}
      onChange={(targets) => set({ targets })}
    >
      <Stack gap="xs" mt="xs">
        {open.map((target) => (
          <Checkbox
            key={target.id}
            value={target.id}
            label={`${target.name} (${locale === 'ja' ? target.systemTitleJa : target.systemTitleEn})`}
            description={target.required ? t('work.targets.required') : undefined}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function SidesFields({ choices, fields, set, problems }: PartProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const problem = useWorkProblem();
  const titled = (systems: Choices['systems']) => [
    { value: '', label: t('work.choose') },
    ...systems.map(({ id, titleEn, titleJa }) => ({ value: id, label: locale === 'ja' ? titleJa : titleEn })),
  ];
  return (
    <>
      <NativeSelect
        label={t('work.from')}
        required
        data={titled(choices.systems.filter(({ works }) => works))}
        value={fields.from}
        error={problem(problems.from)}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('work.to')}
        required
        data={titled(choices.systems)}
        value={fields.to}
        error={problem(problems.to)}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
      <NumberInput
        label={t('work.parcel')}
        description={t('work.parcelHelp')}
        min={1}
        allowDecimal={false}
        value={fields.parcel}
        error={problem(problems.parcel)}
        onChange={(parcel) => set({ parcel })}
      />
    </>
  );
}

function TextFields({ kind, fields, set, problems }: PartProps) {
  const { t } = useTranslation();
  const problem = useWorkProblem();
  const area = { required: true, autosize: true, minRows: 3 } as const;
  return (
    <>
      <Textarea
        {...area}
        label={t(kind === 'emergency' ? 'work.reason' : 'ticketNew.purpose')}
        maxLength={2_000}
        value={fields.purpose}
        error={problem(problems.purpose)}
        onChange={(event) => set({ purpose: event.currentTarget.value })}
      />
      {kind !== 'emergency' && (
        <Textarea
          {...area}
          label={t(kind === 'access' ? 'work.plan' : 'work.description')}
          description={t(kind === 'access' ? 'work.planHelp' : 'work.descriptionHelp')}
          maxLength={10_000}
          value={fields.plan}
          error={problem(problems.plan)}
          onChange={(event) => set({ plan: event.currentTarget.value })}
        />
      )}
    </>
  );
}
