import { Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { GuardedTarget, MeterUse, Windows } from '../api/gate-schemas.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';
import { AssetList } from './Act.tsx';
import { Facts } from './Page.tsx';
import { Scroll } from './Scroll.tsx';
import { useLocale, useNameOf } from './use-locale.ts';

const KINDS = ['persons', 'rows', 'bytes', 'opaqueBytes', 'files'] as const;
const WINDOWS = ['command', 'session', 'day', 'days30', 'days90', 'days365', 'lifetime'] as const;

interface Props {
  readonly targets: readonly GuardedTarget[];
  readonly use: readonly MeterUse[];
}

/** Each target with its mode and what that cannot see, its limits, and what left in the last 30 days. */
export function Budgets({ targets, use }: Props) {
  return (
    <Stack gap="xl">
      {targets.map((target) => (
        <OneTarget key={target.id} target={target} use={use.filter(({ systemId }) => systemId === target.systemId)} />
      ))}
    </Stack>
  );
}

function OneTarget({ target, use }: { readonly target: GuardedTarget; readonly use: readonly MeterUse[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useNameOf();
  const { budget, mode, name } = target;
  return (
    <section aria-label={name}>
      <Title order={3} size="h4" mb="xs">
        <span className="mono">{name}</span> · {target.systemTitle[locale]}
      </Title>
      <Facts
        rows={[
          [t('gate.mode'), nameOf('mode', mode)],
          [t('gate.notSeen'), t(`gate.notSeen.${mode}`)],
          [t('gate.assets'), <AssetList assets={target.assets} names={[]} />],
          [t('gate.programs'), target.programs.length === 0 ? t('common.none') : target.programs.join(', ')],
          [
            t('gate.soft'),
            budget.softRatio === 1 ? t('common.none') : t('gate.soft.at', { n: Math.round(budget.softRatio * 100) }),
          ],
        ]}
      />
      <Title order={4} size="h5" mt="md">
        {t('gate.limits')}
      </Title>
      <Limits target={target} />
      <Title order={4} size="h5" mt="md">
        {t('gate.use')}
      </Title>
      <Use use={use} label={t('gate.useOf', { name })} />
    </section>
  );
}

function Limits({ target: { budget, name } }: { readonly target: GuardedTarget }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const isSet = (windows: Windows | undefined): windows is Windows =>
    windows !== undefined && WINDOWS.some((window) => typeof windows[window] === 'number');
  const kinds = KINDS.filter((kind) => isSet(budget.limits[kind]));
  if (kinds.length === 0) return <Text>{t('gate.noLimits')}</Text>;
  return (
    <Scroll label={t('gate.limitsOf', { name })}>
      <Table miw={760}>
        <Table.Thead>
          <Table.Tr>
            <Table.Td />
            {WINDOWS.map((window) => (
              <Table.Th scope="col" key={window}>
                {t(`gate.window.${window}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kinds.map((kind) => (
            <Table.Tr key={kind}>
              <Table.Th scope="row">{t(`gate.kind.${kind}`)}</Table.Th>
              {WINDOWS.map((window) => {
                const value = budget.limits[kind]?.[window] ?? null;
                const isBytes = kind === 'bytes' || kind === 'opaqueBytes';
                const shown = value === null ? '–' : isBytes ? formatBytes(value, locale) : formatCount(value, locale);
                return <Table.Td key={window}>{shown}</Table.Td>;
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Use({ use, label }: { readonly use: readonly MeterUse[]; readonly label: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (use.length === 0) return <Text>{t('gate.noUse')}</Text>;
  return (
    <Scroll label={label}>
      <Table miw={760}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('gate.person')}</Table.Th>
            <Table.Th scope="col">{t('gate.mostPersons')}</Table.Th>
            <Table.Th scope="col">{t('gate.days')}</Table.Th>
            <Table.Th scope="col">{t('gate.kind.rows')}</Table.Th>
            <Table.Th scope="col">{t('gate.kind.bytes')}</Table.Th>
            <Table.Th scope="col">{t('gate.kind.opaqueBytes')}</Table.Th>
            <Table.Th scope="col">{t('gate.kind.files')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {use.map((one, at) => (
            <Table.Tr key={at}>
              <Table.Th scope="row">{one.person}</Table.Th>
              <Table.Td>{formatCount(one.mostPersons, locale)}</Table.Td>
              <Table.Td>{formatCount(one.days, locale)}</Table.Td>
              <Table.Td>{formatCount(one.rows, locale)}</Table.Td>
              <Table.Td>{formatBytes(one.bytes, locale)}</Table.Td>
              <Table.Td>{formatBytes(one.opaqueBytes, locale)}</Table.Td>
              <Table.Td>{formatCount(one.files, locale)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
