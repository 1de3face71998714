import { Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type SystemEntry, useSystems } from '../api/estate.ts';
import { AssetList } from '../components/Act.tsx';
import { Answer } from '../components/Answer.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Facts, Page, Part } from '../components/Page.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { useNameOf, useTitle } from '../components/use-locale.ts';

/** Every system with who answers for it, what of it must not leave unasked, and its servers. */
export function SystemsPage(): ReactElement {
  const { t } = useTranslation();
  const systems = useSystems();
  return (
    <Page title={t('systems.title')} intro={t('systems.intro')}>
      <Answer query={systems}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('systems.none')} next={t('systems.none.next')} />
          ) : (
            <Stack gap="lg">
              {list.map((system) => (
                <OneSystem key={system.id} system={system} />
              ))}
            </Stack>
          )
        }
      </Answer>
    </Page>
  );
}

function OneSystem({ system }: { readonly system: SystemEntry }) {
  const { t } = useTranslation();
  const titleOf = useTitle();
  const { assets, owners, protectionClass, targets } = system;
  const title = `${titleOf(system.title)} (${system.name})`;
  return (
    <Part title={title}>
      <Stack>
        <Facts
          rows={[
            [
              t('systems.owners'),
              owners.length === 0 ? (
                <Text c="red.9">{t('systems.owners.none')}</Text>
              ) : (
                owners.map(({ name }) => name).join(', ')
              ),
            ],
            [t('systems.class'), String(protectionClass)],
            [
              t('systems.assets'),
              assets.length === 0 ? t('systems.assets.none') : <AssetList assets={assets} names={[]} />,
            ],
          ]}
        />
        {targets.length > 0 && <Servers caption={title} targets={targets} />}
      </Stack>
    </Part>
  );
}

type Server = SystemEntry['targets'][number];

function Servers({ caption, targets }: { readonly caption: string; readonly targets: readonly Server[] }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const columns: readonly Column<Server>[] = [
    {
      name: t('systems.server'),
      cell: ({ id, name, legacy }) => (
        <Group gap="xs">
          <TextLink to="/systems/targets/$id" params={{ id }}>
            {name}
          </TextLink>
          {legacy && <Tag tone="wait">{t('systems.legacy')}</Tag>}
        </Group>
      ),
      isRowHeader: true,
    },
    { name: t('systems.address'), cell: ({ host, port }) => <span className="mono">{`${host}:${port}`}</span> },
    { name: t('systems.mode'), cell: ({ mode }) => nameOf('mode', mode) },
    { name: t('systems.people'), cell: ({ people }) => String(people) },
  ];
  return <DataTable caption={caption} columns={columns} rows={targets} keyOf={({ id }) => id} minWidth={640} />;
}
