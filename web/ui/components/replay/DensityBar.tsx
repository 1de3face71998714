import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReadyReplay } from '../../api/replay.ts';
import { fromPlayed, toPlayed } from '../../format/replay-time.ts';

const WIDTH = 1_000;
const HEIGHT = 44;
const BARS_HEIGHT = 32;

interface DensityBarProps {
  readonly replay: ReadyReplay;
  readonly isCut: boolean;
  readonly now: number;
  readonly onSeek: (at: number) => void;
}

/** How much came over time, with the markers below. Whoever cannot point uses the list of markers and the player's own keys. */
export function DensityBar({ replay, isCut, now, onSeek }: DensityBarProps) {
  const { t } = useTranslation();
  const { cuts, durationMillis } = replay;
  const time = (at: number): number => (isCut ? toPlayed(cuts, at) : at);
  const whole = Math.max(1, time(durationMillis));
  return (
    <svg
      className="density"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t('replay.density')}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const played = ((event.clientX - box.left) / box.width) * whole;
        onSeek(isCut ? fromPlayed(cuts, played) : played);
      }}
    >
      <Parts replay={replay} isCut={isCut} whole={whole} />
      <rect
        className="density-now"
        x={(Math.min(time(now), whole) / whole) * WIDTH - 1}
        y={0}
        width={2}
        height={HEIGHT}
      />
    </svg>
  );
}

interface PartsProps {
  readonly replay: ReadyReplay;
  readonly isCut: boolean;
  /** Milliseconds of the replay. */
  readonly whole: number;
}

/** Drawn once, not at every moment of the replay. */
const Parts = memo(function Parts({ replay, isCut, whole }: PartsProps) {
  const { cuts, density, markers } = replay;
  const { widthMillis, bytes } = isCut ? density.cut : density.whole;
  // By its logarithm: one flood would make everything else a flat line.
  const most = Math.log1p(Math.max(1, ...bytes));
  const place = (at: number): number => (Math.min(isCut ? toPlayed(cuts, at) : at, whole) / whole) * WIDTH;
  const width = Math.max(1, (widthMillis / whole) * WIDTH - 0.5);
  return (
    <>
      {bytes.map((count, part) => {
        const x = ((part * widthMillis) / whole) * WIDTH;
        const height = (Math.log1p(count) / most) * BARS_HEIGHT;
        return count === 0 || x >= WIDTH ? null : (
          <rect key={part} className="density-part" x={x} y={BARS_HEIGHT - height} width={width} height={height} />
        );
      })}
      {markers.map((marker, n) => (
        <rect
          key={n}
          className="density-mark"
          data-kind={marker.kind}
          x={place(marker.at) - 1.5}
          y={34}
          width={3}
          height={10}
        >
          <title>{marker.text.slice(0, 200)}</title>
        </rect>
      ))}
    </>
  );
});
