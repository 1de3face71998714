export interface MarkedPart {
  readonly text: string;
  readonly marked: boolean;
}

/** Splits a text at spans, [start, end) in UTF-16 units, which may overlap, be empty or reach beyond its end. */
export function markedParts(text: string, spans: readonly (readonly [number, number])[]): readonly MarkedPart[] {
  const parts: MarkedPart[] = [];
  let at = 0;
  for (const [start, end] of spans.toSorted(([one], [other]) => one - other)) {
    const from = Math.max(at, start);
    const to = Math.min(end, text.length);
    if (to <= from) continue;
    if (from > at) parts.push({ text: text.slice(at, from), marked: false });
    parts.push({ text: text.slice(from, to), marked: true });
    at = to;
  }
  if (at < text.length) parts.push({ text: text.slice(at), marked: false });
  return parts;
}
