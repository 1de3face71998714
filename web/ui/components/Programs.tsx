import { Group, List, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDecideProgram } from '../api/commands.ts';
import type { Program } from '../api/gate-schemas.ts';
import { Confirm } from './Confirm.tsx';
import { Empty } from './Page.tsx';
import { Scroll } from './Scroll.tsx';
import { Tag } from './StateBadge.tsx';
import { Moment, Visible } from './Texts.tsx';
import { useLocale } from './use-locale.ts';

const TONES = { candidate: 'wait', accepted: 'good', declined: 'quiet' } as const;

/** Programs the gate does not know, with who asked for them by which command; owners decide. */
export function Programs({ programs }: { readonly programs: readonly Program[] }) {
  const { t } = useTranslation();
  if (programs.length === 0) return <Empty text={t('programs.none')} next={t('programs.noneNext')} />;
  return (
    <Scroll label={t('programs.title')}>
      <Table miw={760} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('programs.name')}</Table.Th>
            <Table.Th scope="col">{t('ticket.system')}</Table.Th>
            <Table.Th scope="col">{t('programs.askers')}</Table.Th>
            <Table.Th scope="col">{t('programs.state')}</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {programs.map((program) => (
            <ProgramRow key={program.id} program={program} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function ProgramRow({ program }: { readonly program: Program }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Table.Tr>
      <Table.Th scope="row" className="mono">
        <Visible text={program.name} />
      </Table.Th>
      <Table.Td>{locale === 'ja' ? program.system.titleJa : program.system.titleEn}</Table.Td>
      <Table.Td>
        <List>
          {program.askers.map((asker) => (
            <List.Item key={asker.id}>
              {asker.name} ({t('programs.times', { count: asker.times, n: asker.times })}):{' '}
              <span className="mono">
                <Visible text={asker.text} />
              </span>
            </List.Item>
          ))}
        </List>
      </Table.Td>
      <Table.Td>
        <Tag tone={TONES[program.state]}>{t(`programs.state.${program.state}`)}</Tag>
        {program.reason !== null && program.decidedAt !== null && (
          <Text size="sm" mt={4}>
            {program.reason} ({program.decidedBy}, <Moment at={program.decidedAt} />)
          </Text>
        )}
      </Table.Td>
      <Table.Td>{program.owned && <Decide program={program} />}</Table.Td>
    </Table.Tr>
  );
}

function Decide({ program: { id, name, state } }: { readonly program: Program }) {
  const { t } = useTranslation();
  const accept = useDecideProgram(id, 'accept');
  const decline = useDecideProgram(id, 'decline');
  const asked = { reasonLabel: t('programs.reason') };
  return (
    <Stack gap="xs">
      <Group gap="xs" wrap="nowrap">
        {state !== 'accepted' && (
          <Confirm
            {...asked}
            label={t('programs.accept')}
            accessibleName={t('programs.acceptNamed', { name })}
            title={t('programs.acceptTitle', { name })}
            body={t('programs.acceptBody')}
            step={accept}
          />
        )}
        {state !== 'declined' && (
          <Confirm
            {...asked}
            label={t('programs.decline')}
            accessibleName={t('programs.declineNamed', { name })}
            title={t('programs.declineTitle', { name })}
            body={t('programs.declineBody')}
            step={decline}
          />
        )}
      </Group>
    </Stack>
  );
}
