import type { Locale } from '../messages/index.ts';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A whole number with its digits grouped as the language groups them. */
export function formatCount(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/** A byte count in the largest binary unit that leaves at least 1; below 1 KiB it is exact. */
export function formatBytes(bytes: number, locale: Locale): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : 1;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return `${number} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** Bytes in full, with the short form beside it when that is not the same. */
export function formatBytesExactly(bytes: number, locale: Locale): string {
  const exact = `${formatCount(bytes, locale)} B`;
  return bytes < 1024 ? exact : `${formatBytes(bytes, locale)} (${exact})`;
}
