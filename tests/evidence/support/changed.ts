/** A copy with one bit changed; counted from the end when `at` is negative. */
export function changed(bytes: Uint8Array | undefined, at = -1): Uint8Array {
  const copy = Uint8Array.from(bytes ?? []);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}
