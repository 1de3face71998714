import { Stack, Text, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Configuration, useConfiguration } from '../api/estate.ts';
import { Answer } from '../components/Answer.tsx';
import { CopyLine } from '../components/CopyLine.tsx';
import { DataTable } from '../components/DataTable.tsx';
import { Facts, Page, Part } from '../components/Page.tsx';
import { ProtectionLine } from '../components/ProtectionLine.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { ExactText } from '../components/Texts.tsx';
import { useLocale } from '../components/use-locale.ts';
import { formatMoment } from '../format/dates.ts';

/** What the running gateway goes by. Nothing is changed here: a file says it, and a restart reads it. */
export function ConfigurationPage(): ReactElement {
  const { t } = useTranslation();
  const configuration = useConfiguration();
  return (
    <Page title={t('configuration.title')} intro={t('configuration.intro')}>
      <Answer query={configuration}>
        {(data) => (
          <Stack gap="lg">
            <Process data={data} />
            <Part title={t('configuration.storage')}>
              <ProtectionLine />
            </Part>
            <Authorities authorities={data.authorities} />
            <Witnesses witnesses={data.witnesses} />
            <Entries entries={data.entries} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Process({ data: { mode, version, workers } }: { readonly data: Configuration }) {
  const { t } = useTranslation();
  return (
    <Part title={t('configuration.process')}>
      <Facts
        rows={[
          [t('configuration.version'), version],
          [t('configuration.mode'), t(`configuration.mode.${mode}`)],
          [
            t('configuration.workers'),
            workers.wanted === 0 ? t('configuration.workers.none') : t('configuration.workers.of', workers),
          ],
        ]}
      />
    </Part>
  );
}

function Authorities({ authorities }: Pick<Configuration, 'authorities'>) {
  const { t } = useTranslation();
  return (
    <Part title={t('configuration.keys')}>
      <Stack>
        {authorities.map(({ kind, step, keys }) => (
          <div key={kind}>
            <Text fw={600}>{`${kind}: ${t(`configuration.keys.${kind}`)}`}</Text>
            {keys.map(({ line, fingerprint }) => (
              <div key={line}>
                <Text size="sm" className="mono">
                  {fingerprint}
                </Text>
                <CopyLine line={line} />
              </div>
            ))}
            <Text size="sm">{`${t('configuration.keys.step')}: ${t(`configuration.keys.step.${step}`)}`}</Text>
          </div>
        ))}
        <div>
          <Text size="sm">{t('configuration.keys.rotate')}</Text>
          <CopyLine line="sekisho authority rotate user announce" />
        </div>
      </Stack>
    </Part>
  );
}

function Witnesses({ witnesses }: Pick<Configuration, 'witnesses'>) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { graceMinutes, lateSince, origin, policy } = witnesses;
  const state =
    lateSince === null ? (
      t('configuration.witnesses.quick')
    ) : (
      <Tag tone="bad">{t('configuration.witnesses.late', { since: formatMoment(lateSince, locale) })}</Tag>
    );
  return (
    <Part title={t('configuration.witnesses')}>
      <Facts
        rows={[
          [t('configuration.witnesses.state'), state],
          [t('configuration.witnesses.origin'), origin],
          [t('configuration.witnesses.grace'), String(graceMinutes)],
          [
            t('configuration.witnesses.policy'),
            <ExactText key="policy" text={policy.trimEnd()} label={t('configuration.witnesses.policy')} />,
          ],
        ]}
      />
    </Part>
  );
}

function Entries({ entries }: Pick<Configuration, 'entries'>) {
  const { t } = useTranslation();
  const [sought, setSought] = useState('');
  const wanted = sought.trim().toLowerCase();
  const shown = entries.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(wanted));
  return (
    <Part title={t('configuration.entries')}>
      <Stack>
        <TextInput
          label={t('configuration.find')}
          maw={360}
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
        {shown.length === 0 ? (
          <Text>{t('configuration.nothing')}</Text>
        ) : (
          <DataTable
            caption={t('configuration.entries')}
            columns={[
              {
                name: t('configuration.key'),
                cell: ({ key }) => <span className="mono">{key}</span>,
                isRowHeader: true,
              },
              { name: t('configuration.value'), cell: ({ value }) => <span className="mono">{value}</span> },
            ]}
            rows={shown}
            keyOf={({ key }) => key}
            minWidth={640}
          />
        )}
      </Stack>
    </Part>
  );
}
