import { List, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Asset, Judgement } from '../api/schemas.ts';
import { formatCount } from '../format/numbers.ts';
import { ExactText, Visible } from './Texts.tsx';
import { useLocale, useNameOf } from './use-locale.ts';

/** One act laid open: the exact text, what it means, why it was stopped, which protected data it is about. */
export function Act(props: {
  readonly text: string;
  readonly judgement: Judgement;
  readonly assets: readonly Asset[];
}) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <ExactText text={props.text} label={t('act.exact')} />
      <section>
        <Title order={3} size="h4">
          {t('act.meaning')}
        </Title>
        <Words commands={props.judgement.commands} />
      </section>
      <section>
        <Title order={3} size="h4">
          {t('act.findings')}
        </Title>
        <Findings judgement={props.judgement} />
      </section>
      <section>
        <Title order={3} size="h4">
          {t('act.assets')}
        </Title>
        <AssetList assets={props.assets} names={assetNames(props.judgement)} />
      </section>
      <Text size="sm" c="dimmed">
        {t('act.digest')}: <span className="mono">{props.judgement.digest}</span>
      </Text>
    </Stack>
  );
}

/** The protected assets a judgement names, each once. */
export function assetNames(judgement: Judgement): readonly string[] {
  return [...new Set(judgement.findings.flatMap((finding) => finding.assets))];
}

function Words({ commands }: { readonly commands: Judgement['commands'] }) {
  const { t } = useTranslation();
  if (commands.length === 0) return <Text>{t('act.noCommands')}</Text>;
  return (
    <Stack component="ol" gap={4} m={0} p={0} style={{ listStyle: 'none' }}>
      {commands.map((words, at) => (
        <li key={at} aria-label={t('act.command', { n: at + 1 })}>
          {words.map((word, place) => (
            <span className="word" key={place}>
              {word === '' ? <em>{t('act.emptyWord')}</em> : <Visible text={word} />}
            </span>
          ))}
        </li>
      ))}
    </Stack>
  );
}

function Findings({ judgement }: { readonly judgement: Judgement }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useNameOf();
  if (judgement.findings.length === 0) return <Text>{t('common.none')}</Text>;
  return (
    <List>
      {judgement.findings.map((finding, at) => (
        <List.Item key={at}>
          {nameOf('finding', finding.class)}:{' '}
          <span className="mono">
            <Visible text={finding.subject} />
          </span>
          {finding.assets.length > 0 && <> ({t('finding.onAssets', { assets: finding.assets.join(', ') })})</>}
          {finding.why !== undefined && finding.why !== null && (
            <Text>
              {finding.why[locale]}{' '}
              <Text span size="sm" c="dimmed">
                {t('gate.rule', { rule: finding.rule })}
              </Text>
            </Text>
          )}
        </List.Item>
      ))}
    </List>
  );
}

/** Protected assets with their counts where known, else by the names the judgement gave. */
export function AssetList(props: { readonly assets: readonly Asset[]; readonly names: readonly string[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useNameOf();
  const known = props.assets;
  const rest = props.names.filter((name) => !known.some((asset) => asset.name === name));
  if (known.length + rest.length === 0) return <Text>{t('common.none')}</Text>;
  return (
    <List>
      {known.map((asset) => (
        <List.Item key={asset.kind + asset.name}>
          {nameOf('assetKind', asset.kind)} <span className="mono">{asset.name}</span>,{' '}
          {asset.recordCount === null
            ? t('common.unknownCount')
            : t('common.records', { count: asset.recordCount, n: formatCount(asset.recordCount, locale) })}
          ,{' '}
          {asset.copyOf === undefined ? nameOf('dataClass', asset.dataClass) : t('gate.copyOf', { name: asset.copyOf })}
        </List.Item>
      ))}
      {rest.map((name) => (
        <List.Item key={name}>
          <span className="mono">{name}</span>
        </List.Item>
      ))}
    </List>
  );
}
