/** The times of a replay that leaves out long pauses, and back to when it really was. All in milliseconds. */
export type Cut = readonly [from: number, until: number];

export interface PauseCutter {
  readonly cuts: readonly Cut[];
  /** Says that something happens at `at`. @returns its time without the pauses. */
  note(at: number): number;
}

/** Leaves `keptMillis` of each pause. */
export function createPauseCutter(keptMillis: number): PauseCutter {
  const cuts: Cut[] = [];
  let last = 0;
  let removed = 0;
  return {
    cuts,
    note(at) {
      if (at <= last) return at - removed;
      if (at - last > keptMillis) {
        cuts.push([last + keptMillis, at]);
        removed += at - last - keptMillis;
      }
      last = at;
      return at - removed;
    },
  };
}

/** When `at` comes in a replay without the pauses; to be asked in rising order. */
export function timesWithoutPauses(cuts: readonly Cut[]): (at: number) => number {
  let next = 0;
  let removed = 0;
  return (at) => {
    for (let cut = cuts[next]; cut !== undefined && cut[1] <= at; cut = cuts[++next]) removed += cut[1] - cut[0];
    const cut = cuts[next];
    return at - removed - (cut !== undefined && cut[0] < at ? at - cut[0] : 0);
  };
}
