/** How often something was so, and how sure that is. */
import { round } from '../measure/statistics.ts';

export interface Proportion {
  readonly hits: number;
  readonly of: number;
  /** Per cent; null when there was nothing to count. */
  readonly percent: number | null;
  /** The 95 % interval after Wilson (1927), per cent. */
  readonly interval: readonly [number, number] | null;
}

const Z = 1.959964;

/** Wilson's score interval: unlike the usual one it is right near 0 and 1 and for few rows. */
export function proportion(hits: number, of: number): Proportion {
  if (of === 0) return { hits, of, percent: null, interval: null };
  const share = hits / of;
  const square = Z * Z;
  const centre = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  const percent = (value: number): number => round(100 * Math.min(1, Math.max(0, value)), 2);
  return { hits, of, percent: percent(share), interval: [percent(centre - half), percent(centre + half)] };
}

/** The proportion in each group, by name. */
export function proportions<Item>(
  items: readonly Item[],
  { group, isHit }: { group: (item: Item) => string; isHit: (item: Item) => boolean },
): Record<string, Proportion> {
  const counts = new Map<string, { hits: number; of: number }>();
  for (const item of items) {
    const count = counts.get(group(item)) ?? { hits: 0, of: 0 };
    counts.set(group(item), { hits: count.hits + (isHit(item) ? 1 : 0), of: count.of + 1 });
  }
  const named = [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(named.map(([name, { hits, of }]) => [name, proportion(hits, of)]));
}
