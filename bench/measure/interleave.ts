/** Runs of several roads taken in turns, so that what else the machine does meets all of them alike. */

export async function interleave<Name extends string>(
  names: readonly Name[],
  runs: number,
  measure: (name: Name, run: number) => Promise<number>,
): Promise<Record<Name, number[]>> {
  const series = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let at = 0; at < runs; at += 1) {
    // Each round begins with another road: none is always the one after a pause.
    for (let step = 0; step < names.length; step += 1) {
      const name = names[(at + step) % names.length];
      if (name !== undefined) series[name].push(await measure(name, at));
    }
  }
  return series;
}
