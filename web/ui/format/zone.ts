/** `local`: the browser's own zone. */
export const ZONES = ['local', 'Asia/Tokyo', 'UTC'] as const;
export type ZoneChoice = (typeof ZONES)[number];

/** Under which name the browser keeps it. */
export const ZONE_KEPT = 'sekisho.zone';

/** In which zone this browser shows and takes times. */
export function zoneChoice(): ZoneChoice {
  // Asked of the global by name: these functions also run where there is no browser.
  const storage: unknown = Reflect.has(globalThis, 'document') ? Reflect.get(globalThis, 'localStorage') : undefined;
  const kept: unknown = storage instanceof Object ? Reflect.get(storage, ZONE_KEPT) : undefined;
  return ZONES.find((zone) => zone === kept) ?? 'local';
}

/** As `Intl` names it; undefined for the browser's own. */
export function shownZone(): string | undefined {
  const choice = zoneChoice();
  return choice === 'local' ? undefined : choice;
}

/** Milliseconds by which the clocks of a zone are ahead of UTC at a moment. */
export function zoneOffset(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(at.getTime() / 1_000) * 1_000;
}
