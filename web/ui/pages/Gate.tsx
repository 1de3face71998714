import { Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useGate, useMe, usePrograms } from '../api/queries.ts';
import type { GuardedTarget } from '../api/gate-schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { Budgets } from '../components/Budgets.tsx';
import { GateTry } from '../components/GateTry.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { Programs } from '../components/Programs.tsx';

/** The gate for those who answer for it: what it would say, what it does not know, what it lets out. */
export function GatePage(): ReactElement {
  const { t } = useTranslation();
  const gate = useGate();
  const programs = usePrograms();
  return (
    <Page title={t('gate.title')} intro={t('gate.intro')}>
      <Answer query={gate}>
        {({ targets, use }) =>
          targets.length === 0 ? (
            <Empty text={t('gate.none')} />
          ) : (
            <Stack gap="lg">
              <TryPart targets={targets} />
              <Part title={t('programs.title')}>
                <Answer query={programs}>{(list) => <Programs programs={list} />}</Answer>
              </Part>
              <Part title={t('gate.targets')}>
                <Budgets targets={targets} use={use} />
              </Part>
            </Stack>
          )
        }
      </Answer>
    </Page>
  );
}

function TryPart({ targets }: { readonly targets: readonly GuardedTarget[] }) {
  const { t } = useTranslation();
  const roles = useMe().data?.person.roles ?? [];
  const every = roles.includes('administrator') || roles.includes('security_officer');
  const mine = every ? targets : targets.filter(({ owned }) => owned);
  if (mine.length === 0) return null;
  return (
    <Part title={t('gate.try')}>
      <GateTry targets={mine} />
    </Part>
  );
}
