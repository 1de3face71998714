import { NativeSelect, Text, UnstyledButton } from '@mantine/core';
import { memo, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Marker, ReadyReplay } from '../../api/replay.ts';
import { formatOffset } from '../../format/replay-time.ts';
import { Tag } from '../StateBadge.tsx';
import { Visible } from '../Texts.tsx';
import { useNameOf } from '../use-locale.ts';

const KINDS = ['command', 'file', 'refusal', 'ticket', 'limit', 'note', 'resize', 'gap', 'exit'] as const;
const SHOWN_MAX = 500;

interface MarkerListProps {
  readonly replay: ReadyReplay;
  readonly now: number;
  readonly onSeek: (at: number) => void;
}

/** What happened, in order; each is a jump to its moment. */
export function MarkerList({ replay, now, onSeek }: MarkerListProps) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const [kind, setKind] = useState('');
  const { markers, markersLeftOut } = replay;
  const chosen = useMemo(() => markers.filter((marker) => kind === '' || marker.kind === kind), [markers, kind]);
  const current = chosen.findLastIndex((marker) => marker.at <= now + 50);
  const kinds = KINDS.filter((one) => markers.some((marker) => marker.kind === one));
  return (
    <div className="marker-list">
      <NativeSelect
        label={t('replay.markers')}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value)}
        data={[
          { value: '', label: t('replay.markers.all', { n: markers.length }) },
          ...kinds.map((one) => ({ value: one, label: nameOf('marker', one) })),
        ]}
        mb="xs"
      />
      {chosen.length === 0 && <Text size="sm">{t('replay.markers.none')}</Text>}
      <Listed markers={chosen} current={current} onSeek={onSeek} />
      {(chosen.length > SHOWN_MAX || markersLeftOut > 0) && (
        <Text size="sm">
          {t('replay.markers.more', { n: Math.max(0, chosen.length - SHOWN_MAX) + markersLeftOut })}
        </Text>
      )}
    </div>
  );
}

interface ListedProps {
  readonly markers: readonly Marker[];
  /** Which one was passed last; -1 for none. */
  readonly current: number;
  readonly onSeek: (at: number) => void;
}

/** Drawn anew when another marker is passed, not at every moment of the replay. */
const Listed = memo(function Listed({ markers, current, onSeek }: ListedProps) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  return (
    <ol tabIndex={0} aria-label={t('replay.markers')}>
      {markers.slice(0, SHOWN_MAX).map((marker, n) => (
        <li key={n}>
          <UnstyledButton
            className="marker"
            data-kind={marker.kind}
            aria-current={n === current ? 'step' : undefined}
            onClick={() => onSeek(marker.at)}
          >
            <span className="marker-when">
              {formatOffset(marker.at)} · {nameOf('marker', marker.kind)}
            </span>
            <span className="mono">
              <Visible text={marker.text.slice(0, 400)} />
            </span>
            {marker.tags !== undefined && (
              <span className="tags">
                {marker.tags.map((tag) => (
                  <Tag key={tag} tone="bad">
                    {nameOf('finding', tag)}
                  </Tag>
                ))}
              </span>
            )}
          </UnstyledButton>
        </li>
      ))}
    </ol>
  );
});
