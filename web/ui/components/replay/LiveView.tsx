import 'asciinema-player/dist/bundle/asciinema-player.css';
import { Alert, Group, Stack, Text } from '@mantine/core';
import { create } from 'asciinema-player';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openLive } from '../../api/live.ts';
import type { Marker } from '../../api/replay.ts';
import { formatOffset } from '../../format/replay-time.ts';
import { SCREEN_MONO } from '../../theme.ts';
import { Tag } from '../StateBadge.tsx';
import { Visible } from '../Texts.tsx';
import { useNameOf } from '../use-locale.ts';

type LiveState = 'opening' | 'shown' | 'lost' | 'ended';

/** The screen of a session that goes on, drawn by the same emulator as a replay, and what happens beside it. */
export default function LiveView(props: {
  readonly sessionId: string;
  readonly view: string;
  readonly onEnded: () => void;
}) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<LiveState>('opening');
  const [markers, setMarkers] = useState<readonly Marker[]>([]);
  const ended = useRef(props.onEnded);
  ended.current = props.onEnded;
  const { sessionId, view } = props;
  useEffect(() => {
    if (frame.current === null) return undefined;
    const player = create(
      sourceOf(sessionId, view, {
        onState: (now) => {
          setState(now);
          if (now === 'ended') ended.current();
        },
        onReset: () => setMarkers([]),
        onMarker: (marker) => setMarkers((known) => [...known, marker].slice(-KEPT_MAX)),
      }),
      frame.current,
      {
        autoPlay: true,
        controls: false,
        fit: 'width',
        terminalFontFamily: SCREEN_MONO,
        theme: 'asciinema',
      },
    );
    return () => player.dispose();
  }, [sessionId, view]);
  return (
    <Stack gap="sm">
      <Group gap="sm" role="status">
        <Tag tone={state === 'shown' ? 'live' : 'wait'}>{t(`watch.state.${state}`)}</Tag>
        <Text size="sm">{t('watch.noted')}</Text>
      </Group>
      {state === 'lost' && (
        <Alert color="yellow" variant="outline" bg="var(--sk-sheet)" c="var(--sk-text)">
          {t('watch.lost')}
        </Alert>
      )}
      <div className="replay-beside">
        <div ref={frame} className="player-frame" role="group" aria-label={t('watch.screen')} />
        <Happening markers={markers} />
      </div>
    </Stack>
  );
}

const KEPT_MAX = 500;

/** The newest stands last and in view, as on the screen. */
function Happening({ markers }: { readonly markers: readonly Marker[] }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [markers]);
  return (
    <div className="marker-list">
      <Text fw={600} mb="xs">
        {t('watch.happening')}
      </Text>
      {markers.length === 0 && <Text size="sm">{t('watch.happening.none')}</Text>}
      <ol ref={list} tabIndex={0} aria-label={t('watch.happening')}>
        {markers.map((marker, n) => (
          <li key={n} className="marker" data-kind={marker.kind}>
            <span className="marker-when">
              {formatOffset(marker.at)} · {nameOf('marker', marker.kind)}
            </span>
            <span className="mono">
              <Visible text={marker.text.slice(0, 400)} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface Told {
  readonly onState: (state: Exclude<LiveState, 'opening'>) => void;
  readonly onReset: () => void;
  readonly onMarker: (marker: Marker) => void;
}

interface Callbacks {
  readonly dispatch: (event: string, payload?: unknown) => void;
}

/** A source of the player's own making calls back; its types know sources with an address alone. */
function sourceOf(sessionId: string, view: string, told: Told) {
  const driver = ({ dispatch }: Callbacks) => {
    let close: (() => void) | undefined;
    return {
      play: (): boolean => {
        dispatch('play');
        close ??= openLive(sessionId, view, {
          onReset: ({ cols, rows, init }) => {
            told.onReset();
            dispatch('reset', { size: { cols, rows }, init });
            dispatch('playing');
          },
          onShown: (code, data) => {
            const [cols, rows] = data.split('x').map(Number);
            if (code === 'o') dispatch('output', data);
            else dispatch('resize', { cols, rows });
          },
          onMarker: told.onMarker,
          onState: told.onState,
        });
        return true;
      },
      stop: () => close?.(),
    };
  };
  return Object.assign(driver, { url: '' });
}
