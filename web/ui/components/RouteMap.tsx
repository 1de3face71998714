import { useTranslation } from 'react-i18next';
import type { Route, Side } from '../api/parcels.ts';
import { useLocale } from './use-locale.ts';

const BOX = { width: 200, height: 44, gap: 28, left: 10, right: 470 } as const;

/** Senders on the left, receivers on the right, an arrow a route. The table beside it says the same. */
export function RouteMap({ routes }: { readonly routes: readonly Route[] }) {
  const { t } = useTranslation();
  const senders = unique(routes.map(({ from }) => from));
  const receivers = unique(routes.map(({ to }) => to));
  const height = Math.max(senders.length, receivers.length) * (BOX.height + BOX.gap) + BOX.gap;
  const middle = (among: readonly Side[], side: Side): number =>
    top(among.findIndex(({ name }) => name === side.name)) + BOX.height / 2;
  return (
    <svg viewBox={`0 0 680 ${height}`} role="img" aria-label={t('relay.map.picture')} width="100%">
      <defs>
        <marker id="relay-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0 0 L10 5 L0 10 z" fill="currentColor" />
        </marker>
      </defs>
      {routes.map((route) => (
        <line
          key={`${route.from.name} ${route.to.name}`}
          x1={BOX.left + BOX.width}
          y1={middle(senders, route.from)}
          x2={BOX.right}
          y2={middle(receivers, route.to)}
          stroke="currentColor"
          strokeWidth="2"
          markerEnd="url(#relay-arrow)"
        />
      ))}
      <Boxes sides={senders} x={BOX.left} />
      <Boxes sides={receivers} x={BOX.right} />
    </svg>
  );
}

function Boxes({ sides, x }: { readonly sides: readonly Side[]; readonly x: number }) {
  const titleOf = useTitleOf();
  return sides.map((side, at) => (
    <g key={side.name}>
      <rect x={x} y={top(at)} width={BOX.width} height={BOX.height} rx="4" fill="none" stroke="currentColor" />
      <text x={x + BOX.width / 2} y={top(at) + 27} textAnchor="middle" fontSize="14" fill="currentColor">
        {titleOf(side)}
      </text>
    </g>
  ));
}

/** A system's title in the language of the page; `–` without one. */
export function useTitleOf(): (side: Side | null) => string {
  const locale = useLocale();
  return (side) => (side === null ? '–' : locale === 'ja' ? side.titleJa : side.titleEn);
}

function top(at: number): number {
  return BOX.gap / 2 + at * (BOX.height + BOX.gap);
}

function unique(sides: readonly Side[]): readonly Side[] {
  return [...new Map(sides.map((side) => [side.name, side])).values()];
}
