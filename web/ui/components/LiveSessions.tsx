import { Group, Stack, Table, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useControlSession } from '../api/commands.ts';
import { useLiveSessions } from '../api/queries.ts';
import type { ControlVerb, LiveSession } from '../api/schemas.ts';
import { Answer } from './Answer.tsx';
import { Confirm } from './Confirm.tsx';
import { Done } from './Done.tsx';
import { Empty } from './Page.tsx';
import { Scroll } from './Scroll.tsx';
import { Tag } from './StateBadge.tsx';
import { Moment, Visible } from './Texts.tsx';
import { useNameOf } from './use-locale.ts';
import { useNow } from './use-now.ts';
import { formatDuration } from '../format/dates.ts';

/** What goes on now, and what those who answer for it may do about it. */
export function LiveSessions(): ReactElement {
  const { t } = useTranslation();
  const sessions = useLiveSessions();
  const [done, setDone] = useState<ControlVerb | undefined>();
  return (
    <Stack>
      <Text maw={760}>{t('live.intro')}</Text>
      {done !== undefined && <Done text={t(`live.done.${done}`)} />}
      <Answer query={sessions}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('live.none')} next={t('live.noneNext')} />
          ) : (
            <LiveTable sessions={list} onDone={setDone} />
          )
        }
      </Answer>
    </Stack>
  );
}

interface Told {
  readonly onDone: (verb: ControlVerb) => void;
}

function LiveTable({ sessions, onDone }: { readonly sessions: readonly LiveSession[] } & Told) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <Scroll label={t('sessions.live')}>
      <Table miw={860} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('sessions.person')}</Table.Th>
            <Table.Th scope="col">{t('sessions.target')}</Table.Th>
            <Table.Th scope="col">{t('sessions.opened')}</Table.Th>
            <Table.Th scope="col">{t('live.idle')}</Table.Th>
            <Table.Th scope="col">{t('live.state')}</Table.Th>
            <Table.Th scope="col">{t('live.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => (
            <LiveRow key={session.id} session={session} now={now} onDone={onDone} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function LiveRow({ session, now, onDone }: { readonly session: LiveSession; readonly now: Date } & Told) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const { verbs, pausedAt, ending } = session;
  const state = ending ? 'ending' : pausedAt === null ? 'running' : 'paused';
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={600}>
        {session.person.name}
      </Table.Th>
      <Table.Td>
        <span className="mono">{`${session.account}@${session.target.name}`}</span>
        <div>{nameOf('kind', session.kind)}</div>
        {session.command !== null && (
          <div className="mono">
            <Visible text={session.command} />
          </div>
        )}
      </Table.Td>
      <Table.Td>
        <Moment at={session.openedAt} seconds />
      </Table.Td>
      <Table.Td>{session.lastInputAt === null ? '–' : formatDuration(session.lastInputAt, now.toISOString())}</Table.Td>
      <Table.Td>
        <Tag tone={state === 'running' ? 'live' : 'wait'}>{t(`live.state.${state}`)}</Tag>
      </Table.Td>
      <Table.Td>
        {verbs.length === 0 ? (
          '–'
        ) : (
          <Group gap="xs">
            {verbs.map((verb) => (
              <Action key={verb} verb={verb} session={session} onDone={onDone} />
            ))}
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Action({ verb, session, onDone }: { readonly verb: ControlVerb; readonly session: LiveSession } & Told) {
  const { t } = useTranslation();
  const step = useControlSession(session.id, verb);
  const whose = { name: session.person.name, target: session.target.name };
  const label = t(`live.${verb}`);
  return (
    <Confirm
      label={label}
      accessibleName={t('live.of', { action: label, ...whose })}
      title={t(`live.${verb}.title`, whose)}
      body={t(`live.${verb}.body`)}
      step={step}
      {...(verb === 'resume' ? {} : { reasonLabel: t(verb === 'message' ? 'live.text' : 'live.reason') })}
      reasonMax={500}
      danger={verb === 'end'}
      onDone={() => onDone(verb)}
    />
  );
}
