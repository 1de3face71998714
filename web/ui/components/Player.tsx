import 'asciinema-player/dist/bundle/asciinema-player.css';
import { create, type Player as AsciinemaPlayer, type Source } from 'asciinema-player';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { SCREEN_MONO } from '../theme.ts';

export interface PlayerHandle {
  /** Goes to so many seconds of the player and stays there or plays on, as it did. */
  seek(seconds: number): void;
}

interface PlayerProps {
  /** Of the index of segments. */
  readonly url: string;
  readonly speed: number;
  /** Seconds of the player at which it begins. */
  readonly startAt: number;
  readonly label: string;
  readonly onTime: (seconds: number) => void;
  readonly ref: Ref<PlayerHandle>;
}

const LOOK_MILLIS = 250;

/** Draws a recording inside its own terminal emulator: bytes of the target never reach a real terminal or the page's markup. */
export function Player({ url, speed, startAt, label, onTime, ref }: PlayerProps) {
  const frame = useRef<HTMLDivElement>(null);
  const player = useRef<AsciinemaPlayer>(null);
  const at = useRef(startAt);
  const tell = useRef(onTime);
  tell.current = onTime;
  useEffect(() => {
    at.current = startAt;
  }, [url, startAt]);
  useEffect(() => {
    if (frame.current === null) return undefined;
    const started = start(frame.current, { url, speed, at: at.current });
    player.current = started;
    let timer: number | undefined;
    const look = (): void => {
      const now = started.getCurrentTime();
      if (now !== at.current) tell.current(now);
      at.current = now;
      timer = window.setTimeout(look, LOOK_MILLIS);
    };
    look();
    return () => {
      window.clearTimeout(timer);
      player.current = null;
      started.dispose();
    };
  }, [url, speed]);
  useImperativeHandle(
    ref,
    () => ({
      seek: (seconds) => {
        void player.current?.seek(seconds);
        frame.current?.querySelector<HTMLElement>('.ap-wrapper')?.focus({ preventScroll: true });
      },
    }),
    [],
  );
  return <div ref={frame} className="player-frame" role="group" aria-label={label} />;
}

/** The player's types do not name this source yet; 3.18 has it (docs/formats/replay-v1.md). */
interface SegmentedSource {
  readonly url: string;
  readonly format: 'segmented';
}

/** The speed of a player is fixed when it is made, so another speed is another player that starts where the last one was. */
function start(frame: HTMLElement, { url, speed, at }: { url: string; speed: number; at: number }): AsciinemaPlayer {
  const source: Source & SegmentedSource = { url, format: 'segmented' };
  return create(source, frame, {
    speed,
    startAt: at,
    autoPlay: true,
    controls: true,
    fit: 'width',
    terminalFontFamily: SCREEN_MONO,
    theme: 'asciinema',
  });
}
