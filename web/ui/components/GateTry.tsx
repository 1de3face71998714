import { Button, Group, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useJudge } from '../api/commands.ts';
import type { GuardedTarget } from '../api/gate-schemas.ts';
import type { Judgement } from '../api/schemas.ts';
import { markedParts } from '../format/marked.ts';
import { Act } from './Act.tsx';
import { Failure } from './Failure.tsx';
import { Tag } from './StateBadge.tsx';
import { Visible } from './Texts.tsx';
import { useLocale, useNameOf } from './use-locale.ts';

const TONES = { allow: 'good', ask: 'wait', needs_ticket: 'wait', deny: 'bad' } as const;
const CHARACTERS_MAX = 16_384;

interface Tried {
  readonly text: string;
  readonly target: GuardedTarget;
  readonly judgement: Judgement;
}

/** A command and a target: what the gate would say, without anything being run. */
export function GateTry({ targets }: { readonly targets: readonly GuardedTarget[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const judge = useJudge();
  const [id, setId] = useState(targets[0]?.id ?? null);
  const [command, setCommand] = useState('');
  const [empty, setEmpty] = useState(false);
  const [tried, setTried] = useState<Tried>();
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const target = targets.find((one) => one.id === id);
    setEmpty(command.trim() === '');
    if (target === undefined || command.trim() === '') return;
    const judgement = await judge.mutateAsync({ targetId: target.id, command });
    setTried({ text: command, target, judgement });
  };
  return (
    <Stack>
      <form onSubmit={(event) => void submit(event).catch(() => undefined)} noValidate>
        <Stack maw={720}>
          <Select
            label={t('gate.target')}
            data={targets.map((one) => ({ value: one.id, label: `${one.name} (${one.systemTitle[locale]})` }))}
            value={id}
            onChange={setId}
            allowDeselect={false}
          />
          <Textarea
            label={t('gate.command')}
            description={t('gate.commandHelp')}
            required
            autosize
            minRows={3}
            maxRows={16}
            maxLength={CHARACTERS_MAX}
            spellCheck={false}
            autoComplete="off"
            classNames={{ input: 'mono' }}
            value={command}
            error={empty ? t('common.required') : undefined}
            onChange={(event) => setCommand(event.currentTarget.value)}
          />
          {judge.error !== null && <Failure error={judge.error} />}
          <Group>
            <Button type="submit" loading={judge.isPending}>
              {t('gate.judge')}
            </Button>
          </Group>
        </Stack>
      </form>
      <div role="status">{tried !== undefined && <Verdict tried={tried} />}</div>
    </Stack>
  );
}

function Verdict({ tried: { text, target, judgement } }: { readonly tried: Tried }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Title order={3} size="h4">
          {t('gate.verdict')}
        </Title>
        <Tag tone={TONES[judgement.verdict]}>{nameOf('verdict', judgement.verdict)}</Tag>
      </Group>
      <Text>{t(`gate.meaning.${judgement.verdict}`)}</Text>
      <Marked text={text} judgement={judgement} />
      <Act
        text={text}
        judgement={judgement}
        assets={target.assets.filter((asset) => judgement.objects.includes(asset.name))}
      />
    </Stack>
  );
}

/** The text with the places of the findings marked; what cannot be seen is written out. */
function Marked({ text, judgement }: { readonly text: string; readonly judgement: Judgement }) {
  const { t } = useTranslation();
  if (judgement.findings.length === 0) return null;
  return (
    <pre className="exact" aria-label={t('gate.marked')} tabIndex={0} role="group">
      {markedParts(
        text,
        judgement.findings.map(({ span }) => span),
      ).map((part, at) =>
        part.marked ? (
          <mark key={at}>
            <Visible text={part.text} />
          </mark>
        ) : (
          <Visible key={at} text={part.text} />
        ),
      )}
    </pre>
  );
}
