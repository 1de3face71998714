import { Group, Stack, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useControlSession } from '../api/commands.ts';
import { useLiveSessions } from '../api/queries.ts';
import type { ControlVerb, LiveSession } from '../api/schemas.ts';
import { Answer } from './Answer.tsx';
import { Confirm } from './Confirm.tsx';
import { DataTable } from './DataTable.tsx';
import { Done } from './Done.tsx';
import { TextLink } from './Links.tsx';
import { Empty } from './Page.tsx';
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
  return (
    <DataTable
      caption={t('sessions.live')}
      columns={[
        {
          name: t('sessions.person'),
          isRowHeader: true,
          cell: ({ id, person, target }) => (
            <TextLink
              to="/sessions/$id"
              params={{ id }}
              title={t('sessions.open', { name: person.name, target: target.name })}
            >
              {person.name}
            </TextLink>
          ),
        },
        { name: t('sessions.target'), cell: (session) => <Where session={session} /> },
        { name: t('sessions.opened'), cell: ({ openedAt }) => <Moment at={openedAt} seconds /> },
        { name: t('live.idle'), cell: ({ lastInputAt }) => <Idle since={lastInputAt} /> },
        { name: t('live.state'), cell: (session) => <LiveTag session={session} /> },
        { name: t('live.actions'), cell: (session) => <Actions session={session} onDone={onDone} /> },
      ]}
      rows={sessions}
      keyOf={({ id }) => id}
      minWidth={860}
    />
  );
}

interface Of {
  readonly session: LiveSession;
}

function Where({ session }: Of) {
  const nameOf = useNameOf();
  return (
    <>
      <span className="mono">{`${session.account}@${session.target.name}`}</span>
      <div>{nameOf('kind', session.kind)}</div>
      {session.command !== null && (
        <div className="mono">
          <Visible text={session.command} />
        </div>
      )}
    </>
  );
}

function Idle({ since }: { readonly since: string | null }) {
  const now = useNow();
  return <>{since === null ? '–' : formatDuration(since, now.toISOString())}</>;
}

function LiveTag({ session: { ending, pausedAt } }: Of) {
  const { t } = useTranslation();
  const state = ending ? 'ending' : pausedAt === null ? 'running' : 'paused';
  return <Tag tone={state === 'running' ? 'live' : 'wait'}>{t(`live.state.${state}`)}</Tag>;
}

function Actions({ session, onDone }: Of & Told) {
  if (session.verbs.length === 0) return <>–</>;
  return (
    <Group gap="xs">
      {session.verbs.map((verb) => (
        <Action key={verb} verb={verb} session={session} onDone={onDone} />
      ))}
    </Group>
  );
}

/** How one session stands and what may be done to it, on its own page. */
export function LiveActions({ session }: Of) {
  const { t } = useTranslation();
  const [done, setDone] = useState<ControlVerb | undefined>();
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <LiveTag session={session} />
        {session.verbs.length > 0 && <Actions session={session} onDone={setDone} />}
      </Group>
      {done !== undefined && <Done text={t(`live.done.${done}`)} />}
    </Stack>
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
