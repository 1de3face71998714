import 'asciinema-player/dist/bundle/asciinema-player.css';
import { create, type Player as AsciinemaPlayer } from 'asciinema-player';
import { useEffect, useRef } from 'react';
import { MONO } from '../theme.ts';

interface PlayerProps {
  readonly cast: string;
  readonly speed: number;
  readonly label: string;
}

/** Draws a recording inside its own terminal emulator: bytes of the target never reach a real terminal or the page's markup. */
export function Player({ cast, speed, label }: PlayerProps) {
  const frame = useRef<HTMLDivElement>(null);
  const at = useRef(0);
  useEffect(() => {
    if (frame.current === null) return undefined;
    const started = start(frame.current, cast, speed, at.current);
    return () => {
      at.current = started.getCurrentTime();
      started.dispose();
    };
  }, [cast, speed]);
  return <div ref={frame} className="player-frame" role="group" aria-label={label} />;
}

/** The speed of a player is fixed when it is made, so another speed is another player that starts where the last one was. */
function start(frame: HTMLElement, cast: string, speed: number, at: number): AsciinemaPlayer {
  return create({ data: cast }, frame, {
    speed,
    startAt: at,
    autoPlay: true,
    idleTimeLimit: 2,
    controls: true,
    fit: 'width',
    terminalFontFamily: MONO,
    theme: 'asciinema',
  });
}
