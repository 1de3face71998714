/** Between when something was, in milliseconds since the beginning, and when a replay without long pauses shows it. */
export type Cuts = readonly (readonly [from: number, until: number])[];

export function toPlayed(cuts: Cuts, at: number): number {
  let removed = 0;
  for (const [from, until] of cuts) {
    if (from >= at) break;
    removed += Math.min(until, at) - from;
  }
  return at - removed;
}

export function fromPlayed(cuts: Cuts, played: number): number {
  let at = played;
  for (const [from, until] of cuts) {
    if (from >= at) break;
    at += until - from;
  }
  return at;
}

/** `h:mm:ss` since the beginning. */
export function formatOffset(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(Math.floor(seconds / 3_600))}:${two(Math.floor((seconds % 3_600) / 60))}:${two(seconds % 60)}`;
}
