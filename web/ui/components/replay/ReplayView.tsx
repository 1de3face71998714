import { Checkbox, Group, NativeSelect, Stack, Tabs, Text } from '@mantine/core';
import { type KeyboardEvent, useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/queries.ts';
import type { ReadyReplay } from '../../api/replay.ts';
import { formatOffset, fromPlayed, toPlayed } from '../../format/replay-time.ts';
import { Player, type PlayerHandle } from '../Player.tsx';
import { Moment } from '../Texts.tsx';
import { DensityBar } from './DensityBar.tsx';
import { Exports } from './Exports.tsx';
import { Keystrokes } from './Keystrokes.tsx';
import { MarkerList } from './MarkerList.tsx';
import { Transcript } from './Transcript.tsx';

const SPEEDS = ['0.5', '1', '2', '4', '8', '16'];

/** The screen, what was read off it, and what was typed, of one recording. */
export function ReplayView({ replay, at }: { readonly replay: ReadyReplay; readonly at: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const [tab, setTab] = useState<string | null>('screen');
  const [jump, setJump] = useState(at);
  const isAuditor = me.data?.person.roles.includes('auditor') === true;
  const show = (moment: number): void => {
    setJump(moment);
    setTab('screen');
  };
  return (
    <Stack gap="sm">
      <ReadingNotes replay={replay} />
      <Tabs value={tab} onChange={setTab} keepMounted={false} activateTabWithKeyboard={false}>
        <Tabs.List aria-label={t('replay.views')}>
          <Tabs.Tab value="screen">{t('replay.screen')}</Tabs.Tab>
          <Tabs.Tab value="transcript">{t('replay.transcript')}</Tabs.Tab>
          {isAuditor && <Tabs.Tab value="keystrokes">{t('replay.keystrokes')}</Tabs.Tab>}
          <Tabs.Tab value="exports">{t('replay.exports')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="screen" pt="sm">
          <ScreenOf replay={replay} at={jump} />
        </Tabs.Panel>
        <Tabs.Panel value="transcript" pt="sm">
          <Transcript replay={replay} onJump={show} />
        </Tabs.Panel>
        {isAuditor && (
          <Tabs.Panel value="keystrokes" pt="sm">
            <Keystrokes replay={replay} onJump={show} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="exports" pt="sm">
          <Exports sessionId={replay.sessionId} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

/** What a reader must know about how the bytes were read. */
function ReadingNotes({ replay }: { readonly replay: ReadyReplay }) {
  const { t } = useTranslation();
  const guessed = replay.charsets.filter((charset) => charset !== 'utf-8');
  return (
    <>
      {guessed.length > 0 && <Text size="sm">{t('replay.charset', { charsets: guessed.join(', ') })}</Text>}
      {!replay.hasTerminal && <Text size="sm">{t('replay.noTerminal')}</Text>}
    </>
  );
}

function ScreenOf({ replay, at }: { readonly replay: ReadyReplay; readonly at: number }) {
  const { t } = useTranslation();
  const [speed, setSpeed] = useState('1');
  const [isCut, setIsCut] = useState(true);
  const [now, setNow] = useState(at);
  const [startAt, setStartAt] = useState(at);
  const player = useRef<PlayerHandle>(null);
  const played = (moment: number): number => (isCut ? toPlayed(replay.cuts, moment) : moment) / 1_000;
  const real = (seconds: number): number => (isCut ? fromPlayed(replay.cuts, seconds * 1_000) : seconds * 1_000);
  const seek = useCallback(
    (moment: number): void => {
      setNow(moment);
      player.current?.seek((isCut ? toPlayed(replay.cuts, moment) : moment) / 1_000);
    },
    [isCut, replay],
  );
  const step = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const next = replay.markers.find((marker) => marker.at > now + 50);
    const before = replay.markers.findLast((marker) => marker.at < now - 1_000);
    if (event.key === 'n' && next !== undefined) seek(next.at);
    else if (event.key === 'p' && before !== undefined) seek(before.at);
    else return;
    event.preventDefault();
  };
  const url = `/api/sessions/${encodeURIComponent(replay.sessionId)}/replay/index.json?${new URLSearchParams({
    view: replay.view,
    pauses: isCut ? 'cut' : 'kept',
  }).toString()}`;
  return (
    <div onKeyDown={step} role="group" aria-label={t('replay.screen')}>
      <Controls
        {...{ replay, speed, setSpeed, isCut, now }}
        setIsCut={(cut) => {
          setStartAt(now);
          setIsCut(cut);
        }}
      />
      <div className="replay-beside">
        <div>
          <Player
            ref={player}
            url={url}
            speed={Number(speed)}
            startAt={played(startAt)}
            label={t('session.replay.label')}
            onTime={(seconds) => setNow(real(seconds))}
          />
          <DensityBar replay={replay} isCut={isCut} now={now} onSeek={seek} />
          <Text size="sm" c="dimmed" mt={4}>
            {t('replay.keys')}
          </Text>
        </div>
        <MarkerList replay={replay} now={now} onSeek={seek} />
      </div>
    </div>
  );
}

interface ControlsProps {
  readonly replay: ReadyReplay;
  readonly speed: string;
  readonly setSpeed: (speed: string) => void;
  readonly isCut: boolean;
  readonly setIsCut: (isCut: boolean) => void;
  readonly now: number;
}

/** How it plays, and at which moment it stands: since the beginning, and by the clock of then. */
function Controls({ replay, speed, setSpeed, isCut, setIsCut, now }: ControlsProps) {
  const { t } = useTranslation();
  return (
    <Group mb="sm" align="flex-end">
      <NativeSelect
        label={t('session.speed')}
        value={speed}
        onChange={(event) => setSpeed(event.currentTarget.value)}
        data={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
      />
      <Checkbox
        label={t('replay.cutPauses')}
        checked={isCut}
        disabled={replay.cuts.length === 0}
        onChange={(event) => setIsCut(event.currentTarget.checked)}
        pb={8}
      />
      <Text pb={6} className="mono">
        {formatOffset(now)} / {formatOffset(replay.durationMillis)}
      </Text>
      <Text pb={6} size="sm" c="dimmed">
        <Moment at={new Date(replay.startedAt + now).toISOString()} seconds />
      </Text>
    </Group>
  );
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea') !== null;
}
